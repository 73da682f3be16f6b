# shellcheck shell=bash
# What the lab's scripts share: the cache, its pieces, and how to say "not on this machine".

LAB=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
CHECKOUT=${LAB%/tests/lab}
CACHE=${MYNA_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/myna-lab}
SUITE=trixie
# What automake's test drivers, too, take for "cannot be tested here".
CANNOT=77

say() { printf 'lab: %s\n' "$*" >&2; }

cannot() {
    say "cannot run here: $*"
    exit "$CANNOT"
}

# hash_of FILE...: names a piece by what it is made from.
hash_of() { cat "$@" | sha256sum | cut -c 1-12; }

# The version of linux-source is in the kernel's name, but a newer one builds no new kernel.
kernel() { find "$CACHE" -maxdepth 1 -name "linux-*-$(hash_of "$LAB/uml.config")" | sort -V | tail -n 1; }
root_image() { echo "$CACHE/root-$(hash_of "$LAB/root.packages" "$LAB/pi.lock" "$LAB/pykms.py" "$LAB/root.sh").ext4"; }
wheels() { echo "$CACHE/wheels-$(hash_of "$CHECKOUT"/requirements/{build,run}.lock)"; }

# The sources of the guest's suite, from the mirror that this machine's apt uses for Debian.
sources_of_suite() {
    local mirror
    # shellcheck disable=SC2016 # apt expands it
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' |
        grep -v security | head -n 1) || true
    [ -n "$mirror" ] || cannot "apt has no Debian mirror in its sources (or no list of it yet: apt-get update)"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $SUITE main"
}
