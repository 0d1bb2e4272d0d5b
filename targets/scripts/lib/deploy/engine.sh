# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the names are those of deploy.sh and common.sh
# What compose makes of a build, what runs of it, and whether it is well.

# Seconds between two looks at what runs; how long it has to stay well; how long something may stay ill once all was started:
# a check says so behind the failures in a row that it allows.
: "${POLL:=2}" "${SETTLE:=10}" "${PATIENCE:=60}"

# planned ARGUMENTS…: compose with the build that is to be deployed, wherever it stands.
planned() {
  clean "$DOCKER" compose --project-name "$PROJECT" --env-file "$env_file" --file "$source/$COMPOSE_FILE" "$@" </dev/null
}

# profile_options: every profile by its name; older versions do not know `*`.
profile_options() { all_profiles | sed 's/^/--profile /'; }

# read_plan: what compose makes of the file, with what the operator set: "image SERVICE REFERENCE", "mounts SERVICE VOLUME" and
# "volume NAME NAME-IN-THE-ENGINE". The text holds secrets: it goes through a pipe and stands nowhere.
read_plan() {
  # shellcheck disable=SC2046 # a word each
  planned $(profile_options) config | awk '
    function name(line) { sub(/^ +/, "", line); sub(/:$/, "", line); gsub(/"/, "", line); return line }
    function word(text) { gsub(/^["'\'']|["'\'']$/, "", text); return text }
    /^[^ ]/ { part = $1; next }
    /^  [^ ].*:/ { thing = name($0); key = ""; kind = "" }
    part == "services:" && /^    [^ ]/ { key = $1 }
    part == "services:" && /^    image: / { print "image", thing, word($2) }
    part == "services:" && key == "volumes:" && /^      - type: / { kind = $3 }
    part == "services:" && key == "volumes:" && kind == "volume" && /^        source: / { print "mounts", thing, word($2) }
    part == "volumes:" && /^    name: / { print "volume", thing, word($2) }
  '
}

# planned_image SERVICE: the reference of its image in the plan. What compose builds it names by itself.
planned_image() { awk -v of="$1" -v built="$PROJECT-$1" '$1 == "image" && $2 == of { built = $3 } END { print built }' "$work/plan"; }

# is_built SERVICE: whether compose builds its image, which no registry has.
is_built() { ! grep -q "^image $1 " "$work/plan"; }

# image_id REFERENCE: nothing where it is not there.
image_id() { engine image inspect --format '{{.Id}}' "$1" 2>/dev/null || true; }

# starting: "NAME KIND" of the services that the profiles of `.env` start.
starting() {
  services | awk -v profiles=",$(value COMPOSE_PROFILES | tr -d ' ')," '
    $3 == "-" || index(profiles, "," $3 ",") || (index(profiles, ",*,") && $2 != "scheduled") { print $1, $2 }'
}

# needed: the names of those whose images are needed: what starts, and what the host starts by its schedule.
needed() {
  starting | cut -d' ' -f1
  services | awk '$2 == "scheduled" { print $1 }'
}

# `.ID` and not `.Id`: with that the template is put to the plain answer, where a container without a health check has no `.State.Health`.
# look: a line for each container of the project: service, container, image, reference, status, exit code, health, restarts, start.
look() {
  local ids
  ids=$(engine ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$PROJECT" \
    --filter label=com.docker.compose.oneoff=False) || return
  [ -n "$ids" ] || return 0
  # shellcheck disable=SC2086 # a word each
  engine inspect --type container --format '{{index .Config.Labels "com.docker.compose.service"}} {{.ID}} {{.Image}} {{.Config.Image}} {{.State.Status}} {{.State.ExitCode}} {{if .State.Health}}{{.State.Health.Status}}{{else}}-{{end}} {{.RestartCount}} {{.State.StartedAt}}' $ids
}

# dropped: "SERVICE CONTAINER" of what runs and belongs to no service that starts.
dropped() {
  awk 'NR == FNR { keep[$1]; next } !($1 in keep) && ($5 == "running" || $5 == "restarting") { print $1, $2 }' \
    <(starting) <(look)
}

# stop_dropped: compose takes services of a profile that was switched off for its own and leaves them (docker/compose#13027).
# They are stopped before others start, which may want their ports.
stop_dropped() {
  local service container
  while read -r service container; do
    log "stops $service, which this build no longer starts"
    engine stop "$container" >/dev/null || return 1
  done < <(dropped)
}

# remove_dropped: behind a deployment that is well. Volumes stay.
remove_dropped() {
  local service container _
  while read -r service container _; do
    engine rm "$container" >/dev/null || return 1
  done < <(awk 'NR == FNR { keep[$1]; next } !($1 in keep) && ($5 == "exited" || $5 == "created")' <(starting) <(look))
}

# verdict: a line for each service that starts: `well`, `wait`, `ill` or `failed`, its name, the limit in seconds, and why.
verdict() {
  awk -v limit="$limit" '
    FILENAME == ARGV[1] { limits[$1] = $2; next }
    FILENAME == ARGV[2] { kinds[$1] = $2; order[++count] = $1; next }
    {
      if (!($1 in kinds)) next
      seen[$1] = 1
      if (kinds[$1] == "job") {
        if ($5 == "exited" && $6 == 0) next
        if ($5 == "exited" || $5 == "dead") failed[$1] = "ended with " $6
        else waits[$1] = "has not ended"
      } else if ($5 == "created") waits[$1] = "was not started"
      else if ($5 != "running") ill[$1] = $5 " with " $6
      else if ($7 == "unhealthy") ill[$1] = $7
      else if ($7 != "healthy" && $7 != "-") waits[$1] = $7
    }
    END {
      for (at = 1; at <= count; at++) {
        name = order[at]
        most = limit != "" ? limit : (name in limits ? limits[name] : 300)
        if (name in failed) print "failed", name, most, failed[name]
        else if (name in ill) print "ill", name, most, ill[name]
        else if (name in waits) print "wait", name, most, waits[name]
        else if (!(name in seen)) print "wait", name, most, "has no container"
        else print "well", name, most, "is well"
      }
    }' "$work/limits" "$work/starting" "$work/now"
}

# steady: what must not change while it is watched: containers, restarts and starts of services.
steady() { awk 'NR == FNR { kinds[$1] = $2; next } kinds[$1] == "service" { print $1, $2, $8, $9 }' "$work/starting" "$work/now"; }

# seconds: since the engine was asked to start things.
seconds() { echo $(($(date +%s) - started)); }

# judge: looks, and remembers since when something is ill: "NAME SECONDS".
judge() {
  if look >"$work/now"; then
    blind=0
  else
    # Something may be made anew between two questions.
    blind=$((blind + 1))
    [ "$blind" -lt 10 ] || return 1
  fi
  # An empty verdict would be that of a build of which all is well.
  verdict >"$work/verdict" || return 1
  awk -v now="$(seconds)" 'FILENAME == ARGV[1] { since[$1] = $2; next } $1 == "ill" { print $2, ($2 in since ? since[$2] : now) }' \
    "$work/ill" "$work/verdict" >"$work/ill.new" || return 1
  mv "$work/ill.new" "$work/ill"
}

# over: the lines of what failed, stayed ill, or is not well within its limit.
over() {
  awk -v now="$(seconds)" -v patience="$PATIENCE" '
    FILENAME == ARGV[1] { since[$1] = $2; next }
    $1 == "failed" || ($1 == "ill" && now - since[$2] >= patience) || ($1 != "well" && now >= $3)' "$work/ill" "$work/verdict"
}

# name_them: what stands on standard input, for people.
name_them() {
  local name most why _
  while read -r _ name most why; do log "$name: $why"; done
}

# start_all: starts what the build in the install path says, and judges it: jobs by their exit codes, services by their health.
# `up --wait` takes a job that ended well for a failure (docker/compose#9273).
up=''
start_all() {
  local most status=0
  declare -F limits >/dev/null || limits() { :; }
  # Called within a condition, where bash ends at nothing.
  if ! { limits >"$work/limits" && starting >"$work/starting" && : >"$work/ill"; }; then
    log "what is to start cannot be written to $work: is the disk full?"
    return 1
  fi
  blind=0
  started=$(date +%s)
  most=${limit:-$(awk 'BEGIN { most = 300 } $2 > most { most = $2 } END { print most }' "$work/limits")}
  # It waits for what others wait for, without an end of its own.
  # The engine itself is what is ended, and it does not hold the lock of a script that is gone.
  (
    exec 9>&-
    # shellcheck disable=SC2034 # read by clean
    replaces='exec'
    compose --progress plain up --detach --no-build --pull never >&2
  ) &
  up=$!
  while kill -0 "$up" 2>/dev/null; do
    if [ "$(seconds)" -ge "$most" ]; then
      log "compose has not started everything within $most seconds"
      end_up
      status=1
      break
    fi
    sleep "$POLL"
  done
  [ -z "$up" ] || wait "$up" || status=$?
  up=''
  if [ "$status" != 0 ]; then
    judge || true
    log "compose did not start everything (exit code $status)"
    grep '^failed \|^ill ' "$work/verdict" | name_them
    return 1
  fi
  watch "$most"
}

# end_up: ends a start that goes on, and waits until it is gone: nothing else may start things meanwhile.
end_up() {
  local left=30
  [ -n "$up" ] || return 0
  kill "$up" 2>/dev/null || :
  while kill -0 "$up" 2>/dev/null; do
    if [ "$left" -le 0 ]; then kill -KILL "$up" 2>/dev/null || :; fi
    sleep 1
    left=$((left - 1))
  done
  wait "$up" 2>/dev/null || :
  up=''
}

# watch SECONDS: until all is well and stays so.
watch() {
  local watched='' before='' now
  while :; do
    if ! judge; then
      log "it cannot be found out what runs"
      return 1
    fi
    over >"$work/over" || return 1
    if [ -s "$work/over" ]; then
      name_them <"$work/over"
      return 1
    fi
    if grep -qv '^well ' "$work/verdict"; then
      watched=''
      sleep "$POLL"
      continue
    fi
    now=$(steady)
    [ -z "$watched" ] || [ "$now" != "$before" ] || return 0
    if [ "$(seconds)" -ge $(($1 + 6 * SETTLE + 60)) ]; then
      log "something starts again and again"
      return 1
    fi
    watched=yes before=$now
    sleep "$SETTLE"
  done
}
