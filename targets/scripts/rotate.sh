#!/usr/bin/env bash
# rotate.sh NAME [--from-stdin] [--dry-run]: gives a secret a new value in the running platform.
# rotate.sh --list: says of each secret how it is rotated, and what reads it.
#
# The new value is made up, or read from standard input with --from-stdin, as a secret needs that a provider issues. It is set in
# the program whose secret it is, then in .env; what reads it is recreated, and nothing else. A new connection must then take the
# new value and refuse the old one. Where anything fails before .env is written, the old value is set again.
# A run that was killed is finished or undone by the next script that takes the lock: both values stand in .infrac/rotate meanwhile.
#
# --from-stdin  reads the new value as one line
# --dry-run     changes nothing, and says what it would do
#
# exit: 0 changed and checked, 1 not so, 2 called wrongly, 75 another script is at work
set -Eeuo pipefail

# shellcheck source=lib/common.sh
. "$(dirname "$(readlink -f "$0" 2>/dev/null || printf '%s' "$0")")/lib/common.sh" || exit 2
# shellcheck source=lib/rotate.sh
. "$root/scripts/lib/rotate.sh"

main() {
  local name='' given='' list='' old new
  resumed=''
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h)
        help
        exit 0
        ;;
      --from-stdin) given=yes ;;
      --dry-run) dry_run=yes ;;
      --list) list=yes ;;
      -*) usage "there is no option $1" ;;
      *)
        [ -z "$name" ] || usage "one secret at a time"
        name=$1
        ;;
    esac
    shift
  done
  if [ -n "$list" ]; then
    list_secrets
    exit 0
  fi
  [ -n "$name" ] || usage "which secret?"
  is_secret "$name"
  [ -n "$dry_run" ] || lock
  load_env
  may_ask "$name"
  old=$(value "$name")
  [[ $old != *$'\n'* ]] || fail "$name has several lines: change them in $env_file, then recreate what reads it: $(recreation "$name")"
  new=''
  if [[ $finished == *" $name "* ]]; then
    [ -z "$given" ] || new=$(read_value "$name")
    if [ -z "$given" ] || [ "$new" = "$old" ]; then
      log "$name has its new value since"
      log "done"
      exit 0
    fi
    log "that was another value than the one that is given now, which comes next"
  fi
  can_rotate "$name" "$given"
  if [ -n "$dry_run" ]; then
    plan "$name"
    log "dry run: nothing was changed"
    exit 0
  fi
  if [ -z "$given" ]; then
    new=$(made_up "$name")
  elif [ -z "$new" ]; then
    new=$(read_value "$name")
  fi
  is_valid "$name" "$old" "$new"
  can_log_in "$name" "$old"
  at_end "tell_of_journal $name"
  write_journal "$name" "$old" "$new"
  carry_out "$name" "$old" "$new" || exit 1
  if of_provider "$name"; then
    log "$name is changed; take the old value back where it was issued"
  else
    log "$name is changed"
  fi
  log "done"
}

# property NAME FIELD: of a secret in the table of inputs.
property() { inputs | awk -v name="$1" -v field="$2" '$1 == name && $2 == "secret" { print $field }'; }
of_provider() { [ "$(property "$1" 6)" = elsewhere ]; }

is_secret() {
  [ -n "$(property "$1" 1)" ] || fail "there is no secret $1; $self --list names all" 2
}

list_secrets() {
  local name way place
  while read -r name _ <&3; do
    place=$(rotations_of "$name" | awk '{ printf "%s%s", (NR > 1 ? ", " : ""), $4 }')
    if rotations_of "$name" | grep -q ' hand$'; then
      way="by hand: see $self $name --dry-run"
    elif [ -n "$place" ]; then
      way="in $place"
    elif of_provider "$name"; then
      way='a new one is issued elsewhere (--from-stdin)'
    else
      way='no service says how'
    fi
    printf '%s: %s; read by%s\n' "$name" "$way" "$(readers | awk -v name="$name" '$1 == name && $2 != "-" { printf " %s", $2 }')"
  done 3< <(inputs | awk '$2 == "secret"')
}

# can_rotate NAME GIVEN: says what to do where no script can.
can_rotate() {
  local id
  for id in $(rotations_of "$1" | awk '$5 == "hand" { print $2 }'); do
    log "$1 is rotated by hand:"
    by_hand "$id" | while IFS= read -r line; do log "  $line"; done
    exit 1
  done
  [ -z "$(rotations_of "$1")" ] || return 0
  if of_provider "$1"; then
    [ -n "$2$dry_run" ] || fail "$1 is issued by a provider: ask for a new one there, and pipe it in with --from-stdin"
    return 0
  fi
  log "no service says how $1 is changed. By hand: change it in the program, then in .env, then recreate what reads it:"
  log "  $(recreation "$1")"
  log "For good: write \`rotate NAME { secret = $1, … }\` in the service that the secret belongs to."
  exit 1
}

recreation() {
  local names
  names=$(readers | awk -v name="$1" '$1 == name && $2 != "-" { printf " %s", $2 }')
  if [ -n "$names" ]; then
    printf '%s\n' "docker compose -p $PROJECT --env-file .env -f $COMPOSE_FILE up -d --no-deps --force-recreate$names"
  else
    printf '%s\n' 'nothing reads it'
  fi
}

plan() {
  local name id place kind step
  while read -r _ id _ place kind <&3; do
    case $kind in
      start) log "$place reads $1 when it starts" ;;
      *) log "would change $1 by a command in $place" ;;
    esac
    rotation_is_up "$id" || log "$place does not run: start it first"
  done 3< <(rotations_of "$1")
  log "would write $1 into .env"
  for step in $(readers_in_order "$1"); do
    [ "$step" = - ] || log "would recreate $step"
  done
}

# rotation_is_up ID: whether its program runs.
rotation_is_up() { is_in_state "$(rotations | awk -v id="$1" '$2 == id { print $3; exit }')" running; }

# can_log_in NAME OLD: the program runs, takes what .env holds, and refuses what nobody has: else no check would say anything.
can_log_in() {
  local id place nonsense
  for id in $(rotations_of "$1" | awk '{ print $2 }'); do
    place=$(rotation_place "$id")
    rotation_is_up "$id" || fail "$place does not run: start it first"
    if [ -n "$2" ] && ! takes "$id" "$2"; then
      fail "$place does not take $1 of .env: it differs from the running system, or the program is not ready"
    fi
    nonsense=$(made_up "$1")
    ! takes "$id" "$nonsense" || fail "$place takes any value for $1: nobody is asked for it there"
  done
}

# made_up NAME: letters and digits, which mean nothing in an address, in quotes or in a file of settings.
made_up() {
  local length
  length=$(property "$1" 4)
  [ "${length:-0}" -ge 32 ] || length=32
  value_of_length "$length"
}

value_of_length() {
  local text=''
  while [ "${#text}" -lt "$1" ]; do
    text=$text$(head -c 256 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9')
  done
  printf '%s' "${text:0:$1}"
}

read_value() {
  local line=''
  if [ -t 0 ]; then
    printf '%s: ' "$1" >&2
    IFS= read -rs line || :
    printf '\n' >&2
  else
    IFS= read -r line || :
  fi
  printf '%s' "$line"
}

# is_valid NAME OLD NEW
is_valid() {
  local least problem
  least=$(property "$1" 4)
  [ -n "$3" ] || fail "the new value of $1 is empty" 2
  [ "$3" != "$2" ] || fail "that is the value that $1 has" 2
  [ "${#3}" -ge "${least:-0}" ] || fail "the new value of $1 has fewer than $least characters" 2
  case $3 in
    *"'"* | *[[:cntrl:]]* | *\\) fail "the new value of $1 holds a quote or a control character, or ends with a backslash" 2 ;;
  esac
  if [ "$(property "$1" 5)" = url ]; then
    case $3 in
      *[!A-Za-z0-9._~-]*) fail "$1 is part of an address: letters, digits and - . _ ~ alone" 2 ;;
    esac
  fi
  # What the next start would refuse.
  problem=$(
    eval "value_$1=\$3"
    weakness "$1" secret "${least:-0}" "$(property "$1" 5)" "$(choices | sed -n "s/^$1 //p")"
  )
  [ -z "$problem" ] || fail "the new value of $1 $problem" 2
}

tell_of_journal() {
  [ ! -e "$journals/$1" ] || log "the rotation of $1 is unfinished: run $self $1 again, and it is finished or undone first"
}

main "$@"
