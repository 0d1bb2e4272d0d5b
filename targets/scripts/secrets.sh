#!/usr/bin/env bash
# secrets.sh [--check]: fills in the secrets of .env that are empty, and that the platform itself defines. Where there is no .env,
# it becomes a copy of .env.example first. All else in the file stays as it is, and nothing that is set is changed.
#
#   --check       changes nothing: names what is empty, too short, ill-formed, or looks like that of an example
#   --dry-run     says what it would fill in
#
# Values come from the system's random numbers, are letters, digits, - and _ alone, and are never shown. What a provider issues is
# named, and not made up. It ends with 0 where it has worked (--check: where nothing is wrong), 1 where not, 2 where it was called
# wrongly, 75 where another one is at work.
# shellcheck source=lib/common.sh
. "$(dirname "$(readlink -f "$0" 2>/dev/null || printf '%s' "$0")")/lib/common.sh" || exit 2

# random LENGTH: that many characters, the first of which is a letter or a digit: an option of a program begins with -.
random() {
  local text='' piece
  while [ "${#text}" -lt "$1" ]; do
    piece=$(head -c 256 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9_-')
    text=$text$piece
    while :; do
      case $text in
        [_-]*) text=${text#?} ;;
        *) break ;;
      esac
    done
  done
  printf '%s' "${text:0:$1}"
}

# empty_ones: the names of the secrets to fill in with the lengths of their values.
empty_ones() {
  local name least
  inputs | awk '$2 == "secret" && $3 == "required" && $6 == "here" { print $1, $4 < 32 ? 32 : $4 }' | while read -r name least; do
    [ -z "$(value "$name")" ] || continue
    ! is_quoted "$name" || [ -n "$(is_empty_line "$name")" ] || continue
    echo "$name $least"
  done
}

# is_empty_line NAME: the line NAME="" of the file.
is_empty_line() { grep -x "$1=\"\"" "$env_file" || true; }

# from_elsewhere: the names of those that a provider issues, and that are still empty.
from_elsewhere() {
  local name
  for name in $(inputs | awk '($3 == "required" || $3 == "copies") && $6 == "elsewhere" { print $1 }'); do
    [ -n "$(value "$name")" ] || is_quoted "$name" || echo "$name"
  done
}

# filled FILE NAMES: prints the file with values for these names; a line that is not there is added.
filled() {
  local line name rest=" $2 " ended=yes
  while IFS= read -r line || { ended='' && [ -n "$line" ]; }; do
    name=${line%%=*}
    case "$rest-$line" in
      *" $name "*-"$name=" | *" $name "*-"$name=''" | *" $name "*-"$name=\"\"")
        line=$name=$(random "$(least_of "$name")")
        rest=${rest/ $name / }
        ;;
    esac
    printf '%s' "$line"
    [ -z "$ended" ] || printf '\n'
  done <"$1"
  # The last line may have no end.
  for name in $rest; do
    [ -z "$(tail -c 1 "$1" | tr -d '\n')" ] || [ -n "$ended" ] || printf '\n'
    ended=yes
    printf '%s\n' "$name=$(random "$(least_of "$name")")"
  done
}

# owner FILE: as chown takes it; macOS asks in another way.
owner() { stat -c %u:%g "$1" 2>/dev/null || stat -f %u:%g "$1"; }

least_of() { printf '%s\n' "$empty" | sed -n "s/^$1 //p"; }

fill() {
  local source=$env_file empty names elsewhere new
  # What was read before a rotation must not be put back behind it.
  [ -n "$dry_run" ] || lock
  [ ! -L "$env_file" ] || fail "$env_file is a link: run this where the file is"
  if [ ! -e "$env_file" ]; then
    source=$root/.env.example
    [ -r "$source" ] || fail "there is neither $env_file nor $source"
  fi
  env_file=$source load_env
  [ "$(LC_ALL=C tr -d '\000' <"$source" | cksum)" = "$(cksum <"$source")" ] || fail "$source is no text"
  empty=$(env_file=$source empty_ones)
  names=$(printf '%s\n' "$empty" | cut -d' ' -f1 | paste -sd ' ' -)
  elsewhere=$(from_elsewhere | paste -sd ' ' -)
  [ -z "$elsewhere" ] || log "issued elsewhere, and still empty: $elsewhere"
  if [ -z "$names" ] && [ "$source" = "$env_file" ]; then
    log "no secret of the platform's own is empty"
  elif [ -n "$dry_run" ]; then
    log "would fill in: $names"
    return 0
  else
    # From its first byte on nobody else may read it.
    new=$(umask 077 && mktemp "$env_file.infrac-XXXXXX")
    at_end "rm -f $(printf '%q' "$new")"
    filled "$source" "$names" >"$new"
    # Its owner, who need not be the one that runs this.
    chown "$(owner "$source")" "$new" 2>/dev/null || :
    mv -f "$new" "$env_file"
    log "filled in: ${names:-nothing}"
  fi
}

main() {
  local check=''
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) help && exit ;;
      --dry-run) dry_run=yes ;;
      --check) check=yes ;;
      *) usage "there is no option $1" ;;
    esac
    shift
  done
  need awk cksum mktemp
  if [ -n "$check" ]; then
    load_env
    judge_env || fail "mend $env_file"
  else
    fill
  fi
  log "done"
}

main "$@"
