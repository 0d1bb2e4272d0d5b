#!/bin/sh
# Writes what stands beside the archives of a release: the script that installs it, the pipelines and the configuration of
# pre-commit with this repository's address in them, and SHA256SUMS of all.
#
#   release/assets.sh FOLDER REPOSITORY TAG COMMIT
#
# REPOSITORY is an address, such as that of a repository on GitHub; TAG is `v` and the version of Cargo.toml.
set -eu
here=$(CDPATH='' cd "$(dirname "$0")/.." && pwd)
folder=$1
repository=${2%/}
tag=$3
commit=$4
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/Cargo.toml" | head -n 1)

fail() {
  echo "assets.sh: $*" >&2
  exit 1
}

[ "$tag" = "v$version" ] || fail "the tag is $tag, and Cargo.toml has version $version"
case $commit in
*[!0-9a-f]* | '') fail "$commit is no commit" ;;
esac
ls "$folder"/infrac-*.tar.gz >/dev/null || fail "$folder has no archive"

# On GitHub, actions are called by owner and name.
name=${repository#*://*/}
for file in ci/github.yml ci/gitlab.yml ci/pre-commit-config.yaml; do
  sed -e "s|OWNER/NAME@COMMIT # TAG|$name@$commit # $tag|" -e "s|REPOSITORY|$repository|" \
    -e "s|^\( *rev: \)TAG|\1$tag|" -e "s|VERSION|$version|" "$here/$file" >"$folder/${file#ci/}"
  if grep -Enw 'OWNER|COMMIT|TAG|REPOSITORY|VERSION' "$folder/${file#ci/}"; then
    fail "$file is not filled in"
  fi
done
sed -e "s|^repository=\$|repository=$repository|" -e "s|^version=\$|version=$version|" "$here/release/install.sh" >"$folder/install.sh"
chmod 755 "$folder/install.sh"
cd "$folder"
rm -f SHA256SUMS
sums=$(sha256sum -- *)
printf '%s\n' "$sums" >SHA256SUMS
