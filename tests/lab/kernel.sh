#!/usr/bin/env bash
# Build the guest's kernel from Debian's linux-source: User Mode Linux, an ordinary program.
# Debian's own package user-mode-linux has neither GPIO nor sound nor cameras.
# usage: kernel.sh
set -euo pipefail
# shellcheck source=tests/lab/pieces.sh
. "$(dirname "$0")/pieces.sh"

SOURCE=linux-source-6.12
NEEDED=(GPIO_SIM=y SND_ALOOP=y VIDEO_VIMC=y HOSTFS=y DMABUF_HEAPS_SYSTEM=y MEMCG=y HZ=1000)

main() {
    local work version option
    work=$(mktemp -d "$CACHE/kernel.XXXX")
    # shellcheck disable=SC2064 # this folder, not a later one
    trap "rm -rf '$work'" EXIT
    cd "$work"
    say "fetching $SOURCE (150 MB)"
    fetch_source || cannot "$SOURCE could not be fetched from Debian: see above"
    version=$(dpkg-deb --field ./*.deb Version)
    dpkg-deb --fsys-tarfile ./*.deb | tar x "./usr/src/$SOURCE.tar.xz"
    tar xf "usr/src/$SOURCE.tar.xz"
    cd "$SOURCE"
    say "building the kernel $version (7 processor minutes, once)"
    # UML has no I/O memory, but the emulated one is enough for the media core and vimc.
    sed -i 's/^\tdepends on HAS_IOMEM$/\tdepends on HAS_IOMEM || INDIRECT_IOMEM/' drivers/media/Kconfig
    # snd-aloop keeps its time by ticks: at UML's 100 Hz every period of 10 ms would be lost.
    sed -i '/^config HZ$/,/default/s/default 100/default 1000/' arch/um/Kconfig
    make -s ARCH=um defconfig
    cat "$LAB/uml.config" >>.config
    make -s ARCH=um olddefconfig 2>/dev/null
    for option in "${NEEDED[@]}"; do
        grep -q "^CONFIG_$option$" .config || cannot "CONFIG_$option did not survive in $SOURCE $version"
    done
    nice -n 19 make -s ARCH=um KCFLAGS=-w -j"$(nproc)" linux
    strip -o "$work/linux" linux
    mv "$work/linux" "$CACHE/linux-$version-$(hash_of "$LAB/uml.config")"
}

# With lists of its own: this machine may follow another suite.
fetch_source() {
    mkdir -p apt/lists/partial apt/archives/partial
    sources_of_suite >sources.list
    APT=(apt-get -qq -o Dir::Etc::SourceList="$PWD/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o Dir::State::Lists="$PWD/apt/lists" -o Dir::Cache="$PWD/apt" -o Dir::State::status=/dev/null
        -o APT::Sandbox::User=root)
    "${APT[@]}" update
    "${APT[@]}" download "$SOURCE"
}

# Read to its end before it runs, so that it may be edited meanwhile.
main "$@"
exit
