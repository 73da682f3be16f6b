#!/usr/bin/env bash
# myna's one installer: try it, test it, or make it a service.
#
#   ./install.sh --demo [words]    install what is missing, then `myna demo [words]`
#   ./install.sh --test [words]    install what is missing, then lint, type-check and pytest [words]
#   ./install.sh --test --lab [words]
#                                  boot the service on a kernel of its own with simulated pins,
#                                  sound card and camera, and pytest [words] it; exits with 77
#                                  where it cannot (tests/lab/README.md)
#   ./install.sh --bench [words]   install what is missing, then measure how fast and how small it is,
#                                  and write docs/performance.md; words: --only NAME ... for some
#                                  chapters, --quick for a glance, --twice to see whether two runs agree
#   sudo ./install.sh              install the speaker as a systemd service on this machine
#   sudo ./install.sh --with mqtt,mcp,music,sensors
#                                  and what talks to Home Assistant and other MQTT, to MCP
#                                  servers, to music players, to sensors: any of the four;
#                                  --without takes one away again
#                                  An upgrade that does not become ready is taken back
#   sudo ./install.sh --uninstall  take the service away again (configuration and state stay)
#   sudo ./install.sh --uninstall --purge
#                                  and configuration, key, state, and the users and groups
#                                  that it made
#
#   --dry-run  print what would be done, and do nothing      --yes  ask nothing
#   --version  print the version                             --help print this
#
# Needs Debian 12 or 13, or Raspberry Pi OS (64-bit) of that age; git and bash are enough.
set -euo pipefail

OPT=/opt/myna
ETC=/etc/myna
STATE=/var/lib/myna
SEALED=$ETC/credentials.encrypted
# What we have brought and --purge may take away: a kind and a name a line.
MADE=$ETC/.made
# What systemd-creds encrypts with.
HOST_KEY=/var/lib/systemd/credential.secret
UNIT=/etc/systemd/system/myna.service
DROPINS=$UNIT.d
SYSUSERS=/etc/sysusers.d/myna.conf
TMPFILES=/etc/tmpfiles.d/myna.conf
POLKIT=/etc/polkit-1/rules.d/50-myna.rules
LINK=/usr/local/bin/myna

# What the packages that come as source need to build, PyAudio to run, and Speex's canceller.
RUN_PACKAGES=(python3 python3-venv python3-dev gcc portaudio19-dev libspeexdsp1)
# A real sound server, a real MPD, D-Bus daemon and MQTT broker, and a linter for shell, for the tests.
TEST_PACKAGES=(pulseaudio pulseaudio-utils libasound2-plugins mpd dbus-daemon shellcheck mosquitto
    systemd polkitd iproute2)
# A root file system and a kernel of its own, for the lab.
LAB_PACKAGES=(mmdebstrap e2fsprogs debian-archive-keyring util-linux gcc make flex bison bc libc6-dev xz-utils)
# On Raspberry Pi OS these come from apt: PyPI's picamera2 brings no libcamera, its lgpio
# has no wheel for Python 3.13, and apt's picamera2 breaks on PyPI's numpy (picamera2#1088).
PI_PACKAGES=(python3-picamera2 python3-lgpio python3-numpy)

# What can be chosen; a lock each in requirements/.
EXTRAS=(mqtt mcp music sensors)
# How long a service must have been ready to be believed.
SETTLED_S=5

DRY_RUN=
YES=
PURGE=
WITH=
WITHOUT=
CHANGED= # anything that the running service has not seen yet
RELEASE= # the folder that is being installed
FORMER=  # an archive of what was there before, while it may be needed

main() {
    local mode=service key=${GEMINI_API_KEY:-}
    unset GEMINI_API_KEY # none of the programs below needs it
    HERE=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
    VENV=$HERE/.venv
    while [ $# -gt 0 ]; do
        case $1 in
            --demo | --test | --bench) mode=${1#--}; shift; break ;;
            --uninstall) mode=uninstall ;;
            --purge) PURGE=1 ;;
            --with) WITH=$(need_extras "$1" "${2:-}"); shift ;;
            --without) WITHOUT=$(need_extras "$1" "${2:-}"); shift ;;
            --dry-run) DRY_RUN=1 ;;
            --yes) YES=1 ;;
            --version) version; return ;;
            --help | -h) usage; return ;;
            *) usage >&2; fail "unknown option $1" 2 ;;
        esac
        shift
    done
    if [ -n "$PURGE" ] && [ "$mode" != uninstall ]; then fail "--purge goes with --uninstall" 2; fi
    if [ "$mode" != uninstall ]; then need_64_bit; fi
    case $mode in
        service) install_service "$key" ;;
        uninstall) uninstall_service ;;
        demo) install_demo "$@" ;;
        test) install_test "$@" ;;
        bench) install_bench "$@" ;;
    esac
}

install_demo() {
    prepare_checkout run "${RUN_PACKAGES[@]}"
    run exec "$VENV/bin/myna" demo "$@"
}

install_test() {
    if [ "${1:-}" = --lab ]; then
        test_in_lab "${@:2}"
        return
    fi
    prepare_checkout dev "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
    cd "$HERE"
    run shellcheck --external-sources install.sh requirements/lock.sh .ci/run tests/lab/*.sh tests/support/*.sh \
        tests/lab/guest/usr/local/sbin/*
    run "$VENV/bin/ruff" check .
    run "$VENV/bin/ruff" format --check .
    run "$VENV/bin/lint-imports"
    run "$VENV/bin/mypy"
    run exec "$VENV/bin/python" -m pytest "$@"
}

test_in_lab() {
    run "$HERE/tests/lab/prepare.sh" --check
    prepare_checkout dev "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
    install_packages "${LAB_PACKAGES[@]}"
    cd "$HERE"
    run "$HERE/tests/lab/prepare.sh"
    run exec "$VENV/bin/python" -m pytest --lab tests/lab "$@"
}

install_bench() {
    prepare_checkout dev "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
    prepare_plots "$HERE/.bench/plots"
    cd "$HERE"
    run exec env PYTHONPATH="$HERE/tests" "$VENV/bin/python" -m bench.performance "$@"
}

# prepare_plots FOLDER: what draws, out of sight of what is measured (tests/bench/performance/plots.py).
prepare_plots() {
    if [ "$(cat "$1/.stamp" 2>/dev/null)" = "$(stamp bench)" ]; then return; fi
    need_writable "$HERE/.bench"
    run rm -rf "$1"
    run "$VENV/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes \
        --only-binary :all: --target "$1" -r "$HERE/requirements/bench.lock" ||
        fail "pip could not install what draws the plots: see above, and check the network"
    [ -n "$DRY_RUN" ] || stamp bench >"$1/.stamp"
}

# install_service KEY
install_service() {
    local extras
    need_root
    umask 022 # the service's user must be able to read what root installs
    extras=$(chosen_extras)
    install_packages "${RUN_PACKAGES[@]}" systemd
    trap give_up EXIT
    trap 'exit 130' HUP INT TERM
    RELEASE=$(readlink "$OPT/venv" || true)
    if is_release "$extras" && is_ready; then
        say "myna $(version) is installed as it is here${extras:+, with ${extras//$'\n'/, }}"
    else
        make_release "$extras"
    fi
    install_configuration
    install_key "$1"
    change_over "$extras"
    trap - EXIT
    let_user_in
    examine
    say_what_next
}

# make_release EXTRAS: a folder per installation; one that breaks off leaves the running one.
make_release() {
    RELEASE=$OPT/$(version)-$(date +%Y%m%d-%H%M%S)
    export PIP_CACHE_DIR=$OPT/cache # not root's own: it goes with the rest
    say "installing myna $(version) into $RELEASE${1:+ with ${1//$'\n'/, }}"
    make_venv "$RELEASE"
    # shellcheck disable=SC2086 # a word each
    fill_venv "$RELEASE" run $1
    run "$RELEASE/bin/pip" install --quiet --no-deps --no-build-isolation "$HERE"
    if [ -n "$DRY_RUN" ]; then return; fi
    echo "$1" >"$RELEASE/.extras"
    release_stamp "$1" >"$RELEASE/.stamp"
}

# change_over EXTRAS: from what is installed to RELEASE.
change_over() {
    keep_former
    install_users
    put "$HERE/systemd/myna.tmpfiles.conf" "$TMPFILES"
    run systemd-tmpfiles --create "$TMPFILES"
    put "$HERE/systemd/myna.rules" "$POLKIT"
    put_link "$RELEASE" "$OPT/venv"
    put_link "$OPT/venv/bin/myna" "$LINK"
    put "$HERE/systemd/myna.service" "$UNIT"
    install_dropins "$1"
    start_service
    forget_former
    run find "$OPT" -mindepth 1 -maxdepth 1 -type d ! -path "$RELEASE" ! -path "$OPT/cache" -exec rm -rf {} +
}

# What was there before, for give_up.
keep_former() {
    local files
    if [ -n "$DRY_RUN" ] || [ ! -x "$OPT/venv/bin/python" ]; then return; fi
    mapfile -t files < <(installed_files)
    FORMER=$(mktemp)
    tar --create --file="$FORMER" --absolute-names "${files[@]}"
}

forget_former() {
    rm -f "$FORMER"
    FORMER=
}

# The end of an installation that broke off: what was there before comes back and runs.
# shellcheck disable=SC2317 # the trap calls it
give_up() {
    local status=$?
    trap - EXIT
    set +e
    if [ -n "$FORMER" ] && [ -n "$CHANGED" ]; then return_to_former; fi
    forget_former
    if [ -n "$RELEASE" ] && [ "$(readlink "$OPT/venv")" != "$RELEASE" ]; then run rm -rf "$RELEASE"; fi
    exit "$status"
}

# shellcheck disable=SC2317 # from there
return_to_former() {
    say "going back to what was installed before"
    remove_files
    tar --extract --file="$FORMER" --absolute-names
    if ! has_systemd; then return; fi
    systemctl daemon-reload
    systemctl stop myna.service
    if systemctl start myna.service; then
        say "$("$LINK" --version) runs again; the new one was taken away"
    else
        say "and that does not start either: journalctl -u myna -n 20"
    fi
}

# All that an installation consists of besides its folder and the configuration, as far as it is there.
installed_files() {
    local file dropins=("$HERE"/systemd/dropins/*.conf)
    for file in "$OPT/venv" "$LINK" "$UNIT" "$SYSUSERS" "$TMPFILES" "$POLKIT" "${dropins[@]/#*\//$DROPINS/}"; do
        if [ -e "$file" ] || [ -L "$file" ]; then echo "$file"; fi
    done
}

remove_files() {
    local files
    mapfile -t files < <(installed_files)
    [ ${#files[@]} -eq 0 ] || run rm -f "${files[@]}"
}

# Those that were made for the files, once they are empty.
remove_folders() {
    local folder
    for folder in $(made folder | tac); do
        [ ! -d "$folder" ] || run rmdir --ignore-fail-on-non-empty "$folder"
    done
}

uninstall_service() {
    need_root
    if [ -n "$PURGE" ]; then confirm "Remove configuration, key and state, too, for good?"; fi
    if [ -e "$UNIT" ]; then
        if has_systemd; then run systemctl stop myna.service || true; fi
        run systemctl disable --quiet myna.service || true
    fi
    remove_files
    run rm -rf "$OPT"
    remove_folders
    if has_systemd; then run systemctl daemon-reload; fi
    if [ -n "$PURGE" ]; then
        purge
        say "myna is gone, and all that it has brought but Debian's packages"
    else
        say "myna is gone. Left behind: $ETC (configuration, key), $STATE (state), the user myna."
        say "To remove them too: sudo ./install.sh --uninstall --purge"
    fi
}

purge() {
    local name
    for name in $(made user); do run userdel "$name" || true; done
    for name in $(made group); do
        if is_unused_group "$name"; then run groupdel "$name" || true; fi
    done
    if [ -n "$(made secret)" ] && ! uses_secrets; then run rm -f "$HOST_KEY"; fi
    run rm -rf "$ETC" "$STATE" /run/myna
}

# Whoever was let into our own group gets nothing from it now; others serve whoever is in them.
is_unused_group() { getent group "$1" | grep -q -e '^myna:' -e ':$'; }

# Whether anything besides us may have been encrypted with this machine's key.
uses_secrets() {
    grep -rqs CredentialEncrypted= /etc/systemd /run/systemd/system /usr/lib/systemd /usr/local/lib/systemd ||
        find /{etc,run,usr/lib}/credstore.encrypted -type f 2>/dev/null | grep -q .
}

# What is missing of it; what is there stays as it is.
install_configuration() {
    make_folder "$ETC"
    make_folder "$ETC/tools"
    if [ ! -e "$ETC/myna.toml" ]; then
        run "$RELEASE/bin/myna" config init --output "$ETC/myna.toml"
    fi
    run "$RELEASE/bin/myna" config check --config "$ETC/myna.toml" >/dev/null ||
        fail "mend that and try again; until then the service stays as it was"
}

# install_key KEY: unless there is one; asked for if it is empty.
install_key() {
    local key=$1
    if has_key; then
        [ -z "$key" ] || say "there is a key already; it stays"
        return
    fi
    if [ -z "$key" ] && [ -z "$YES$DRY_RUN" ] && [ -t 0 ]; then
        read -rsp "Gemini API key (it stays on this machine; Enter to add it later): " key || true
        echo
    fi
    if [ -z "$key" ]; then return; fi
    CHANGED=1
    if seal api-key "$key"; then
        say "the key is in $SEALED/api-key, encrypted for this machine"
    else
        say "putting the key into $ETC/api-key (readable by root only)"
        run install -m 600 /dev/stdin "$ETC/api-key" <<<"$key"
    fi
}

has_key() { [ -s "$ETC/api-key" ] || [ -s "$SEALED/api-key" ] || [ -s "$ETC/credentials/api-key" ]; }

# seal NAME SECRET: encrypt it, where systemd can and reads it back. An image that is being made
# has no systemd: its key would be that of every machine that is made from it.
seal() {
    local creds=(systemd-creds "--name=sealed_$1")
    has_systemd && command -v systemd-creds >/dev/null || return 1
    if [ ! -e "$HOST_KEY" ]; then note_made secret "$HOST_KEY"; fi
    run install -d -m 700 "$SEALED"
    if printf %s "$2" | run "${creds[@]}" --with-key=host encrypt - "$SEALED/$1" 2> >(without_noise >&2) &&
        { [ -n "$DRY_RUN" ] || [ "$("${creds[@]}" decrypt "$SEALED/$1" -)" = "$2" ]; }; then
        run chmod 600 "$SEALED/$1"
        return
    fi
    run rm -f "$SEALED/$1"
    return 1
}

# It warns wherever the disk itself is not encrypted.
without_noise() { grep -v 'not located on encrypted media' || true; }

# The user, its groups, and a note of those that were not there.
install_users() {
    local conf=$HERE/systemd/myna.sysusers.conf missing kind name
    missing=$(missing_users "$conf")
    if [ -z "$missing" ] && cmp -s "$conf" "$SYSUSERS"; then return; fi
    put "$conf" "$SYSUSERS"
    run systemd-sysusers "$SYSUSERS"
    while read -r kind name; do
        [ -z "$name" ] || note_made "$kind" "$name"
    done <<<"$missing"
}

# missing_users FILE: those of a file of sysusers.d, a kind and a name a line.
missing_users() {
    local kind name
    while read -r kind name _; do
        if [ "$kind" = u ] && ! getent passwd "$name" >/dev/null; then echo "user $name"; fi
        if [[ $kind == [ug] ]] && ! getent group "$name" >/dev/null; then echo "group $name"; fi
    done <"$1"
}

# install_dropins EXTRAS: those that this systemd understands and these extras need. What the
# machine's owner has copied stays.
install_dropins() {
    local dropin name
    for dropin in "$HERE"/systemd/dropins/*.conf; do
        name=${dropin##*/}
        if needs_dropin "$name" "$1"; then
            put "$dropin" "$DROPINS/$name"
            note_made dropin "$name"
        elif made dropin | grep -qxF "$name" && [ -e "$DROPINS/$name" ]; then
            run rm -f "$DROPINS/$name"
            CHANGED=1
        fi
    done
}

# needs_dropin FILE EXTRAS
needs_dropin() {
    case $1 in
        10-notify-reload.conf) [ "$(systemd_version)" -ge 253 ] ;;
        30-shared-sound.conf) [[ $2 == *music* ]] ;;
        *) return 1 ;;
    esac
}

start_service() {
    local since
    systemctl is-enabled --quiet myna.service 2>/dev/null || run systemctl enable --quiet myna.service
    if ! has_systemd || { [ -z "$CHANGED" ] && is_ready; }; then return; fi
    run systemctl daemon-reload
    # No restart: that would keep the count of what died before (RuntimeDirectoryPreserve=).
    run systemctl stop myna.service
    since=@$(date +%s)
    if run systemctl start myna.service && stays_ready; then return; fi
    say "what the service said last:"
    journalctl --unit=myna.service --since="$since" --lines=20 --no-pager --output=cat >&2 || true
    fail "the service does not become ready: see above, and journalctl -u myna"
}

# Whether its process still lives after a while.
stays_ready() {
    if [ -n "$DRY_RUN" ]; then return; fi
    ! timeout "$SETTLED_S" tail --pid="$(main_pid)" --follow /dev/null && is_ready
}

# Its findings have their cures beside them; none of them undoes the installation.
examine() {
    if ! has_systemd || ! "$LINK" doctor --help >/dev/null 2>&1; then return; fi
    say "how it is, measured (you may hear a chirp):"
    run "$LINK" doctor || true
}

say_what_next() {
    if ! has_systemd; then
        say "installed: it starts with the next boot. systemd does not run here; by hand: myna run"
    elif has_key; then
        say "myna runs. Say \"okay nabu\"."
    else
        say "myna runs, but has no key yet. To add it: sudo ./install.sh"
    fi
    say "How it is: myna status   What it says: journalctl -u myna -f"
}

# Only root and the group myna reach the control socket.
let_user_in() {
    local user=${SUDO_USER:-root}
    if [ "$user" = root ] || id -nG "$user" | grep -qw myna; then return; fi
    run usermod --append --groups myna "$user"
    say "$user may use myna's commands without sudo after the next login"
}

# --- pieces ------------------------------------------------------------------------------

# prepare_checkout LOCK PACKAGE...: a virtual environment in the checkout, made once.
prepare_checkout() {
    local lock=$1
    shift
    # What the tests have installed serves the demo too.
    if is_stamped "$lock" || is_stamped dev; then return; fi
    need_writable "$HERE"
    need_writable "$VENV"
    install_packages "$@"
    say "installing Python packages into ${VENV#"$PWD"/}"
    make_venv "$VENV"
    fill_venv "$VENV" "$lock"
    run "$VENV/bin/pip" install --quiet --no-deps --no-build-isolation --editable "$HERE"
    [ -n "$DRY_RUN" ] || stamp "$lock" >"$VENV/.stamp"
}

# is_release EXTRAS: whether what is installed was made from what is here.
is_release() { [ "$(cat "$OPT/venv/.stamp" 2>/dev/null)" = "$(release_stamp "$1")" ]; }

# release_stamp EXTRAS: what a release is made from.
release_stamp() {
    echo "$(version) $(readlink -f "$(python_path)") ${1//$'\n'/ }"
    (cd "$HERE" && find pyproject.toml requirements daemon hardware -type f ! -name '*.pyc' -print0 |
        LC_ALL=C sort -z | xargs -0 cat | sha256sum)
}

is_stamped() { [ "$(cat "$VENV/.stamp" 2>/dev/null)" = "$(stamp "$1")" ]; }

# stamp LOCK: what an installed checkout was made from; anything new means to install anew.
stamp() {
    echo "$1 $HERE $(readlink -f "$(python_path)")"
    cat "$HERE/pyproject.toml" "$HERE"/requirements/*.lock | sha256sum
}

# install_packages PACKAGE...: what is missing of them, and on Raspberry Pi OS of PI_PACKAGES.
install_packages() {
    local missing=() package
    if is_pi_os; then set -- "$@" "${PI_PACKAGES[@]}"; fi
    for package in "$@"; do
        if ! is_installed "$package"; then missing+=("$package"); fi
    done
    if [ ${#missing[@]} -eq 0 ]; then return; fi
    command -v apt-get >/dev/null ||
        fail "this machine has no apt-get: install ${missing[*]} by its own means, then try again"
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
        fail "Debian packages are missing and there is no sudo; as root: apt-get install ${missing[*]}"
    say "installing Debian packages: ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "${missing[@]}" >/dev/null
}

make_venv() {
    local options=(--clear)
    if is_pi_os; then options+=(--system-site-packages); fi
    run "$(python_path)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$(python_path) is older than 3.11: myna needs Debian 12 or Raspberry Pi OS of 2023, or newer"
    run "$(python_path)" -m venv "${options[@]}" "$1"
}

# fill_venv VENV LOCK...: everything pinned, everything checked by its hash.
fill_venv() {
    local pip=("$1/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes) lock
    local cure="pip could not install the Python packages: see above, and check the network"
    run "${pip[@]}" -r "$HERE/requirements/build.lock" || fail "$cure"
    for lock in "${@:2}"; do
        run "${pip[@]}" --no-build-isolation -r /dev/stdin < <(locked "$lock") || fail "$cure"
    done
}

# need_extras OPTION NAMES: the names, a line each.
need_extras() {
    local names name
    IFS=, read -ra names <<<"$2"
    [ ${#names[@]} -gt 0 ] || fail "$1 takes one or more of ${EXTRAS[*]}, like $1 mqtt,mcp" 2
    for name in "${names[@]}"; do
        [[ " ${EXTRAS[*]} " == *" $name "* ]] || fail "$1 $name: there is only ${EXTRAS[*]}" 2
        echo "$name"
    done
}

# chosen_extras: those of the last installation and of --with, without those of --without.
chosen_extras() {
    { cat "$OPT/venv/.extras" 2>/dev/null; echo "$WITH"; } | sort -u | grep . |
        grep -vxF "${WITHOUT:-none}" || true
}

# locked NAME: the lock; on Raspberry Pi OS without numpy, which comes from apt there.
locked() {
    if is_pi_os; then
        sed '/^numpy==/,/[^\\]$/d' "$HERE/requirements/$1.lock"
    else
        cat "$HERE/requirements/$1.lock"
    fi
}

# Debian's own Python: one under a home directory would be out of the service's sight.
python_path() {
    if [ -x /usr/bin/python3 ]; then echo /usr/bin/python3; else command -v python3 || echo /usr/bin/python3; fi
}

# put FILE PLACE: a copy of it, unless it is there already.
put() {
    if cmp -s "$1" "$2"; then return; fi
    make_folder "$(dirname "$2")"
    CHANGED=1
    run install -m 644 "$1" "$2"
}

# put_link TARGET PLACE
put_link() {
    if [ "$(readlink "$2")" = "$1" ]; then return; fi
    CHANGED=1
    run ln -sfnT "$1" "$2"
}

# make_folder FOLDER: one that --uninstall takes away again once it is empty.
make_folder() {
    if [ -d "$1" ]; then return; fi
    make_folder "$(dirname "$1")"
    run install -d -m 755 "$1"
    note_made folder "$1"
}

# note_made KIND NAME, and made KIND: the names that were noted.
note_made() { [ -n "$DRY_RUN" ] || grep -qsxF "$*" "$MADE" || echo "$*" >>"$MADE"; }
made() { sed -n "s/^$1 //p" "$MADE" 2>/dev/null || true; }

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

is_pi_os() { grep -rqs archive.raspberrypi /etc/apt/sources.list /etc/apt/sources.list.d; }
systemd_version() { systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p' | grep . || echo 0; }
has_systemd() { [ -d /run/systemd/system ]; }
# Where systemd does not run nothing is ever started, and nothing can be waited for.
is_ready() { ! has_systemd || systemctl is-active --quiet myna.service; }
main_pid() { systemctl show --property=MainPID --value myna.service; }
need_writable() { [ ! -e "$1" ] || [ -w "$1" ] || fail "cannot write into $1: run this as its owner"; }
need_64_bit() { [ "$(getconf LONG_BIT)" = 64 ] || fail "this system is 32-bit: myna needs a 64-bit one"; }
need_root() { [ -n "$DRY_RUN" ] || [ "$(id -u)" -eq 0 ] || fail "this needs root: run it with sudo"; }
version() { sed -n 's/^__version__ = "\(.*\)"/\1/p' "$HERE/daemon/myna/__init__.py"; }
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; }
say() { printf 'install.sh%s: %s\n' "${DRY_RUN:+ (dry run)}" "$*" >&2; }

# confirm QUESTION: go on only after a yes; where nobody can answer, or --yes, it counts as given.
confirm() {
    local answer=yes
    if [ -t 0 ] && [ -z "$YES$DRY_RUN" ]; then read -rp "$1 [y/N] " answer || true; fi
    [[ $answer == [yY]* ]] || fail "nothing was removed"
}

fail() {
    say "$1"
    exit "${2:-1}"
}

run() {
    if [ -n "$DRY_RUN" ]; then printf '+ %s\n' "$*" >&2; else "$@"; fi
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then run "$@"; else run sudo "$@"; fi
}

# Read to its end before anything runs: neither a download that was cut off nor an editor can
# make it run half.
{ main "$@"; exit; }
