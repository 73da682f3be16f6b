#!/usr/bin/env bash
# myna's one installer: try it, test it, or make it a service.
#
#   ./install.sh --demo [words]    install what is missing, then `myna demo [words]`
#   ./install.sh --test [words]    install what is missing, then lint, type-check and pytest [words]
#   ./install.sh --test --lab [words]
#                                  boot the service on a kernel of its own with simulated pins,
#                                  sound card and camera, and pytest [words] it; exits with 77
#                                  where it cannot (tests/lab/README.md)
#   sudo ./install.sh              install the speaker as a systemd service on this machine
#   sudo ./install.sh --with mqtt,mcp,music,sensors
#                                  and what talks to Home Assistant and other MQTT, to MCP
#                                  servers, to music players, to sensors: any of the four;
#                                  --without takes one away again
#   sudo ./install.sh --uninstall  take the service away again (configuration and state stay)
#
#   --dry-run  print what would be done, and do nothing      --yes  ask nothing
#   --version  print the version                             --help print this
#
# Needs Debian 12 or 13, or Raspberry Pi OS (64-bit) of that age; git and bash are enough.
set -euo pipefail

HERE=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
VENV=$HERE/.venv
OPT=/opt/myna
ETC=/etc/myna
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
CHOSEN=$OPT/extras

DRY_RUN=
YES=
WITH=
WITHOUT=

main() {
    local mode=service
    while [ $# -gt 0 ]; do
        case $1 in
            --demo | --test) mode=${1#--}; shift; break ;;
            --uninstall) mode=uninstall ;;
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
    if [ "$mode" != uninstall ]; then need_64_bit; fi
    "install_$mode" "$@"
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
    run shellcheck --external-sources install.sh requirements/lock.sh .ci/run tests/support/machine.sh tests/lab/*.sh \
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

install_service() {
    need_root
    umask 022 # the service's user must be able to read what root installs
    # A folder per installation: an upgrade that breaks off leaves the running one as it is.
    local venv extras
    venv=$OPT/$(version)-$(date +%Y%m%d-%H%M%S)
    extras=$(chosen_extras)
    install_packages "${RUN_PACKAGES[@]}" systemd
    say "installing myna $(version) into $OPT${extras:+ with ${extras//$'\n'/, }}"
    make_venv "$venv"
    # shellcheck disable=SC2086 # a word each
    fill_venv "$venv" run $extras
    run "$venv/bin/pip" install --quiet --no-deps --no-build-isolation "$HERE"
    install_configuration "$venv"
    run install -D -m 644 "$HERE/systemd/myna.sysusers.conf" "$SYSUSERS"
    run systemd-sysusers "$SYSUSERS"
    run install -D -m 644 "$HERE/systemd/myna.tmpfiles.conf" "$TMPFILES"
    run systemd-tmpfiles --create "$TMPFILES"
    run install -D -m 644 "$HERE/systemd/myna.rules" "$POLKIT"
    run ln -sfnT "$venv" "$OPT/venv"
    run ln -sfnT "$OPT/venv/bin/myna" "$LINK"
    run install -m 644 "$HERE/systemd/myna.service" "$UNIT"
    install_dropins "$extras"
    start_service
    [ -n "$DRY_RUN" ] || echo "$extras" >"$CHOSEN"
    run find "$OPT" -mindepth 1 -maxdepth 1 -type d ! -path "$venv" -exec rm -rf {} +
    let_user_in
}

install_uninstall() {
    need_root
    if [ -e "$UNIT" ]; then
        if has_systemd; then run systemctl stop myna.service || true; fi
        run systemctl disable --quiet myna.service || true
    fi
    remove_dropins
    run rm -rf "$OPT" "$UNIT" "$SYSUSERS" "$TMPFILES" "$POLKIT" "$LINK"
    if has_systemd; then run systemctl daemon-reload; fi
    say "myna is gone. Left behind: $ETC (configuration, key), /var/lib/myna (state), the user myna."
    say "To remove them too: sudo rm -r $ETC /var/lib/myna; sudo userdel myna; sudo groupdel myna"
}

# install_configuration VENV: what is missing of it; what is there stays as it is.
install_configuration() {
    run install -d -m 755 "$ETC" "$ETC/tools"
    if [ ! -e "$ETC/myna.toml" ]; then
        run "$1/bin/myna" config init --output "$ETC/myna.toml"
    fi
    run "$1/bin/myna" config check --config "$ETC/myna.toml" >/dev/null ||
        fail "mend that and try again; until then the service stays as it was"
    if [ -s "$ETC/api-key" ]; then return; fi
    local key=${GEMINI_API_KEY:-}
    if [ -z "$key" ] && [ -z "$YES$DRY_RUN" ] && [ -t 0 ]; then
        read -rsp "Gemini API key (it stays on this machine; Enter to add it later): " key || true
        echo
    fi
    if [ -n "$key" ]; then
        say "putting the key into $ETC/api-key (readable by root only)"
        run install -m 600 /dev/stdin "$ETC/api-key" <<<"$key"
    else
        say "no key yet. To add it: sudo install -m 600 /dev/stdin $ETC/api-key   (paste it, Enter, Ctrl-D)"
        say "and then: sudo systemctl restart myna"
    fi
}

# install_dropins EXTRAS: those that this systemd understands and these extras need.
install_dropins() {
    local wanted=() name
    if [ "$(systemd_version)" -ge 253 ]; then wanted+=(10-notify-reload); fi
    if [[ $1 == *music* ]]; then wanted+=(30-shared-sound); fi
    remove_dropins
    for name in "${wanted[@]}"; do
        run install -D -m 644 "$HERE/systemd/dropins/$name.conf" "$DROPINS/$name.conf"
    done
}

# Ours; those of the machine's owner stay.
remove_dropins() {
    local ours
    for ours in "$HERE"/systemd/dropins/*.conf; do run rm -f "$DROPINS/${ours##*/}"; done
    if [ -d "$DROPINS" ]; then run rmdir --ignore-fail-on-non-empty "$DROPINS"; fi
}

start_service() {
    run systemctl enable --quiet myna.service
    if ! has_systemd; then
        say "installed: it starts with the next boot. systemd does not run here; by hand: myna run"
        return
    fi
    run systemctl daemon-reload
    run systemctl restart myna.service ||
        fail "the service does not start. Why: journalctl -u myna -n 20"
    say "myna runs. Say \"okay nabu\".   How it is: myna status   What it says: journalctl -u myna -f"
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
    { cat "$CHOSEN" 2>/dev/null; echo "$WITH"; } | sort -u | grep . |
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

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

is_pi_os() { grep -rqs archive.raspberrypi /etc/apt/sources.list /etc/apt/sources.list.d; }
systemd_version() { systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p' | grep . || echo 0; }
has_systemd() { [ -d /run/systemd/system ]; }
need_writable() { [ ! -e "$1" ] || [ -w "$1" ] || fail "cannot write into $1: run this as its owner"; }
need_64_bit() { [ "$(getconf LONG_BIT)" = 64 ] || fail "this system is 32-bit: myna needs a 64-bit one"; }
need_root() { [ -n "$DRY_RUN" ] || [ "$(id -u)" -eq 0 ] || fail "this needs root: run it with sudo"; }
version() { sed -n 's/^__version__ = "\(.*\)"/\1/p' "$HERE/daemon/myna/__init__.py"; }
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; }
say() { printf 'install.sh%s: %s\n' "${DRY_RUN:+ (dry run)}" "$*" >&2; }

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

main "$@"
