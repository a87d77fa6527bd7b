; Untested: written without a Windows to try it on (packaging/README.md).
; The installer for Windows, for one user and without an administrator. packaging/inno_setup.py compiles it, and says
; where the bundle and the icon lie, what the version is, and whether a key to sign with is there.

[Setup]
AppId={{7C1B6C3E-6A0B-4D0E-9B0B-1E0C6B9E5D42}
AppName=nnstudio
AppVersion={#Version}
AppPublisher=the nnstudio authors
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
DefaultDirName={autopf}\nnstudio
DisableProgramGroupPage=yes
LicenseFile=..\..\LICENSE
SetupIconFile={#Icon}
UninstallDisplayIcon={app}\nnstudio.exe
OutputDir={#Out}
OutputBaseFilename={#Name}
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
#ifdef Signed
SignTool=signing
SignedUninstaller=yes
#endif

[Tasks]
Name: "desktop"; Description: "Put an icon on the &desktop"; Flags: unchecked

[InstallDelete]
; An older version may have files that this one has not.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\nnstudio"; Filename: "{app}\nnstudio.exe"
Name: "{autodesktop}\nnstudio"; Filename: "{app}\nnstudio.exe"; Tasks: desktop

[Registry]
Root: HKA; Subkey: "Software\Classes\.nnstudio"; ValueType: string; ValueData: "nnstudio.project"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\nnstudio.project"; ValueType: string; ValueData: "nnstudio project"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\nnstudio.project\DefaultIcon"; ValueType: string; ValueData: "{app}\nnstudio.exe,0"
Root: HKA; Subkey: "Software\Classes\nnstudio.project\shell\open\command"; ValueType: string; ValueData: """{app}\nnstudio.exe"" ""%1"""

[Run]
Filename: "{app}\nnstudio.exe"; Description: "Open nnstudio"; Flags: nowait postinstall skipifsilent
