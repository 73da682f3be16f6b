#!/usr/bin/env bash
# myna's one installer: try it, test it, or make it a service.
#
#   ./install.sh --demo [words]    install what is missing, then `myna demo [words]`
#   ./install.sh --test [words]    install what is missing, then lint, type-check and pytest [words]
#   sudo ./install.sh              install the speaker as a systemd service on this machine
#   sudo ./install.sh --uninstall  take the service away again (configuration and state stay)
#
#   --dry-run  print what would be done, and do nothing      --yes  ask nothing
#   --version  print the version                             --help print this
#
# Needs Debian 12 or 13, or Raspberry Pi OS of that age; git and bash are enough.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
VENV=$HERE/.venv
OPT=/opt/myna
ETC=/etc/myna
UNIT=/etc/systemd/system/myna.service
SYSUSERS=/etc/sysusers.d/myna.conf
LINK=/usr/local/bin/myna

# What the packages that come as source need to build, and PyAudio to run.
RUN_PACKAGES=(python3 python3-venv python3-dev gcc portaudio19-dev)
# A real sound server and a linter for shell, for the tests.
TEST_PACKAGES=(pulseaudio pulseaudio-utils libasound2-plugins shellcheck)
# Only Raspberry Pi OS has these; PyPI cannot replace them everywhere.
PI_PACKAGES=(python3-picamera2 python3-lgpio)

DRY_RUN=
YES=

main() {
    local mode=service
    while [ $# -gt 0 ]; do
        case $1 in
            --demo | --test) mode=${1#--}; shift; break ;;
            --uninstall) mode=uninstall ;;
            --dry-run) DRY_RUN=1 ;;
            --yes) YES=1 ;;
            --version) version; return ;;
            --help | -h) usage; return ;;
            *) usage >&2; fail "unknown option $1" 2 ;;
        esac
        shift
    done
    "install_$mode" "$@"
}

install_demo() {
    prepare_checkout run "${RUN_PACKAGES[@]}"
    run exec "$VENV/bin/myna" demo "$@"
}

install_test() {
    prepare_checkout dev "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
    cd "$HERE"
    run shellcheck install.sh requirements/lock.sh .ci/run
    run "$VENV/bin/ruff" check .
    run "$VENV/bin/ruff" format --check .
    run "$VENV/bin/lint-imports"
    run "$VENV/bin/mypy"
    run exec "$VENV/bin/python" -m pytest "$@"
}

install_service() {
    need_root
    local packages=("${RUN_PACKAGES[@]}") venv_options=()
    if is_pi; then
        packages+=("${PI_PACKAGES[@]}")
        venv_options+=(--system-site-packages)
    fi
    install_packages "${packages[@]}"
    say "installing myna $(version) into $OPT"
    make_venv "$OPT/venv" "${venv_options[@]}"
    fill_venv "$OPT/venv" run
    run "$OPT/venv/bin/pip" install --quiet --no-deps --no-build-isolation --force-reinstall "$HERE"
    run ln -sfn "$OPT/venv/bin/myna" "$LINK"
    run install -D -m 644 "$HERE/systemd/myna.sysusers.conf" "$SYSUSERS"
    run systemd-sysusers "$SYSUSERS"
    install_configuration
    run install -m 644 "$HERE/systemd/myna.service" "$UNIT"
    start_service
}

install_uninstall() {
    need_root
    if has_systemd; then run systemctl disable --now myna.service || true; fi
    run rm -rf "$OPT" "$UNIT" "$SYSUSERS" "$LINK"
    if has_systemd; then run systemctl daemon-reload; fi
    say "myna is gone. Left behind: $ETC (configuration, key), /var/lib/myna (state), the user myna."
    say "To remove them too: sudo rm -r $ETC /var/lib/myna; sudo userdel myna"
}

install_configuration() {
    run install -d -m 755 "$ETC"
    if [ ! -e "$ETC/myna.toml" ]; then
        run "$OPT/venv/bin/myna" config init --output "$ETC/myna.toml"
    fi
    if [ -s "$ETC/api-key" ]; then return; fi
    local key=${GEMINI_API_KEY:-}
    if [ -z "$key" ] && [ -z "$YES$DRY_RUN" ] && [ -t 0 ]; then
        read -rsp "Gemini API key (it stays on this machine; Enter to add it later): " key
        echo
    fi
    if [ -n "$key" ]; then
        say "putting the key into $ETC/api-key (readable by root only)"
        [ -n "$DRY_RUN" ] || (umask 077 && printf '%s\n' "$key" >"$ETC/api-key")
    else
        say "no key yet: put it into $ETC/api-key (chmod 600), then: sudo systemctl restart myna"
    fi
}

start_service() {
    if ! has_systemd; then
        say "installed. systemd does not run here; start it by hand with: myna run"
        return
    fi
    run systemctl daemon-reload
    run systemctl enable --quiet myna.service
    run systemctl restart myna.service
    say "myna runs. Say \"okay nabu\".   How it is: myna status   What it says: journalctl -u myna -f"
}

# --- pieces ------------------------------------------------------------------------------

# prepare_checkout LOCK PACKAGE...: a virtual environment in the checkout, made once.
prepare_checkout() {
    local lock=$1 stamp
    shift
    stamp="$lock $(cat "$HERE/pyproject.toml" "$HERE"/requirements/*.lock | sha256sum) $(python_path)"
    # What the tests have installed serves the demo too.
    if [ -x "$VENV/bin/myna" ] && { [ "$(cat "$VENV/.stamp" 2>/dev/null)" = "$stamp" ] ||
        [ "$(cat "$VENV/.stamp" 2>/dev/null)" = "dev${stamp#run}" ]; }; then return; fi
    install_packages "$@"
    say "installing Python packages into ${VENV#"$PWD"/}"
    make_venv "$VENV"
    fill_venv "$VENV" "$lock"
    run "$VENV/bin/pip" install --quiet --no-deps --no-build-isolation --editable "$HERE"
    [ -n "$DRY_RUN" ] || printf '%s\n' "$stamp" >"$VENV/.stamp"
}

install_packages() {
    local missing=() package
    for package in "$@"; do
        if ! is_installed "$package"; then missing+=("$package"); fi
    done
    if [ ${#missing[@]} -eq 0 ]; then return; fi
    command -v apt-get >/dev/null ||
        fail "this machine has no apt-get: install ${missing[*]} by its own means, then try again"
    say "installing Debian packages: ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

make_venv() {
    local venv=$1
    shift
    run "$(python_path)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$(python_path) is older than 3.11: myna needs Debian 12 or Raspberry Pi OS of 2023, or newer"
    run "$(python_path)" -m venv --clear "$@" "$venv"
}

# fill_venv VENV LOCK: everything pinned, everything checked by its hash.
fill_venv() {
    local pip=("$1/bin/pip" install --quiet --disable-pip-version-check --require-hashes)
    run "${pip[@]}" -r "$HERE/requirements/build.lock"
    run "${pip[@]}" --no-build-isolation -r "$HERE/requirements/$2.lock"
}

# Debian's own Python: one under a home directory would be out of the service's sight.
python_path() {
    if [ -x /usr/bin/python3 ]; then echo /usr/bin/python3; else command -v python3 || echo /usr/bin/python3; fi
}

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

is_pi() { grep -qs "Raspberry Pi" /proc/device-tree/model; }
has_systemd() { [ -d /run/systemd/system ]; }
need_root() { [ -n "$DRY_RUN" ] || [ "$(id -u)" -eq 0 ] || fail "this needs root: sudo $0"; }
version() { sed -n 's/^__version__ = "\(.*\)"/\1/p' "$HERE/daemon/myna/__init__.py"; }
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; }
say() { printf 'install.sh: %s\n' "$*" >&2; }

fail() {
    say "$1"
    exit "${2:-1}"
}

run() {
    if [ -n "$DRY_RUN" ]; then printf '+ %s\n' "$*"; else "$@"; fi
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then run "$@"; else
        command -v sudo >/dev/null || fail "this needs root, and there is no sudo: run $0 as root"
        run sudo "$@"
    fi
}

main "$@"
