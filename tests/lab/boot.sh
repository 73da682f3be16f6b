#!/usr/bin/env bash
# Install the working tree into a copy of the cached root file system, with its own install.sh,
# boot that, and wait until the story has been played.   usage: boot.sh SHARE
#
# SHARE is a folder of this machine that the guest sees as /mnt/lab: the story reads and writes
# there. What it wrote is also left in the cache, in last/.
set -euo pipefail
# shellcheck source=tests/lab/pieces.sh
. "$(dirname "$0")/pieces.sh"

SHARE=$1
MEMORY=1024M
LIMIT_S=300
# A terminal, a console's size, hardware databases and boot records are not looked at.
UNUSED=(getty.target systemd-hwdb-update.service systemd-update-utmp.service ldconfig.service
    systemd-journal-flush.service systemd-journal-catalog-update.service e2scrub_reap.service
    alsa-restore.service systemd-binfmt.service apt-daily.timer)

main() {
    local work image
    work=$(mktemp -d "$CACHE/run.XXXX")
    # shellcheck disable=SC2064 # this folder, not a later one
    trap "rm -rf '$work'" EXIT
    image=$work/root.ext4
    cp --sparse=always "$(root_image)" "$image"
    say "installing the working tree with install.sh"
    "$LAB/inside.sh" "$image" "$CHECKOUT=/mnt/checkout" "$(wheels)=/mnt/wheels" -- \
        env GEMINI_API_KEY=lab-key PIP_NO_INDEX=1 PIP_FIND_LINKS=/mnt/wheels /mnt/checkout/install.sh --yes
    "$LAB/inside.sh" "$image" "$LAB/guest=/mnt/guest" -- \
        sh -c 'cp -r /mnt/guest/. / && systemctl enable --quiet lab-stage lab-live lab-story'
    say "booting it"
    boot "$image" "$work" || say "the kernel ended with $?, after $LIMIT_S s if that is 124"
    rm -rf "$CACHE/last"
    cp -r "$SHARE" "$CACHE/last"
}

# boot IMAGE FOLDER: to the end of the story; the console goes to SHARE/console.log.
boot() {
    local masked=("${UNUSED[@]/#/systemd.mask=}")
    TMPDIR=/dev/shm LD_PRELOAD=$CACHE/xstate.so timeout --kill-after=5 "$LIMIT_S" "$(kernel)" \
        mem="$MEMORY" ubda="$1" root=/dev/ubda rw con=null con0=null,fd:1 con1=null ssl=null \
        uml_dir="$2" umid=lab lab.share="$SHARE" snd_aloop.enable=1,1 snd_aloop.id=Ears,Mouth quiet loglevel=3 \
        net.ifnames=0 systemd.show_status=0 "${masked[@]}" </dev/null >"$SHARE/console.log" 2>&1
}

# Read to its end before it runs, so that it may be edited meanwhile.
main "$@"
exit
