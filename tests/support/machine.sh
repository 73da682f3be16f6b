#!/usr/bin/env bash
# Boot this system's own systemd as PID 1 in fresh namespaces, over a layer in memory: nothing
# outside of that changes, and there is no network but a loopback.
# usage: machine.sh FOLDER [PLACE]...     PLACE is a folder that is seen as it is, read-only
#
# FOLDER/setup.sh, where there is one, runs in the new root before systemd does, which is the
# only child of this process; commands get in by `nsenter` into it. What it has otherwise than
# this system is in its /run/layer. Its control groups are a branch of their own,
# machine-PROCESS, so that several machines can be up.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
    branch=$(findmnt --raw --noheadings --output TARGET --types cgroup2 | tail -n 1)/machine-$$
    mkdir "$branch"
    echo $$ >"$branch/cgroup.procs"
    exec unshare --mount --pid --fork --kill-child --cgroup --net --ipc --uts "$0" --inside "$@"
fi
FOLDER=$2
shift 2
WORK=$FOLDER/.machine
NEW=$WORK/root

main() {
    mount --make-rprivate /
    mkdir -p "$WORK"
    mount -t tmpfs tmpfs "$WORK"
    mkdir "$WORK"/{upper,work,root}
    mount -t overlay overlay -o "lowerdir=/,upperdir=$WORK/upper,workdir=$WORK/work" "$NEW"
    mount_kernel
    make_devices
    for place in "$@"; do
        mkdir -p "$NEW$place"
        mount --bind "$place" "$NEW$place"
        mount -o remount,bind,ro "$NEW$place"
    done
    mkdir -p "$NEW$FOLDER"
    mount --bind "$FOLDER" "$NEW$FOLDER"
    make_quiet
    if [ -e "$FOLDER/setup.sh" ]; then chroot "$NEW" /bin/bash "$FOLDER/setup.sh"; fi
    ip link set lo up
    cd "$NEW"
    mkdir -p .old
    pivot_root . .old
    umount -l /.old
    mount --make-rshared /
    # shellcheck disable=SC2093 # nothing comes after it
    exec env -i container=machine PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --system --unit=machine.target --show-status=no --log-target=journal
}

mount_kernel() {
    mount -t proc proc "$NEW/proc"
    mount -t sysfs sysfs "$NEW/sys"
    mount -t cgroup2 cgroup2 "$NEW/sys/fs/cgroup"
    mount -t tmpfs -o mode=755 tmpfs "$NEW/run"
    mkdir "$NEW/run/layer"
    mount --bind "$WORK/upper" "$NEW/run/layer"
    mount -t tmpfs -o mode=1777 tmpfs "$NEW/tmp"
}

make_devices() {
    mount -t tmpfs -o mode=755 tmpfs "$NEW/dev"
    mkdir "$NEW"/dev/{pts,shm,mqueue}
    chmod 1777 "$NEW/dev/shm"
    for device in null zero full random urandom tty; do cp -a "/dev/$device" "$NEW/dev/"; done
    mknod "$NEW/dev/console" c 5 1
    mount -t devpts devpts "$NEW/dev/pts" -o newinstance,ptmxmode=0666
    ln -s pts/ptmx "$NEW/dev/ptmx"
}

# What this system has installed is not what is looked at: only the ground for a service.
make_quiet() {
    local units=$NEW/etc/systemd/system unit
    mkdir -p "$units"
    rm -rf "${units:?}"/*.wants "$NEW/var/log/journal" "$NEW/etc/cron.d"
    : >"$NEW/etc/fstab"
    for unit in systemd-{logind,networkd,resolved,timesyncd,udevd,udev-trigger,update-utmp,hwdb-update} \
        systemd-{binfmt,sysctl,modules-load,remount-fs,random-seed,pstore,journal-flush} \
        systemd-journal-catalog-update systemd-firstboot ldconfig keyboard-setup apparmor; do
        ln -sf /dev/null "$units/$unit.service"
    done
    printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nWants=dbus.service\n' >"$units/machine.target"
}

main "$@"
