#!/bin/sh
# Builds the program as it is released: one file that needs no library of the system, so that it runs on any Linux and
# nothing is looked for when it starts. It is compiled once to take notes, run on what is in the repository, and
# compiled again with the notes, which tell the compiler the ways that are taken (profile-guided optimisation).
#
#   benches/release.sh                          the program, in target/released/TRIPLE/release/infrac
#   benches/release.sh bench --bench process    the same, measured (docs/performance.md)
set -eu
cd "$(dirname "$0")/.."

triple=$(rustc -vV | sed -n 's/^host: //p')
profdata=$(dirname "$(rustc --print target-libdir)")/bin/llvm-profdata
if [ ! -x "$profdata" ]; then
    echo "llvm-profdata is missing: rustup component add llvm-tools" >&2
    exit 1
fi
[ $# -gt 0 ] || set -- build --release

place=$PWD/target/released
case $triple in
*-linux-*) whole="-Ctarget-feature=+crt-static -Crelocation-model=static" ;;
*) whole= ;;
esac
notes=$place/notes
rm -rf "$notes"
# Notes are taken before programs are optimised as a whole, which takes long with them.
CARGO_PROFILE_RELEASE_LTO=off RUSTFLAGS="-Cprofile-generate=$notes" \
    cargo build --release --target "$triple" --target-dir "$place/noting"
infrac=$place/noting/$triple/release/infrac

sources=$(mktemp -d)
trap 'rm -rf "$sources"' EXIT
cp platform.infra "$sources"
cp -r tests/ok/. "$sources"
for services in 12 40 400; do
    cargo run --quiet --example platform "$services" > "$sources/platform-$services.infra"
done
for source in "$sources"/*.infra; do
    for _ in 1 2 3; do
        "$infrac" check --quiet "$source" > /dev/null 2>&1 || true
        "$infrac" build --quiet --out "$sources/out" "$source" > /dev/null 2>&1 || true
        "$infrac" fmt --check --quiet "$source" > /dev/null 2>&1 || true
    done
    rm -rf "$sources/out"
done
"$profdata" merge -o "$place/notes.profdata" "$notes"

RUSTFLAGS="$whole -Cprofile-use=$place/notes.profdata" cargo "$@" --target "$triple" --target-dir "$place"
