#!/usr/bin/env bash
# Boot this machine's own systemd as PID 1 of namespaces, over a copy of this machine's root
# file system in memory, with nothing in it that runs but the journal.
# usage: machine.sh FOLDER [FOLDER=PLACE]...
#
# FOLDER becomes the copy; each FOLDER=PLACE is seen as PLACE, read-only. Outside of the copy
# nothing is changed, and loopback is all the network there is. All that differs from this
# machine's files is to be seen in /run/differences. Ends when the machine is switched off or
# this script is killed.
set -euo pipefail

# Of a target, only what is put there below is wanted.
WANTS=(/usr/lib/systemd/system/*.target.wants /etc/systemd/system/*.wants /etc/systemd/system/*.requires)
# What reads fstab, starts terminals and mounts partitions, and what would change the kernel.
UNWANTED=(/usr/lib/systemd/system-generators/* /etc/fstab)

main() {
    if [ "${1:-}" != --inside ]; then
        exec unshare --mount --pid --fork --kill-child --cgroup --net --ipc --uts "$0" --inside "$@"
    fi
    local root=$2/root
    mount --make-rprivate /
    mount -t tmpfs -o mode=755 machine "$2"
    mkdir "$2"/{differences,work,root}
    mount -t overlay -o "lowerdir=/,upperdir=$2/differences,workdir=$2/work" machine "$root"
    furnish "$root" "$2/differences"
    show "$root" "${@:3}"
    quieten "$root"
    ip link set lo up
    cd "$root"
    pivot_root . mnt
    umount --lazy /mnt
    mount --make-rshared /
    exec env -i container=machine PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --system --log-target=journal
}

# furnish ROOT DIFFERENCES: the file systems that belong to a kernel.
furnish() {
    local device
    mount -t proc proc "$1/proc"
    mount --bind "$1/proc/sys" "$1/proc/sys"
    mount -o remount,bind,ro "$1/proc/sys"
    mount -t sysfs -o ro sysfs "$1/sys"
    mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
    for place in run dev; do mount -t tmpfs -o mode=755 tmpfs "$1/$place"; done
    mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
    mkdir -p "$1"/dev/{pts,shm,mqueue} "$1/run/differences"
    chmod 1777 "$1/dev/shm"
    for device in null zero full random urandom tty; do cp -a "/dev/$device" "$1/dev/"; done
    mknod -m 600 "$1/dev/console" c 5 1
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
    ln -s pts/ptmx "$1/dev/ptmx"
    mount --bind "$2" "$1/run/differences"
}

# show ROOT FOLDER=PLACE...
show() {
    local shown place
    for shown in "${@:2}"; do
        place=$1${shown#*=}
        mkdir -p "$place"
        mount --bind "${shown%%=*}" "$place"
        mount -o remount,bind,ro "$place"
    done
}

quieten() {
    local folder
    for folder in "${WANTS[@]}"; do rm -rf "$1$folder"; done
    for folder in "${UNWANTED[@]}"; do rm -f "$1$folder"; done
    mkdir -p "$1"/usr/lib/systemd/system/sysinit.target.wants "$1"/etc/systemd/journald.conf.d
    ln -s ../systemd-journald.service "$1/usr/lib/systemd/system/sysinit.target.wants/"
    printf '[Journal]\nStorage=volatile\n' >"$1/etc/systemd/journald.conf.d/machine.conf"
    ln -sfn /lib/systemd/system/multi-user.target "$1/etc/systemd/system/default.target"
    [ -s "$1/etc/machine-id" ] || systemd-machine-id-setup --root="$1" 2>/dev/null
}

# Read to its end before it runs, so that it may be edited meanwhile.
{
    main "$@"
    exit
}
