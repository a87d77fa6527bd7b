#!/usr/bin/env bash
# Sees to the system libraries that Qt loads, on Debian and Ubuntu: says nothing when all are there, installs what is
# missing when run by root, else prints the one command that does. On other systems it does nothing.
# With the word `test`, also to the programs that drive a window on a virtual screen; with `installers`, to those as well
# and to what builds installers and tries them in a bare system.
set -euo pipefail

command -v apt-get >/dev/null || exit 0

missing=()

present=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p)
while read -r library package; do
  [[ $present == *$'\t'"$library "* ]] || missing+=("$package")
done <<'LIBRARIES'
libEGL.so.1 libegl1
libGL.so.1 libgl1
libX11-xcb.so.1 libx11-xcb1
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libglib-2.0.so.0 libglib2.0-0
libgssapi_krb5.so.2 libgssapi-krb5-2
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-render.so.0 libxcb-render0
libxcb-shape.so.0 libxcb-shape0
libxcb-shm.so.0 libxcb-shm0
libxcb-sync.so.1 libxcb-sync1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libxkbcommon.so.0 libxkbcommon0
LIBRARIES

# Root, most likely in a container, gets the font that the window asks for first; elsewhere any font will do.
fonts=$(find /usr/share/fonts /usr/local/share/fonts ~/.fonts ~/.local/share/fonts -name '*.[ot]t[cf]' 2>/dev/null || true)
user=$(id -u)
if [[ -z $fonts || ($user -eq 0 && $fonts != */Inter*) ]]; then
  missing+=(fonts-inter)
fi

programs() {
  while read -r program package; do
    command -v "$program" >/dev/null || missing+=("$package")
  done
}

if [[ ${1-} == test || ${1-} == installers ]]; then
  programs <<'PROGRAMS'
Xvfb xvfb
import imagemagick
openbox openbox
xdotool xdotool
PROGRAMS
fi
if [[ ${1-} == installers ]]; then
  programs <<'PROGRAMS'
debootstrap debootstrap
lintian lintian
patchelf patchelf
readelf binutils
unshare util-linux
xz xz-utils
PROGRAMS
fi

if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
elif [[ $user -eq 0 ]]; then
  echo "Installing system packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -qq --yes --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "The window needs system packages that are missing. This installs them:" >&2
  echo "  sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
