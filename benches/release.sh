#!/bin/sh
# Builds the program as it is released: on Linux one file that needs no library of the system, so that it runs on any of
# them, and nothing is looked for when it starts.
#
#   benches/release.sh                          the program, in target/released/TRIPLE/release/infrac
#   benches/release.sh bench --bench process    the same, measured (docs/performance.md)
set -eu
cd "$(dirname "$0")/.."

triple=$(rustc -vV | sed -n 's/^host: //p')
case $triple in
*-linux-*) export RUSTFLAGS="-Ctarget-feature=+crt-static -Crelocation-model=static ${RUSTFLAGS-}" ;;
esac
[ $# -gt 0 ] || set -- build --release
# With a target named, the flags are not those of macros, which the compiler loads while it runs.
cargo "$@" --target "$triple" --target-dir target/released
