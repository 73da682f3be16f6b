#!/usr/bin/env bash
# Boot this machine's own systemd as PID 1 of namespaces, over a copy of this machine's root
# file system in memory, with nothing in it that runs but the journal.
# usage: machine.sh FOLDER [FOLDER=PLACE]...     machine.sh --check FOLDER
#
# Each FOLDER=PLACE is seen as PLACE, read-only. Outside of the copy nothing is changed, and
# loopback is all the network there is. What differs from this machine's files is to be seen
# in /run/differences. Once it has booted, a word comes out of the pipe FOLDER/booted. Ends
# when the machine is switched off, or this script is killed by SIGKILL. --check only says
# whether this machine can.
set -euo pipefail

# Of a target, only what is put there below is wanted.
WANTS=(/usr/lib/systemd/system/*.target.wants /etc/systemd/system/*.wants /etc/systemd/system/*.requires)
# What reads fstab, starts terminals and mounts partitions.
UNWANTED=(/usr/lib/systemd/system-generators/* /etc/fstab)

main() {
    local check=
    if [ "$1" = --check ]; then check=1; shift; fi
    mount --make-rprivate /
    local disk=$1/disk root=$1/disk/root
    mkdir -p "$disk"
    mount -t tmpfs -o mode=755 machine "$disk"
    mkdir "$disk"/{differences,work,root}
    mount -t overlay -o "lowerdir=/,upperdir=$disk/differences,workdir=$disk/work" machine "$root"
    furnish "$root" "$disk/differences"
    if [ -n "$check" ]; then return; fi
    touch "$root/run/booted"
    mount --bind "$1/booted" "$root/run/booted"
    show "$root" "${@:2}"
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

# quieten ROOT: what starts is the journal, and what says that all is there.
quieten() {
    local units=$1/etc/systemd/system
    (cd "$1" && rm -rf "${WANTS[@]#/}" "${UNWANTED[@]#/}")
    mkdir -p "$1"/usr/lib/systemd/system/sysinit.target.wants "$units/default.target.wants" "$1/etc/systemd/journald.conf.d"
    ln -s ../systemd-journald.service "$1/usr/lib/systemd/system/sysinit.target.wants/"
    printf '[Journal]\nStorage=volatile\n' >"$1/etc/systemd/journald.conf.d/machine.conf"
    ln -sfn /lib/systemd/system/multi-user.target "$units/default.target"
    printf '[Unit]\nAfter=multi-user.target\n[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo booted >/run/booted"\n' \
        >"$units/machine-booted.service"
    ln -s ../machine-booted.service "$units/default.target.wants/"
    [ -s "$1/etc/machine-id" ] || systemd-machine-id-setup --root="$1" 2>/dev/null
}

# Read to its end before it runs, so that it may be edited meanwhile.
{
    if [ "${1:-}" = --inside ]; then
        main "${@:2}"
        exit
    fi
    # A branch of its own, for many machines at a time.
    branch=$(findmnt --raw --noheadings --output TARGET --types cgroup2 | tail -n 1)/machine-$$
    mkdir "$branch"
    echo $$ >"$branch/cgroup.procs"
    exec unshare --mount --pid --fork --kill-child --cgroup --net --ipc --uts "$0" --inside "$@"
}
