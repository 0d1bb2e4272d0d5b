#!/usr/bin/env bash
# stack.sh up [--core] | down | logs [SERVICE] | check: starts the platform, stops it, shows its logs, or looks whether it could
# start. `make help` lists the goals that call it.
#
#   up            starts what always starts, and the parts that COMPOSE_PROFILES of .env names
#   up --core     starts what always starts alone; parts that run already go on
#   down          stops and removes the containers of all parts; volumes stay
#   logs          follows the logs of all services, or of one
#   check         changes nothing: says all that is missing, and fails where anything is
#
#   --dry-run     says what it would do
#
# It ends with 0 where it has worked, 1 where it has not, 2 where it was called wrongly, 75 where another one is at work.
# shellcheck source=lib/common.sh
. "$(dirname "$(readlink -f "$0" 2>/dev/null || printf '%s' "$0")")/lib/common.sh" || exit 2

up() {
  local options=()
  load_env
  judge_env || fail "nothing is started: mend $env_file"
  lock
  # A name that no part has: then compose does not look at COMPOSE_PROFILES.
  [ -z "$core" ] || options=(--profile '')
  do_it compose ${options[@]+"${options[@]}"} up --detach
}

down() {
  lock
  do_it every down
}

logs() {
  [ -z "$service" ] || is_service "$service" ||
    fail "there is no service $service; there are: $(services | cut -d' ' -f1 | paste -sd ' ' -)"
  every logs --follow --tail 100 ${service:+"$service"}
}

# kernel_setting KEY: its number on this machine; nothing where that is not known, as on a desk without Linux.
kernel_setting() {
  local value=''
  read -r value 2>/dev/null <"${PROC_SYS:-/proc/sys}/$(printf '%s' "$1" | tr . /)" || :
  case $value in
    '' | *[!0-9]*) ;;
    *) printf '%s' "$value" ;;
  esac
}

# check: all that is missing is said at once.
check() {
  local problems=0 key least is
  problem() {
    log "$1"
    problems=$((problems + 1))
  }
  if ! command -v "$DOCKER" >/dev/null; then
    problem "docker is not installed"
  elif ! engine info --format '{{.ServerVersion}}' >/dev/null 2>&1; then
    problem "the engine does not answer: does it run, and may $(id -un) ask it?"
  fi
  if [ ! -r "$env_file" ]; then
    problem "there is no $env_file: copy .env.example"
  else
    load_env
    judge_env || problems=$((problems + 1))
    case $(ls -ld "$env_file") in
      -???------*) ;;
      *) problem "$env_file can be read by others: chmod 600" ;;
    esac
    if command -v "$DOCKER" >/dev/null; then
      every config --quiet || problem "compose refuses $COMPOSE_FILE"
    fi
  fi
  while read -r key least; do
    is=$(kernel_setting "$key")
    [ -z "$is" ] || [ "$is" -ge "$least" ] ||
      problem "the kernel's $key is $is, and services need $least or more: sysctl -w $key=$least, and the same line in /etc/sysctl.d"
  done <<END
$(kernel_settings)
END
  [ "$problems" -eq 0 ] || fail "not ready to start"
}

main() {
  local command='' core='' service=''
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) help && exit ;;
      --dry-run) dry_run=yes ;;
      --core) core=yes ;;
      -*) usage "there is no option $1" ;;
      *)
        if [ -z "$command" ]; then
          command=$1
        elif [ "$command" = logs ] && [ -z "$service" ]; then
          service=$1
        else
          usage "$1 is one word too many"
        fi
        ;;
    esac
    shift
  done
  [ -z "$core" ] || [ "$command" = up ] || usage "--core goes with up"
  case $command in
    up | down | logs | check) ;;
    '') usage "nothing is said to do" ;;
    *) usage "it cannot $command" ;;
  esac
  need awk "$DOCKER"
  "$command"
  log "done"
}

main "$@"
