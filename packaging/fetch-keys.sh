#!/usr/bin/env bash
# Puts the keys to sign with, which come as secrets in the environment, into this system's own store of keys, and prints
# their names as NAME=VALUE for what builds the installers. Prints nothing where there are none. Only the part for
# Linux was tried. packaging/README.md says which secrets there are.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if [[ -n ${LINUX_KEY-} ]]; then
  gpg --batch --quiet --import <<<"$LINUX_KEY" >&2
  fingerprint=$(gpg --batch --with-colons --list-secret-keys | sed -n '/^fpr:/{s/^fpr:*\([0-9A-F]*\):*$/\1/p;q;}')
  echo "NNSTUDIO_SIGN_LINUX=$fingerprint"
fi

if [[ -n ${WINDOWS_CERTIFICATE-} ]]; then
  base64 --decode <<<"$WINDOWS_CERTIFICATE" >"$folder/key.pfx"
  FILE=$(cygpath --windows "$folder/key.pfx") powershell -NoProfile -Command '
    $password = ConvertTo-SecureString $env:WINDOWS_CERTIFICATE_PASSWORD -AsPlainText -Force
    $key = Import-PfxCertificate -FilePath $env:FILE -CertStoreLocation Cert:\CurrentUser\My -Password $password
    "NNSTUDIO_SIGN_WINDOWS=$($key.Thumbprint)"'
fi

if [[ -n ${MACOS_CERTIFICATE-} ]]; then
  base64 --decode <<<"$MACOS_CERTIFICATE" >"$folder/key.p12"
  chain=signing.keychain-db secret=$(openssl rand -hex 16)
  security create-keychain -p "$secret" "$chain"
  security unlock-keychain -p "$secret" "$chain"
  security import "$folder/key.p12" -k "$chain" -P "$MACOS_CERTIFICATE_PASSWORD" -T /usr/bin/codesign >&2
  security set-key-partition-list -S apple-tool:,apple: -s -k "$secret" "$chain" >&2
  security list-keychains -d user -s "$chain" login.keychain-db
  identity=$(security find-identity -v -p codesigning "$chain" | sed -n 's/.*"\(.*\)".*/\1/p' | head -n 1)
  echo "NNSTUDIO_SIGN_MACOS=$identity"
  if [[ -n ${APPLE_ID-} ]]; then
    xcrun notarytool store-credentials nnstudio \
      --apple-id "$APPLE_ID" --team-id "$APPLE_TEAM" --password "$APPLE_PASSWORD" >&2
    echo "NNSTUDIO_NOTARY_PROFILE=nnstudio"
  fi
fi
