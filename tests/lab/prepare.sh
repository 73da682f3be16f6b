#!/usr/bin/env bash
# Put kernel, root file system and Python packages of the lab into the cache, each once.
# usage: prepare.sh [--check]     The cache is $MYNA_LAB_CACHE, else ~/.cache/myna-lab.
# --check only says whether this machine can; exits with 77 where it cannot.
set -euo pipefail
# shellcheck source=tests/lab/pieces.sh
. "$(dirname "$0")/pieces.sh"

# In the cache while something is being made: sources and objects of the kernel, mostly.
NEEDED_MB=5000

main() {
    check_machine
    if [ "${1:-}" = --check ]; then return; fi
    [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || cannot "apt install debian-archive-keyring"
    mkdir -p "$CACHE"
    [ -n "$(kernel)" ] || { need_room && "$LAB/kernel.sh"; }
    [ -e "$(root_image)" ] || { need_room && "$LAB/root.sh" "$(root_image)"; }
    [ -d "$(wheels)" ] || fetch_wheels "$(wheels)"
    make_xstate
}

check_machine() {
    [ "$(uname -m)" = x86_64 ] || cannot "User Mode Linux needs an x86-64 machine, this is $(uname -m)"
    [ "$(id -u)" -eq 0 ] || cannot "it mounts and chroots, so it needs root: sudo ./install.sh --test --lab"
    ! findmnt -rno OPTIONS --target /dev/shm | grep -qw noexec ||
        cannot "/dev/shm is mounted noexec, and User Mode Linux runs in it: mount -o remount,exec /dev/shm"
    [ -e /dev/loop-control ] || cannot "there is no /dev/loop-control (modprobe loop; a container needs it passed in)"
    unshare --mount --pid --fork true 2>/dev/null || cannot "it may not unshare mounts (a container without CAP_SYS_ADMIN)"
}

need_room() {
    local free_mb
    free_mb=$(df --output=avail -BM "$CACHE" | tail -n 1 | tr -dc 0-9)
    [ "$free_mb" -ge "$NEEDED_MB" ] ||
        cannot "$CACHE has $free_mb MB free and needs $NEEDED_MB: set MYNA_LAB_CACHE to another folder"
}

# fetch_wheels FOLDER: all that install.sh will install, so that it needs no network later.
fetch_wheels() {
    local lock
    say "fetching the Python packages of requirements/run.lock"
    rm -rf "$1.new"
    mkdir "$1.new"
    for lock in build run; do
        "$LAB/inside.sh" "$(root_image)" "$1.new=/mnt/wheels:rw" "$CHECKOUT/requirements=/mnt/requirements" -- \
            pip download --quiet --no-deps --require-hashes --no-build-isolation \
            --dest /mnt/wheels -r "/mnt/requirements/$lock.lock" ||
            cannot "pip could not fetch the packages of $lock.lock: see above (PIP_INDEX_URL and PIP_CERT are passed on)"
    done
    mv "$1.new" "$1"
}

# Compiled anew each time: it is thirty lines.
make_xstate() { gcc -O2 -Wall -shared -fPIC -o "$CACHE/xstate.so" "$LAB/xstate.c"; }

# Read to its end before it runs, so that it may be edited meanwhile.
main "$@"
exit
