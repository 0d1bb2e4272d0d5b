# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the names are those of deploy.sh and common.sh
# The files of a build: what its manifest says of them, and how they get into the install path.

manifest=.infrac.manifest

# sums FILE…: as sha256sum has it, which macOS lacks.
if command -v sha256sum >/dev/null; then sums=(sha256sum); else sums=(shasum -a 256); fi

# sha256: of what is piped in.
sha256() { "${sums[@]}" | cut -d' ' -f1; }

# entries FOLDER: "DIGEST PATH" a line, of its manifest. A path has several while files are replaced.
entries() {
  [ ! -e "$1/$manifest" ] || sed -n 's/^\([0-9a-f]\{64\}\) [^ ]* \(.*\)$/\1 \2/p' "$1/$manifest"
}

# paths FOLDER: of its manifest.
paths() { entries "$1" | cut -d' ' -f2- | LC_ALL=C sort -u; }

# digests FOLDER: "DIGEST PATH" of each path on standard input that is a file of the folder.
digests() {
  (
    cd "$1" || exit
    while IFS= read -r path; do
      [ ! -f "$path" ] || printf '%s\0' "$path"
    done | xargs -0 -r "${sums[@]}" -- | sed 's/^\([0-9a-f]*\)  /\1 /'
  )
}

# sorted FOLDER…: the entries of several, as `comm` reads them.
sorted() {
  local folder
  for folder in "$@"; do entries "$folder"; done | LC_ALL=C sort -u
}

# expect_whole FOLDER: it is a build of which nothing is missing and nothing was changed.
expect_whole() {
  local path wrong
  [ -r "$1/$manifest" ] || fail "$1 is no build: it has no $manifest"
  if grep -q '^unfinished$' "$1/$manifest"; then fail "the build in $1 did not come to its end: build it again"; fi
  while IFS= read -r path; do
    case /$path/ in
      //* | */../* | */./* | *\\*) fail "the manifest of $1 names a path that no build has: $path" ;;
    esac
  done < <(paths "$1")
  wrong=$(LC_ALL=C comm -23 <(sorted "$1") <(paths "$1" | digests "$1" | LC_ALL=C sort) | cut -d' ' -f2-)
  [ -z "$wrong" ] || fail "the build in $1 is not as infrac wrote it: build it again, and bring edits into the source
$(indented "$wrong")"
}

indented() { printf '%s\n' "$1" | sed 's/^/  /'; }

# in_the_way FROM TO: the paths that putting one build over another would take from a person.
in_the_way() {
  LC_ALL=C comm -13 <(sorted "$1" "$2") \
    <(cat <(paths "$1") <(paths "$2") | LC_ALL=C sort -u | digests "$2" | LC_ALL=C sort) | cut -d' ' -f2-
  local path
  while IFS= read -r path; do
    # What a link leads to is nobody's to write to, nor is a folder outside.
    if [ -L "$2/$path" ] || [ -d "$2/$path" ]; then
      printf '%s\n' "$path"
    elif [ -d "$2/${path%/*}" ] && [ "$path" != "${path%/*}" ]; then
      case $(cd "$2/${path%/*}" && pwd -P)/ in
        "$2"/*) ;;
        *) printf '%s\n' "$path" ;;
      esac
    fi
  done < <(paths "$1")
}

# changed FROM TO: the paths that differ.
changed() { LC_ALL=C comm -23 <(sorted "$1") <(paths "$1" | digests "$2" | LC_ALL=C sort) | cut -d' ' -f2-; }

# gone FROM TO: the paths that the build in TO has and that in FROM has not.
gone() { LC_ALL=C comm -13 <(paths "$1") <(paths "$2"); }

# copy_build FROM TO: into a folder of its own.
copy_build() {
  local path
  while IFS= read -r path; do
    case $path in */*) mkdir -p "$2/${path%/*}" ;; esac
    [ ! -e "$1/$path" ] || cp -p "$1/$path" "$2/$path"
  done < <(paths "$1")
  [ ! -f "$1/BUILD" ] || cp -p "$1/BUILD" "$2/BUILD"
  cp -p "$1/$manifest" "$2/$manifest"
}

# temporary PATH: where a new file stands until it is renamed.
temporary() {
  case $1 in
    */*) printf '%s/.%s.infrac-new' "${1%/*}" "${1##*/}" ;;
    *) printf '.%s.infrac-new' "$1" ;;
  esac
}

# clear_temporaries FROM TO: what a deployment that was killed has left under temporary names.
clear_temporaries() {
  local path
  {
    paths "$1"
    paths "$2"
    [ -z "$unfinished" ] || paths "$state/deploys/$unfinished/build"
  } | sed 's|[^/]*$|.&.infrac-new|' | while IFS= read -r path; do
    [ ! -f "$2/$path" ] || rm -f "$2/$path"
  done
}

# put_files FROM TO: each file as a whole. All that are new stand under temporary names before the first one is renamed;
# while they are, the manifest names the old and the new content of each, so that what finds them half-way knows them.
put_files() (
  umask 022
  clear_temporaries "$1" "$2"
  changed "$1" "$2" >"$work/changed" && gone "$1" "$2" >"$work/gone" || exit
  if ! stage "$1" "$2" <"$work/changed"; then
    clear_temporaries "$1" "$2"
    exit 1
  fi
  {
    if [ -e "$2/$manifest" ]; then grep -v '^unfinished$' "$2/$manifest"; else grep '^#' "$1/$manifest"; fi &&
      echo unfinished &&
      grep '^[0-9a-f]' "$1/$manifest"
  } >"$2/$manifest.infrac-new" || exit
  mv -f "$2/$manifest.infrac-new" "$2/$manifest" || exit
  while IFS= read -r path; do
    mv -f "$2/$(temporary "$path")" "$2/$path" || exit
  done <"$work/changed"
  while IFS= read -r path; do
    rm -f "$2/$path" || exit
    while [ "$path" != "${path%/*}" ]; do
      path=${path%/*}
      rmdir "$2/$path" 2>/dev/null || break
    done
  done <"$work/gone"
  if [ -f "$1/BUILD" ]; then cp "$1/BUILD" "$2/BUILD" || exit; else rm -f "$2/BUILD"; fi
  cp "$1/$manifest" "$2/$manifest.infrac-new" && chmod 644 "$2/$manifest.infrac-new" &&
    mv -f "$2/$manifest.infrac-new" "$2/$manifest"
)

# stage FROM TO: puts the files of standard input under temporary names, with their modes.
stage() {
  local path
  while IFS= read -r path; do
    case $path in */*) mkdir -p "$2/${path%/*}" || return ;; esac
    cp "$1/$path" "$2/$(temporary "$path")" && chmod "$(stat -c %a "$1/$path")" "$2/$(temporary "$path")" || return
  done
}
