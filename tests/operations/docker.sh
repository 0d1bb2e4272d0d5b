#!/bin/bash
# A stand-in for `docker` and `docker compose`. Beside it:
#   calls           a line a call, its words with blanks between them
#   read/N          what call N read from its standard input, where that is anything
#   rules           "NUMBER PATTERN" a line, the newest first: a call that holds PATTERN is answered by answers/NUMBER
#   answers/NUMBER  run (a script of bash, which gets the call's words), left (how often it still answers; always without)
#   containers/ID   a container: lines "KEY VALUE", with the keys of templates (.State.Status) and labels (label:NAME)
here=${0%/*}
line="$*"
printf "%s\n" "${line//$'\n'/ }" >>"$here/calls"
number=$(wc -l <"$here/calls")

# It reads all that it is given, as `exec` and `run` do: a script that does not keep its own input from it loses it.
input=$here/read/$number
if [ ! -t 0 ]; then cat >"$input"; else : >"$input"; fi
[ -s "$input" ] || rm -f "$input"

while read -r rule pattern; do
  case "$*" in
    *"$pattern"*)
      answer=$here/answers/$rule
      if [ -e "$answer/left" ]; then
        left=$(cat "$answer/left")
        [ "$left" -gt 0 ] || continue
        echo $((left - 1)) >"$answer/left"
      fi
      [ -e "$input" ] || input=/dev/null
      export here number
      exec bash "$answer/run" "$@" <"$input"
      ;;
  esac
done <"$here/rules"

# field ID KEY: of a container.
field() {
  local key value
  while read -r key value; do
    [ "$key" != "$2" ] || break
    value=''
  done <"$here/containers/$1"
  [ "$key" != "$2" ] || printf '%s' "$value"
}

# render ID TEMPLATE: what --format makes of it: fields, labels, `index .MAP "KEY"`, and `if`, `with`, `else`, `end` around
# them, which do not stand within each other.
render() {
  local id=$1 rest=$2 token value shown=yes dot='' out=''
  while [[ $rest == *'{{'* ]]; do
    [ -z "$shown" ] || out+=${rest%%'{{'*}
    rest=${rest#*'{{'}
    token=${rest%%'}}'*}
    rest=${rest#*'}}'}
    token=${token#- } token=${token% -}
    case $token in
      'if '* | 'with '*)
        value=$(field "$id" "$(key "${token#* }")")
        dot=''
        [ "${token%% *}" = if ] || dot=$value
        if [ -n "$value" ]; then shown=yes; else shown=''; fi
        ;;
      else) if [ -n "$shown" ]; then shown=''; else shown=yes; fi ;;
      end) shown=yes dot='' ;;
      .) [ -z "$shown" ] || out+=$dot ;;
      *) [ -z "$shown" ] || out+=$(field "$id" "$(key "$token")") ;;
    esac
  done
  printf '%s%s\n' "$out" "$rest"
}

# key EXPRESSION: what the file of a container calls it.
key() {
  case $1 in
    '.Label "'*) echo "label:$(quoted "$1")" ;;
    'index .Config.Labels "'*) echo "label:$(quoted "$1")" ;;
    'index '*)
      set -- "$1" $1
      echo "$3:$(quoted "$1")"
      ;;
    *) echo "$1" ;;
  esac
}
quoted() {
  local rest=${1#*\"}
  printf '%s' "${rest%%\"*}"
}

label() { printf '%s' "${1%%=*}"; }

# option NAME WORD...: the values of an option, a line each.
option() {
  local name=$1
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      "$name") printf '%s\n' "${2-}" ;;
      "$name="*) printf '%s\n' "${1#*=}" ;;
    esac
    shift
  done
}

case "${1-} ${2-}" in
  'ps '* | 'container ls'*)
    format=$(option --format "$@")
    quiet=''
    all=''
    for word in "$@"; do
      case $word in
        --all | -a) all=yes ;;
        --quiet | -q) quiet=yes ;;
        -aq | -qa) all=yes quiet=yes ;;
      esac
    done
    for file in "$here"/containers/*; do
      [ -e "$file" ] || continue
      id=${file##*/}
      [ -n "$all" ] || [ "$(field "$id" .State.Status)" = running ] || continue
      fits=yes
      while IFS= read -r filter; do
        case $filter in
          label=*=*) [ "$(field "$id" "label:$(label "${filter#label=}")")" = "${filter#label=*=}" ] || fits='' ;;
          name=*) [[ $(field "$id" .Name) =~ ${filter#name=} ]] || fits='' ;;
          status=*) [ "$(field "$id" .State.Status)" = "${filter#status=}" ] || fits='' ;;
        esac
      done < <(option --filter "$@")
      [ -n "$fits" ] || continue
      if [ -n "$quiet" ] || [ -z "$format" ]; then echo "$id"; else render "$id" "$format"; fi
    done
    ;;
  inspect* | 'container inspect')
    format=$(option --format "$@") status=0
    for word in "$@"; do
      [ -e "$here/containers/$word" ] || continue
      render "$word" "$format"
      found=yes
    done
    [ -n "${found-}" ] || { echo "Error: No such object" >&2 && status=1; }
    exit $status
    ;;
esac
exit 0
