#!/bin/sh
# Builds the program of a release and packs it: `release/build.sh TRIPLE FOLDER` writes FOLDER/infrac-TRIPLE.tar.gz.
# For Linux it is one file without libraries of the system; its C parts want the compiler of musl (Debian: musl-tools).
set -eu
cd "$(dirname "$0")/.."
triple=$1
folder=$2

case $triple in
*-linux-musl)
  export CC_x86_64_unknown_linux_musl=musl-gcc CC_aarch64_unknown_linux_musl=musl-gcc
  export RUSTFLAGS="-Ctarget-feature=+crt-static -Crelocation-model=static ${RUSTFLAGS-}"
  ;;
esac
cargo build --release --locked --target "$triple" --target-dir target/released
program=target/released/$triple/release/infrac
case $triple in
*-linux-musl)
  if readelf --dynamic "$program" | grep NEEDED; then
    echo 'build.sh: the program needs libraries' >&2
    exit 1
  fi
  ;;
esac
release/pack.sh "$program" "$triple" "$folder"
