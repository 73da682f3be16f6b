#!/usr/bin/env bash
# Run a command in the guest's root file system without booting it, with this machine's
# network, certificates and environment.   usage: inside.sh ROOT [FOLDER=PLACE[:rw]]... -- COMMAND...
#
# ROOT is a folder or an image; FOLDER is seen as PLACE, read-only but for PLACE:rw. All mounts
# are private.
set -euo pipefail

if [ "${1:-}" != --private ]; then
    exec unshare --mount --pid --fork --kill-child "$0" --private "$@"
fi
shift
ROOT=$1
shift
NEW=$(mktemp -d)
trap 'umount --recursive "$NEW"; rmdir "$NEW"' EXIT

if [ -d "$ROOT" ]; then mount --bind "$ROOT" "$NEW"; else mount -o loop "$ROOT" "$NEW"; fi
mount -t proc proc "$NEW/proc"
mount --rbind /dev "$NEW/dev"
for place in run tmp; do mount -t tmpfs tmpfs "$NEW/$place"; done
[ -e "$NEW/etc/resolv.conf" ] || touch "$NEW/etc/resolv.conf"
for shared in /etc/resolv.conf /etc/ssl/certs; do
    if [ -e "$shared" ]; then mount --bind "$(readlink -f "$shared")" "$NEW$shared"; fi
done
while [ "$1" != -- ]; do
    place=${1#*=}
    mkdir -p "$NEW${place%:rw}"
    mount --bind "${1%%=*}" "$NEW${place%:rw}"
    [ "$place" != "${place%:rw}" ] || mount -o remount,bind,ro "$NEW$place"
    shift
done
shift
# Folders and files that this machine's pip is told of are not in there.
env -u PIP_CONFIG_FILE -u PIP_FIND_LINKS -u PIP_CONSTRAINT HOME=/root LC_ALL=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot "$NEW" "$@"
