#!/usr/bin/env bash
# Make the guest's root file system, an ext4 image: Debian and, as on Raspberry Pi OS, the
# packages python3-lgpio and python3-picamera2.   usage: root.sh IMAGE
set -euo pipefail
# shellcheck source=tests/lab/pieces.sh
. "$(dirname "$0")/pieces.sh"

IMAGE=$1
SIZE=3G
PI=/usr/lib/python3/dist-packages

main() {
    local work packages
    work=$(mktemp -d "$CACHE/root.XXXX")
    # shellcheck disable=SC2064 # this folder, not a later one
    trap "rm -rf --one-file-system '$work'" EXIT
    packages=$(grep -v '^#' "$LAB/root.packages" | paste -sd,)
    say "making the root file system (one to three minutes)"
    sources_of_suite >"$work/sources.list"
    mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" "$SUITE" "$work/root" "$work/sources.list" ||
        cannot "the root file system could not be made from Debian's packages: see above"
    pose_as_pi "$work/root"
    mke2fs -q -F -t ext4 -O ^has_journal -d "$work/root" "$work/root.ext4" "$SIZE" >/dev/null
    mv "$work/root.ext4" "$IMAGE"
}

# install.sh asks for these packages where it finds Raspberry Pi's archive among the sources.
pose_as_pi() {
    echo "# archive.raspberrypi: stands in for it; there is no network in the guest" \
        >"$1/etc/apt/sources.list.d/raspi.list"
    make_package "$1" python3-lgpio lgpio
    make_package "$1" python3-picamera2 openexr picamera2 pidng simplejpeg videodev2
    rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/root/.cache
}

# make_package ROOT NAME DISTRIBUTION...: install what pi.lock pins as the Debian package NAME.
make_package() {
    local root=$1 name=$2 staged=$1/root/$2 distribution
    shift 2
    for distribution in "$@"; do
        sed -n "/^$distribution==/,/--hash/p" "$LAB/pi.lock"
    done >"$root/root/$name.lock"
    # PYPI=1 makes lgpio bring its C library, which no Debian package has.
    PYPI=1 "$LAB/inside.sh" "$root" -- pip install --quiet --no-deps --require-hashes \
        --no-build-isolation --use-pep517 --root-user-action=ignore --target "/root/$name$PI" -r "/root/$name.lock"
    [ "$name" != python3-picamera2 ] || cp "$LAB/pykms.py" "$staged$PI/"
    mkdir "$staged/DEBIAN"
    printf '%s\n' "Package: $name" "Version: 0-lab" "Architecture: amd64" \
        "Maintainer: myna's lab <root@localhost>" "Description: stands in for Raspberry Pi OS" \
        >"$staged/DEBIAN/control"
    dpkg-deb --build "$staged" "$staged.deb" >/dev/null
    "$LAB/inside.sh" "$root" -- dpkg --install "/root/$name.deb" >/dev/null
    rm -rf "$staged" "$staged.deb" "$root/root/$name.lock"
}

# Read to its end before it runs, so that it may be edited meanwhile.
main "$@"
exit
