# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the names are those of deploy.sh and common.sh
# A deployment on another host, over SSH. The build is copied there, and its own script is started there as a file, without a
# terminal and in a session of its own: a connection that is cut does not stop it. Its log is followed.

: "${SSH:=ssh}"
port='' identity='' known_hosts='' sudo='' detached='' follow='' seen=0

# How often a lost connection is made again.
AGAIN=20

# quoted WORD…: as the shell there reads them back.
quoted() {
  local word
  for word in "$@"; do
    printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"
  done
}

# there COMMAND: runs a line there. What it reads is a pipe, or nothing.
there() { there_piped "$1" </dev/null; }
there_piped() {
  local options=(-T -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4)
  # Nobody is there to be asked.
  [ -t 2 ] || options+=(-o BatchMode=yes)
  [ -z "$port" ] || options+=(-p "$port")
  [ -z "$identity" ] || options+=(-i "$identity" -o IdentitiesOnly=yes)
  [ -z "$known_hosts" ] || options+=(-o "UserKnownHostsFile=$known_hosts" -o StrictHostKeyChecking=yes)
  "$SSH" "${options[@]}" -- "$to" "$1"
}

# deploy_there: from here.
deploy_there() {
  case $to in
    -* | *[!A-Za-z0-9@._:%-]*) usage "$to is no USER@HOST" ;;
  esac
  [ -z "$first_env" ] || usage "secrets do not travel: put .env into $INSTALL_PATH on $to by hand, and leave out --env-file"
  need "$SSH" tar gzip
  scratch
  local place folder status=0
  # In the home of the one who logs in.
  place=.infrac-deploy/$PROJECT
  if [ -n "$attach" ]; then
    folder=$(there "cat $(quoted "$place/latest")") || fail "no deployment of $PROJECT was started on $to"
    case $folder in '' | *[!A-Za-z0-9.-]*) fail "no deployment of $PROJECT was started on $to" ;; esac
  else
    folder=$(date -u +%Y%m%dT%H%M%SZ)-$$
    start_there "$place" "$folder"
  fi
  at_end "[ -n \"\$over\" ] || log 'it goes on there: follow it with --attach'"
  follow_there "$place/$folder" || status=$?
  [ "$status" != 255 ] || fail "there is no connection to $to any more" 255
  [ "$status" = 0 ] || {
    over=yes
    fail "the deployment on $to ended with $status" "$status"
  }
  # A success is what says so itself.
  [ "$(tail -n 1 "$work/log")" = "deploy.sh: done" ] || {
    over=yes
    fail "the deployment on $to ended without its last word"
  }
  over=yes
}
over=''

start_there() {
  local at="$1/$2" script status=0
  expect_whole "$root"
  {
    paths "$root"
    echo "$manifest"
    [ ! -f "$root/BUILD" ] || echo BUILD
  } >"$work/files"
  COPYFILE_DISABLE=1 tar -czf "$work/build.tar.gz" -C "$root" -T "$work/files" || fail "the build cannot be packed"
  # A new machine may still be at its set-up.
  there 'if command -v cloud-init >/dev/null; then cloud-init status --wait --long; fi' >"$work/set-up" 2>&1 || status=$?
  case $status in
    0 | 2) ;;
    255) fail "$to cannot be reached over SSH: $(tail -n 1 "$work/set-up")" ;;
    *) fail "the set-up of $to did not end well (cloud-init)
$(indented "$(cat "$work/set-up")")" ;;
  esac
  there_piped "umask 077 && mkdir -p $(quoted "$at/build") && cat >$(quoted "$at/build.tar.gz")" <"$work/build.tar.gz" ||
    fail "the build cannot be copied to $to"
  there "cd $(quoted "$at") && echo $(quoted "$(sha256 <"$work/build.tar.gz")  build.tar.gz") | sha256sum --check --status \
    && tar -xpzf build.tar.gz --no-same-owner -C build && rm build.tar.gz && printf '%s\n' $(quoted "$2") >../latest" ||
    fail "the build did not arrive whole on $to"
  script=$at/build/scripts/deploy.sh
  words_on
  there "$sudo bash $(quoted "$script" ${words[@]+"${words[@]}"} --detached "$at")" || fail "the deployment on $to did not start"
  log "deploys on $to"
}

# follow_there FOLDER: its log as it grows, over as many connections as it takes. Its exit code is the deployment's.
follow_there() {
  local status tries=0 before
  : >"$work/log"
  while :; do
    status=0 before=$(wc -l <"$work/log")
    there "$sudo bash $(quoted "$1/build/scripts/deploy.sh" --follow "$1" --seen "$before")" | tee -a "$work/log" >&2 ||
      status=$?
    # What SSH itself ends with (ssh(1), EXIT STATUS).
    [ "$status" = 255 ] || return "$status"
    [ "$(wc -l <"$work/log")" = "$before" ] || tries=0
    tries=$((tries + 1))
    [ "$tries" -le "$AGAIN" ] || return 255
    log "the connection is lost; the deployment goes on there, and is followed again"
    sleep "$POLL"
  done
}

# detach FOLDER WORD…: on the host: starts the script in a session of its own, with its log and its exit code in the folder.
detach() {
  local folder
  folder=$(cd "$1" && pwd -P)
  shift
  need setsid
  # shellcheck disable=SC2016 # the shell that is started expands it
  setsid bash -c '
    cd "$0" || exit
    echo $$ >pid
    bash build/scripts/deploy.sh "$@" >log 2>&1 </dev/null
    echo $? >status.new
    mv status.new status
    ls -1d ../2* | LC_ALL=C sort -r | tail -n +4 | while IFS= read -r old; do rm -rf "$old"; done
  ' "$folder" ${1+"$@"} </dev/null >/dev/null 2>&1 &
}

# follow FOLDER LINES: on the host: the log behind so many lines, until the script has ended.
follow() {
  local shown=$2 there ended
  cd "$1" || exit
  while :; do
    ended=''
    [ ! -e status ] || ended=yes
    if [ -z "$ended" ] && [ -e pid ] && ! kill -0 "$(cat pid)" 2>/dev/null && [ ! -e status ]; then
      fail "the deployment was killed there: run it again"
    fi
    there=$(wc -l <log 2>/dev/null || echo 0)
    [ "$there" -le "$shown" ] || sed -n "$((shown + 1)),${there}p" log
    shown=$there
    [ -z "$ended" ] || exit "$(cat status)"
    sleep "$POLL"
  done
}
