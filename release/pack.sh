#!/bin/sh
# Packs a built program as a release holds it: `release/pack.sh PROGRAM TRIPLE FOLDER` writes FOLDER/infrac-TRIPLE.tar.gz.
set -eu
here=$(CDPATH='' cd "$(dirname "$0")/.." && pwd)
program=$1
archive=infrac-$2.tar.gz
mkdir -p "$3"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$program" "$scratch/infrac"
cp "$here/LICENSE" "$scratch/LICENSE"
chmod 755 "$scratch/infrac"
chmod 644 "$scratch/LICENSE"
tar -cf "$scratch/archive.tar" -C "$scratch" infrac LICENSE
gzip -9 -n <"$scratch/archive.tar" >"$3/$archive"
