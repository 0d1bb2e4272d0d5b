# shellcheck shell=bash
# shellcheck disable=SC2154 # `words` is set by rotation_words, `work` by scratch
# Rotation: a secret gets a new value in its program, in .env, and in what reads it. From before the first change until the end a
# journal below .infrac/rotate holds both values; only its owner may read it. Any script that takes the lock finds what was left
# unfinished, and finishes or undoes it. Values go through pipes, never as arguments.

journals=$state/rotate
# The secrets whose rotation was left unfinished and is finished now.
finished=''
# Seconds that a program has to take a value after its start, and a service to be healthy.
: "${ROTATE_WAIT:=300}"

# rotations_of NAME: the lines of a secret.
rotations_of() { rotations | awk -v name="$1" '$1 == name'; }

# rotation_place ID, rotation_kind ID: the service whose container its commands run in; `change`, `retire`, `start` or `hand`.
rotation_place() { rotations | awk -v id="$1" '$2 == id { print $4; exit }'; }
rotation_kind() { rotations | awk -v id="$1" '$2 == id { print $5; exit }'; }

# runs_in SERVICE WORD…: a command in the container of a service, which reads what is piped in. For a job a container is started.
runs_in() {
  local place=$1
  shift
  if [ "$(services | awk -v name="$place" '$1 == name { print $2 }')" = service ]; then
    compose_piped exec -T "$place" "$@"
  else
    compose_piped run --rm --no-deps -T --entrypoint "$1" "$place" "${@:2}"
  fi
}

# takes ID VALUE: whether its program takes a value on a new connection.
takes() {
  local words
  rotation_words "$1" check
  printf '%s\n' "$2" | runs_in "$(rotation_place "$1")" "${words[@]}" >/dev/null 2>&1
}

# hand ID COMMAND SO_FAR NEW: one of the other commands of a rotation. What it says is shown without the values.
hand() {
  local words said status=0
  rotation_words "$1" "$2"
  said=$(printf '%s\n%s\n' "$3" "$4" | runs_in "$(rotation_place "$1")" "${words[@]}" 2>&1) || status=$?
  [ "$status" = 0 ] || without "$said" "$3" "$4" | while IFS= read -r line; do log "  $line"; done
  return "$status"
}

# without TEXT VALUE…: the text with each value hidden.
without() {
  local text=$1 value
  shift
  for value in "$@"; do
    [ -z "$value" ] || text=${text//"$value"/…}
  done
  printf '%s\n' "$text"
}

# rotated_containers SERVICE: its containers, of which it may have several; nothing where it has none.
rotated_containers() {
  engine ps --all --quiet --filter "label=com.docker.compose.project=$PROJECT" \
    --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False
}

# rotated_states SERVICE: a line each: its state, its exit code, its health where it has a check.
rotated_states() {
  local id
  for id in $(rotated_containers "$1"); do
    engine inspect --format '{{.State.Status}} {{.State.ExitCode}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$id"
  done
}

# is_in_state SERVICE STATE: whether any container of it is in that state.
is_in_state() { rotated_states "$1" | grep -q "^$2 "; }

# is_settled SERVICE: waits until it is healthy, or its job has ended well.
is_settled() {
  local left=$ROTATE_WAIT state
  while :; do
    state=$(rotated_states "$1")
    if is_job "$1"; then
      case $state in
        'exited 0 '*) return 0 ;;
        'exited '*) return 1 ;;
      esac
    elif [ -n "$state" ] && ! printf '%s\n' "$state" | grep -qv -e '^running [0-9]* healthy$' -e '^running [0-9]* $'; then
      return 0
    fi
    [ "$left" -gt 0 ] || return 1
    sleep 2
    left=$((left - 2))
  done
}

# with_value FILE NAME VALUE: prints the file with this value. Nothing here ends by itself: it is called within conditions, where
# bash does not end at what fails.
with_value() {
  local line found=''
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      "$2="*)
        printf "%s='%s'\n" "$2" "$3" || return 1
        found=yes
        ;;
      *) printf '%s\n' "$line" || return 1 ;;
    esac
  done <"$1" || return 1
  [ -n "$found" ] || printf "%s='%s'\n" "$2" "$3"
}

# set_env NAME VALUE: writes a value into .env, whose other lines stay as they are. The file is replaced as a whole, and only by one
# that was read back: a full disk leaves what is there.
set_env() {
  local file=$env_file new
  if [ -L "$file" ]; then file=$(readlink -f "$file") || return 1; fi
  new=$(umask 077 && mktemp "$file.infrac-XXXXXX") || return 1
  if ! { with_value "$file" "$1" "$2" >"$new" && is_with_value "$new" "$file" "$1" "$2" && replace "$new" "$file"; }; then
    rm -f "$new"
    return 1
  fi
  load_env
  [ "$(value "$1")" = "$2" ]
}

# is_with_value NEW FILE NAME VALUE: whether a file holds all that another one does, and this value.
is_with_value() {
  local others line
  others=$(sed "/^$3=/d" "$2") || return 1
  [ "$(sed "/^$3=/d" "$1" || echo unread)" = "$others" ] || return 1
  line=$(sed -n "/^$3=/p" "$1") || return 1
  [ "$line" = "$3='$4'" ]
}

# replace NEW FILE: puts a file in the place of another, with its owner where that can be, once it is on the disk.
replace() {
  chown --reference "$2" "$1" 2>/dev/null || :
  chmod 600 "$1" || return 1
  sync "$1" 2>/dev/null || sync || return 1
  mv -f "$1" "$2"
}

# ways_of NAME: the names for how a secret is changed, in one word of a journal.
ways_of() { rotations_of "$1" | awk '{ printf "%s%s", (NR > 1 ? "," : ""), $2 }'; }

# write_journal NAME OLD NEW
write_journal() {
  (umask 077 && mkdir -p "$journals")
  chmod 700 "$journals"
  local new=$journals/.$1.new
  (umask 077 && printf "ROTATE_NAME=%s\nROTATE_OLD='%s'\nROTATE_NEW='%s'\nROTATE_WAYS='%s'\n" "$1" "$2" "$3" "$(ways_of "$1")" >"$new")
  sync "$new" 2>/dev/null || sync
  mv -f "$new" "$journals/$1"
}

# drop_journal_of NAME VALUE: the rotation is over; .env is read once more, and what it does not hold is kept.
drop_journal_of() {
  load_env
  if [ "$(value "$1")" != "$2" ]; then
    log "$env_file does not hold that value of $1: both stand in $journals/$1"
    return 1
  fi
  rm -f "$journals/$1"
}

# readers_in_order NAME: the services that read a secret and have a container, in the order in which they get the new value. Where
# the program takes both values or is told of the new one while it runs, those that log in come first; where it reads its secret
# when it starts, it comes first itself. Jobs are last: they ask a program that knows the value.
readers_in_order() {
  local owners name kind list order first='' last='' jobs=''
  list=" $(readers | awk -v name="$1" '$1 == name { printf "%s ", $2 }')"
  owners=" $(rotations_of "$1" | awk '{ printf "%s ", $3 }')"
  while read -r name kind _; do
    case $list in *" $name "*) ;; *) continue ;; esac
    [ -n "$(rotated_containers "$name")" ] || continue
    if [ "$kind" != service ]; then
      jobs="$jobs $name"
    elif [[ $owners == *" $name "* ]]; then
      last="$last $name"
    else
      first="$first $name"
    fi
  done < <(services)
  if [ -n "$(rotations_of "$1" | awk '$5 == "start"')" ]; then
    order="$last $first - $jobs"
  else
    order="$first - $last $jobs"
  fi
  # shellcheck disable=SC2086 # names of services
  printf '%s\n' $order
}

# renew SERVICE: a new container with the values of .env now: one that is started again keeps the old ones.
renew() {
  if is_job "$1" || rotated_states "$1" | grep -qv -e '^exited ' -e '^created ' -e '^dead '; then
    compose up --detach --no-deps --force-recreate "$1" >/dev/null 2>&1 || return 1
    is_settled "$1"
  else
    compose up --no-start --no-deps --force-recreate "$1" >/dev/null 2>&1
  fi
}

# carry_out NAME OLD NEW: the way forward, from wherever it stopped.
carry_out() {
  local name=$1 old=$2 new=$3 id kind service unwell='' bad=''
  for id in $(rotations_of "$name" | awk '$5 == "change" || $5 == "retire" { print $2 }'); do
    if [ -z "$resumed" ] || ! takes "$id" "$new"; then
      log "changes $name in $(rotation_place "$id")"
      if ! hand "$id" change "$old" "$new" || ! takes "$id" "$new"; then
        take_back "$name" "$old" "$new"
        return 1
      fi
    fi
  done
  if [ "$(value "$name")" != "$new" ] && ! set_env "$name" "$new"; then
    log "$env_file could not be written: is the disk full?"
    take_back "$name" "$old" "$new"
    return 1
  fi
  for service in $(readers_in_order "$name"); do
    if [ "$service" = - ]; then
      retire "$name" "$old" "$new"
      continue
    fi
    log "recreates $service"
    renew "$service" || unwell="$unwell $service"
  done
  for id in $(rotations_of "$name" | awk '$5 != "hand" { print $2 }'); do
    is_judged "$id" "$name" "$old" "$new" || bad=yes
  done
  neighbours "$name" || bad=yes
  # The new value is everywhere: there is nothing left to finish or undo.
  drop_journal_of "$name" "$new" || return 1
  if [ -n "$(readers | awk -v name="$name" '$1 == name && $2 == "-"')" ]; then
    log "an override of the compose file reads $name outside of a service: recreate what uses that yourself"
  fi
  [ -z "$unwell" ] || log "$name is changed, but these are not well since:$unwell"
  [ -z "$unwell$bad" ]
}

# retire NAME OLD NEW: takes the old value away where both are valid.
retire() {
  local id
  for id in $(rotations_of "$1" | awk '$5 == "retire" { print $2 }'); do
    log "takes the old value of $1 away in $(rotation_place "$id")"
    hand "$id" retire "$2" "$3" || log "the old value of $1 could not be taken away"
  done
}

# is_judged ID NAME OLD NEW: whether the new value is taken, and the old one no longer.
is_judged() {
  local left=$ROTATE_WAIT
  until takes "$1" "$4"; do
    if [ "$left" -le 0 ]; then
      log "$(rotation_place "$1") does not take the new value of $2"
      return 1
    fi
    sleep 2
    left=$((left - 2))
  done
  # Behind a refusal it is asked for the new value once more: a program that is away refuses everything.
  if [ -n "$3" ] && takes "$1" "$3"; then
    log "$(rotation_place "$1") still takes the old value of $2"
    return 1
  fi
  takes "$1" "$4" || log "$(rotation_place "$1") went away while it was tried"
}

# neighbours NAME: whether the other secrets of the same programs still log in.
neighbours() {
  local owners name id owner kind status=0
  owners=" $(rotations_of "$1" | awk '{ printf "%s ", $3 }')"
  while read -r name id owner _ kind <&3; do
    if [ "$name" = "$1" ] || [ "$kind" = hand ]; then continue; fi
    case $owners in *" $owner "*) ;; *) continue ;; esac
    [ -n "$(value "$name")" ] || continue
    takes "$id" "$(value "$name")" && continue
    log "$(rotation_place "$id") does not take $name of .env"
    status=1
  done 3< <(rotations)
  return "$status"
}

# take_back NAME OLD NEW: undoes what was changed before .env was.
take_back() {
  local id undone=yes
  for id in $(rotations_of "$1" | awk '$5 == "change" || $5 == "retire" { print $2 }'); do
    takes "$id" "$3" || continue
    case $(rotation_kind "$id") in
      retire) hand "$id" retire "$3" "$2" || undone='' ;;
      *) hand "$id" change "$3" "$2" || undone='' ;;
    esac
  done
  for id in $(rotations_of "$1" | awk '$5 == "change" || $5 == "retire" { print $2 }'); do
    [ -z "$2" ] || takes "$id" "$2" || undone=''
  done
  if [ -n "$undone" ] && drop_journal_of "$1" "$2"; then
    log "$1 could not be changed; the old value holds"
  else
    log "$1 could not be changed, nor changed back: both values stand in $journals/$1"
  fi
}

# finish_rotations: what an earlier run left. It is called with the lock.
finish_rotations() {
  local journal
  rm -f "$journals"/.*.new
  for journal in "$journals"/*; do
    [ -f "$journal" ] || continue
    if [ -n "$dry_run" ]; then
      log "the rotation of ${journal##*/} was left unfinished: the next run finishes or undoes it"
    else
      finish_rotation "$journal"
    fi
  done
}

# knows_ways NAME WAYS: whether this build changes a secret where it was changed when its journal was written. One that does not would
# find nothing to look at, and take that for nothing to do.
knows_ways() {
  declare -F rotations >/dev/null && declare -F readers >/dev/null || return 1
  inputs | awk -v name="$1" '$1 == name && $2 == "secret" { found = 1 } END { exit !found }' || return 1
  [ "$(ways_of "$1")" = "$2" ]
}

finish_rotation() {
  local name old new ways id taken resumed=yes
  read_values "$1"
  name=$(value ROTATE_NAME) old=$(value ROTATE_OLD) new=$(value ROTATE_NEW) ways=$(value ROTATE_WAYS)
  load_env
  log "the rotation of $name was left unfinished"
  knows_ways "$name" "$ways" ||
    fail "this build changes $name in another way than the one that began, or does not know it: finish that first with the build that stands in $root (scripts/rotate.sh $name), or, where no build knows it, set the value by hand and take the file away. Both values stand in $1"
  if [ "$(value "$name")" != "$new" ]; then
    taken=old
    for id in $(rotations_of "$name" | awk '$5 == "change" || $5 == "retire" { print $2 }'); do
      case $(which_value "$id" "$old" "$new") in
        new) taken=new ;;
        old) ;;
        *) fail "$(rotation_place "$id") takes neither value of $name, which stand in $1: see whether it runs, then try again" ;;
      esac
    done
    if [ "$taken" = old ]; then
      drop_journal_of "$name" "$old" || fail "the rotation of $name cannot be undone"
      log "nothing had been changed: the old value of $name holds"
      return
    fi
  fi
  if carry_out "$name" "$old" "$new"; then
    finished="$finished $name "
    log "the rotation of $name is finished"
  elif [ -e "$1" ]; then
    fail "the rotation of $name cannot be finished"
  fi
}

# which_value ID OLD NEW: which one its program takes. One that is not up is started; the container that runs stays as it is.
which_value() {
  local place left=$ROTATE_WAIT
  place=$(rotations | awk -v id="$1" '$2 == id { print $3; exit }')
  is_in_state "$place" running || compose up --detach --no-deps --no-recreate "$place" >/dev/null 2>&1 || :
  while :; do
    if takes "$1" "$3"; then
      echo new
      return
    elif takes "$1" "$2"; then
      echo old
      return
    fi
    [ "$left" -gt 0 ] || return 0
    sleep 2
    left=$((left - 2))
  done
}
