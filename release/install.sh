#!/bin/sh
# Installs the released program. Its archive is downloaded, compared with its checksum, tried, and put into its place in
# one step: whatever fails before, nothing is installed and nothing is left behind.
set -eu

# A release fills in both (release/assets.sh).
repository=
version=

usage() {
  cat <<END
Installs infrac, the compiler for infrastructure.

Usage: install.sh [OPTION]...

  --to FOLDER            where to put the program [\$HOME/.local/bin]
  --version VERSION      which release, such as 0.1.0 [${version:-required}]
  --repository ADDRESS   the repository whose releases are meant [${repository:-required}]
  --from ADDRESS         the folder that holds the archive and SHA256SUMS, in place of --repository
  --help                 this text

It needs curl or wget, tar, gzip, and one of sha256sum, shasum and openssl.
Exit codes: 0 installed, 1 not installed, 2 the command was not understood.
END
}

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

misused() {
  printf 'install.sh: %s\nTry: install.sh --help\n' "$*" >&2
  exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

# The name that Rust has for this system and machine, as the archives are called.
triple() {
  system=$(uname -s)
  machine=$(uname -m)
  # A shell that is translated on a Mac with a processor of Apple's says x86_64.
  if [ "$system $machine" = 'Darwin x86_64' ] && [ "$(sysctl -n hw.optional.arm64 2>/dev/null)" = 1 ]; then machine=arm64; fi
  case $system in
  Linux) system=unknown-linux-musl ;;
  Darwin) system=apple-darwin ;;
  *) fail "there is no release for $system; with Rust: cargo install --git ADDRESS" ;;
  esac
  case $machine in
  x86_64 | amd64) machine=x86_64 ;;
  aarch64 | arm64) machine=aarch64 ;;
  *) fail "there is no release for machines of the kind $machine; with Rust: cargo install --git ADDRESS" ;;
  esac
  printf '%s-%s\n' "$machine" "$system"
}

# download ADDRESS FILE
download() {
  if has curl; then
    # What is asked for by HTTPS is not given by anything less, wherever the server points to.
    case $1 in
    https://*) curl --proto =https --tlsv1.2 --fail --silent --show-error --location --retry 3 --output "$2" "$1" ;;
    *) curl --fail --silent --show-error --location --retry 3 --output "$2" "$1" ;;
    esac
  elif has wget; then
    wget -q -O "$2" "$1"
  else
    fail 'neither curl nor wget is there'
  fi || fail "$1 could not be downloaded"
}

to=
from=
while [ $# -gt 0 ]; do
  option=$1
  case $option in
  --help | -h)
    usage
    exit 0
    ;;
  --to | --version | --repository | --from)
    value=${2-}
    [ -n "$value" ] || misused "$option wants a value"
    shift
    ;;
  --to=?* | --version=?* | --repository=?* | --from=?*) value=${option#*=} ;;
  *) misused "there is no option $option" ;;
  esac
  case $option in
  --to*) to=$value ;;
  --version*) version=${value#v} ;;
  --repository*) repository=${value%/} ;;
  --from*) from=${value%/} ;;
  esac
  shift
done

if [ -z "$from" ]; then
  [ -n "$repository" ] || misused 'which repository has the releases? --repository ADDRESS'
  [ -n "$version" ] || misused 'which release? --version VERSION'
  case $repository in
  https://gitlab.*) from=$repository/-/releases/v$version/downloads ;;
  *) from=$repository/releases/download/v$version ;;
  esac
fi
if [ -z "$to" ]; then
  [ -n "${HOME-}" ] || misused 'there is no home folder; where to? --to FOLDER'
  to=$HOME/.local/bin
fi

if has sha256sum; then
  checksum=sha256sum
elif has shasum; then
  checksum='shasum -a 256'
elif has openssl; then
  checksum='openssl dgst -sha256 -r'
else
  fail 'none of sha256sum, shasum and openssl is there to verify the checksum'
fi

triple=$(triple)
archive=infrac-$triple.tar.gz
scratch=
# The highest folder that is made here.
made=
folder=$to
while [ ! -d "$folder" ]; do
  made=$folder
  folder=$(dirname -- "$folder")
done
end() {
  status=$?
  [ -z "$scratch" ] || rm -rf "$scratch"
  [ "$status" = 0 ] || [ ! -d "$made" ] || find "$made" -depth -type d -exec rmdir '{}' ';' 2>/dev/null || true
}
trap end EXIT
trap 'exit 1' HUP INT TERM

mkdir -p "$to" || fail "$to could not be made"
# On the disk of its place, so that the last step is one.
scratch=$(mktemp -d "$to/.infrac.XXXXXX") || fail "$to cannot be written to"

download "$from/SHA256SUMS" "$scratch/SHA256SUMS"
expected=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$scratch/SHA256SUMS")
case $expected in
'') fail "$from/SHA256SUMS has no line for $archive" ;;
*[!0-9a-f]*) fail "$from/SHA256SUMS has no one checksum for $archive" ;;
esac
[ ${#expected} = 64 ] || fail "$from/SHA256SUMS has no checksum for $archive"
download "$from/$archive" "$scratch/$archive"
# shellcheck disable=SC2086
found=$($checksum "$scratch/$archive" | cut -d ' ' -f 1)
[ "$found" = "$expected" ] || fail "$archive is not what was released: its checksum is $found, not $expected"
tar -xzf "$scratch/$archive" -C "$scratch" infrac || fail "$archive could not be unpacked"
chmod 755 "$scratch/infrac"
said=$("$scratch/infrac" --version) || fail 'the program does not run on this machine'
[ -z "$version" ] || [ "$said" = "infrac $version" ] || fail "version $version was asked for, and the archive holds '$said'"
[ ! -d "$to/infrac" ] || fail "$to/infrac is a folder"
mv -f "$scratch/infrac" "$to/infrac" || fail "$to/infrac could not be written"

printf '%s is installed: %s\n' "$said" "$to/infrac" >&2
case :${PATH-}: in
*:"$to":*) ;;
*) printf 'It is not found by its name yet: add %s to PATH.\n' "$to" >&2 ;;
esac
