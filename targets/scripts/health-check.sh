#!/usr/bin/env bash
# health-check.sh [--all|--core] [--json] [--wait SECONDS]: whether everything runs that should: the containers of the parts that
# COMPOSE_PROFILES of .env names, their health, the jobs, and what services and sites answer. Nothing is changed.
#
#   --all             asks all parts
#   --core            asks what belongs to no part
#   --json            prints one JSON object in place of the table: ok, services, endpoints, notes
#   --wait SECONDS    asks again until all is well, for as long as that; ends early where a job has failed
#
# Endpoints are asked on the port that the host has; else from within their container, and where that holds no tool, from a
# neighbour's. Sites are asked through their proxy on this host. It ends with 0 where all is well, 1 where anything is not or
# cannot be found out, 2 where it was called wrongly.
# shellcheck source=lib/common.sh
. "$(dirname "$(readlink -f "$0" 2>/dev/null || printf '%s' "$0")")/lib/common.sh" || exit 2

: "${TICK:=2}"
tab=$(printf '\t')

# What one container is.
of_container='{{index .Config.Labels "com.docker.compose.service"}}|{{index .Config.Labels "com.docker.compose.container-number"}}|{{.State.Status}}|{{if .State.Health}}{{.State.Health.Status}}{{else}}-{{end}}|{{.State.ExitCode}}|{{.RestartCount}}|{{.HostConfig.LogConfig.Type}}|{{with index .HostConfig.LogConfig.Config "max-size"}}{{.}}{{else}}-{{end}}|{{index .Config.Labels "com.docker.compose.config-hash"}}|{{.ID}}'

# look: into $work/containers, a line each.
look() {
  local ids=() id
  while IFS= read -r id; do ids+=("$id"); done < <(
    engine ps --all --filter "label=com.docker.compose.project=$PROJECT" --filter label=com.docker.compose.oneoff=False \
      --format '{{.ID}}'
  )
  : >"$work/containers"
  [ "${#ids[@]}" -gt 0 ] || return 0
  # One that goes between the two calls is one that is missing.
  engine inspect --format "$of_container" "${ids[@]}" >"$work/containers" 2>/dev/null || true
}

# inside CONTAINER COMMAND…: within a container, for no longer than it takes to answer.
inside() {
  local id=$1 limit=()
  shift
  ! command -v timeout >/dev/null || limit=(timeout 20)
  clean ${limit[@]+"${limit[@]}"} "$DOCKER" exec "$id" "$@" </dev/null >/dev/null 2>&1
}

# container NAME: the first that runs of a service.
container() { awk -F '|' -v name="$1" '$1 == name && $3 == "running" && !found { print $NF; found = 1 }' "$work/containers"; }

# ask CONTAINER TOOL ADDRESS: by what the container holds. Certificates within are not made out to these names.
ask() {
  case $2 in
    curl) inside "$1" curl -fsSk --max-time 5 -o /dev/null "$3" ;;
    wget) case $3 in
      https:*) inside "$1" wget -q --no-check-certificate -O /dev/null "$3" ;;
      *) inside "$1" wget -q -O /dev/null "$3" ;;
    esac ;;
    node) inside "$1" node -e "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; fetch(process.argv[1], { signal: AbortSignal.timeout(5000) }).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))" "$3" ;;
    python3) inside "$1" python3 -c 'import ssl, sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=5, context=ssl._create_unverified_context())' "$3" ;;
    perl) inside "$1" perl -MHTTP::Tiny -e 'exit !HTTP::Tiny->new(timeout => 5, verify_SSL => 0)->get(shift)->{success}' "$3" ;;
    *) return 2 ;;
  esac
}

# from_host ADDRESS OPTIONS…: the status of the answer; 000 where there is none.
from_host() {
  local url=$1
  shift
  clean curl --silent --output /dev/null --noproxy '*' --max-time 10 --write-out '%{http_code}' "$@" "$url" </dev/null || true
}

# bound TO: the address of this host for a published port.
bound() {
  local address=127.0.0.1
  [ "$1" != admins ] || address=$(value ADMIN_BIND)
  [ -n "$address" ] || address=$BIND_OF_ADMINS
  case $address in
    0.0.0.0 | '') address=127.0.0.1 ;;
  esac
  printf '%s' "$address"
}

# problem TEXT, note TEXT: what is not well, and what a person should know.
# What cannot be written down is not well either.
problem() { printf '%s\n' "$*" >>"$work/problems" || fail "$*; and $work cannot be written to"; }
note() { printf '%s\n' "$*" >>"$work/notes" || fail "$*; and $work cannot be written to"; }

# wanted PROFILE: whether what is started with it is asked.
wanted() {
  case $scope in
    all) ;;
    core) [ "$1" = - ] ;;
    *) active "$1" ;;
  esac
}

# judge_container KIND NAME NUMBER STATUS HEALTH EXIT: what is not well with it, in a few words.
judge_container() {
  case $1-$4-$5 in
    job-exited-*) [ "$6" = 0 ] || echo "failed with $6" ;;
    job-*) echo "has not ended" ;;
    *-running-healthy | *-running--) ;;
    *-running-*) echo "is $5" ;;
    *-exited-*) echo "has ended with $6" ;;
    *) echo "is $4" ;;
  esac
}

# judge_containers: all that should be there; a row each into $work/rows.
judge_containers() {
  local name kind profile wanted there row number state health exit restarts type size hash id now said
  while read -r name kind profile; do
    [ "$kind" != scheduled ] || continue
    wanted "$profile" || continue
    wanted=$(replicas | awk -v name="$name" '$1 == name { print $2 }')
    there=0
    while IFS='|' read -r row number state health exit restarts type size hash id; do
      [ -n "$row" ] || continue
      there=$((there + 1))
      said=$(judge_container "$kind" "$name" "$number" "$state" "$health" "$exit")
      [ -z "$said" ] || problem "$name $said"
      [ "$kind-$state-$exit" = job-exited-0 ] || [ "$kind-$state" != job-exited ] || touch "$work/hopeless"
      printf '%s\n' "$name$tab$number$tab$state$tab$health$tab$restarts$tab$exit$tab${said:+no}$tab$said" >>"$work/rows"
      # The engine keeps all that such a container ever says (moby/moby#43931).
      [ "$type-$size" != json-file-- ] || note "the log of $name has no limit"
      now=$(hash_of "$name")
      [ -z "$now" ] || [ -z "$hash" ] || [ "$now" = "$hash" ] ||
        note "$name runs with other settings than the files and .env have now"
    done <<END
$(awk -F '|' -v name="$name" '$1 == name' "$work/containers")
END
    [ "$there" -ge "${wanted:-1}" ] && continue
    if [ "$there" -eq 0 ]; then
      said="is not there"
      [ "$profile" = - ] || said="is not there (part $profile)"
    else
      said="has $there of ${wanted:-1} containers"
    fi
    problem "$name $said"
    printf '%s\n' "$name${tab}-${tab}missing${tab}-${tab}0${tab}0${tab}no$tab$said" >>"$work/rows"
  done <<END
$(services)
END
}

# hash_of NAME: what compose would know the service by now, as it knows that which runs by a label: settings and values of .env
# go into it, and none comes out.
hash_of() { awk -v name="$1" '$1 == name { print $2 }' "$work/hashes"; }

# judge_answers: what runs must answer as well; a row each into $work/asked.
judge_answers() {
  local name scheme port path bind number by tool id url from answer
  while read -r name scheme port path bind number by tool; do
    [ -n "$name" ] || continue
    id=$(container "$name")
    [ -n "$id" ] || continue
    if [ "$bind" != - ] && command -v curl >/dev/null; then
      from=host url=$scheme://$(bound "$bind"):$number$path
      answer=$(from_host "$url" --insecure)
      case $answer in
        [23]??) asked "$name" "$from" "$url" "$answer" yes ;;
        000) asked "$name" "$from" "$url" "no answer" no ;;
        *) asked "$name" "$from" "$url" "$answer" no ;;
      esac
      continue
    fi
    from=$by
    if [ "$by" = - ] || [ -z "$(container "$by")" ]; then
      note "$name cannot be asked: nothing that runs beside it holds a tool for that"
    elif [ "$by" = "$name" ]; then
      url=$scheme://127.0.0.1:$port$path
      if ask "$id" "$tool" "$url"; then asked "$name" "$from" "$url" answers yes; else asked "$name" "$from" "$url" "no answer" no; fi
    else
      url=$scheme://$name:$port$path
      if ask "$(container "$by")" "$tool" "$url"; then asked "$name" "$from" "$url" answers yes; else asked "$name" "$from" "$url" "no answer" no; fi
    fi
  done <<END
$(endpoints)
END
  while read -r name; do
    id=$(container "$name")
    [ -n "$id" ] || continue
    answer=0
    own_check "$name" "$id" || answer=$?
    case $answer in
      0) asked "$name" "$name" "its own check" "is well" yes ;;
      3) ;;
      *) asked "$name" "$name" "its own check" "fails" no ;;
    esac
  done <<END
$(cut -f 1 "$work/rows" | sort -u)
END
  judge_sites
}

judge_sites() {
  local proxy scheme host path port known closed answer options
  while read -r proxy scheme host path port known closed; do
    [ -n "$proxy" ] || continue
    [ -n "$(container "$proxy")" ] || continue
    if ! command -v curl >/dev/null; then
      note "sites are not asked: curl is not installed on this host"
      return 0
    fi
    options=(--resolve "$host:$port:127.0.0.1")
    [ "$known" != self ] || options+=(--insecure)
    answer=$(from_host "$scheme://$host:$port$path" "${options[@]}")
    # A site may well refuse this host; what it must not is fail.
    case $answer-$closed in
      [234]??-* | 503-closed) asked "$host" host "$scheme://$host$path" "$answer" yes ;;
      000-*) asked "$host" host "$scheme://$host$path" "no answer" no ;;
      *) asked "$host" host "$scheme://$host$path" "$answer" no ;;
    esac
  done <<END
$(sites)
END
}

# asked NAME FROM ADDRESS ANSWER GOOD
asked() {
  printf '%s\n' "$1$tab$2$tab$3$tab$4$tab$5" >>"$work/asked"
  [ "$5" = yes ] || problem "$1: $3, asked from $2: $4"
}

# survey: asks everything once.
survey() {
  rm -f "$work/hopeless"
  for file in rows asked problems notes hashes; do : >"$work/$file"; done
  look
  every config --hash '*' >"$work/hashes" 2>/dev/null || note "compose does not read the files of this build: make check"
  judge_containers
  # While something comes up, its answers would only say so again.
  if [ ! -s "$work/problems" ] || [ -z "$may_wait" ]; then judge_answers; fi
  [ ! -s "$work/problems" ]
}

table() {
  {
    printf '%s\n' "SERVICE${tab}STATE${tab}HEALTH${tab}RESTARTS${tab}"
    awk -F "$tab" '{ print $1 ($2 > 1 ? " " $2 : "") "\t" $3 "\t" $4 "\t" $5 "\t" ($7 == "" ? "" : "! " $8) }' "$work/rows"
  } | aligned
  [ ! -s "$work/asked" ] || {
    echo
    {
      printf '%s\n' "ASKED${tab}FROM${tab}ADDRESS${tab}ANSWER"
      awk -F "$tab" '{ print $1 "\t" $2 "\t" $3 "\t" ($5 == "yes" ? "" : "! ") $4 }' "$work/asked"
    } | aligned
  }
  [ ! -s "$work/notes" ] || {
    echo
    sort -u "$work/notes" | sed 's/^/note: /'
  }
}

# aligned: columns of the widths that they need.
aligned() {
  awk -F "$tab" '
    { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } columns[NR] = NF }
    END {
      for (row = 1; row <= NR; row++) {
        line = ""
        for (i = 1; i <= columns[row]; i++) line = line sprintf("%-" (width[i] + 2) "s", cell[row, i])
        sub(/ +$/, "", line)
        print line
      }
    }'
}

# json OK: texts are of this script and of names, so \ and " are all that has to be escaped.
json() {
  awk -F "$tab" -v ok="$1" -v platform="$PLATFORM" -v environment="$ENVIRONMENT" '
    function text(value) { gsub(/\\/, "\\\\", value); gsub(/"/, "\\\"", value); return "\"" value "\"" }
    function item(value) { items = items (items == "" ? "" : ",") "\n    " value }
    function list(name) { printf ",\n  %s: [%s%s]", text(name), items, items == "" ? "" : "\n  "; items = "" }
    BEGIN { printf "{\n  \"platform\": %s,\n  \"environment\": %s,\n  \"ok\": %s", text(platform), text(environment), ok }
    FNR == 1 { at++ }
    FILENAME ~ /rows$/ {
      if (!rows++) items = ""
      item("{\"name\": " text($1) ", \"container\": " ($2 ~ /^[0-9]+$/ ? $2 : "null") ", \"state\": " text($3) ", \"health\": " \
        ($4 == "-" ? "null" : text($4)) ", \"restarts\": " $5 ", \"exit\": " $6 ", \"ok\": " ($7 == "" ? "true" : "false") \
        ($8 == "" ? "" : ", \"problem\": " text($8)) "}")
    }
    FILENAME ~ /asked$/ {
      if (!asked++) list("services")
      item("{\"name\": " text($1) ", \"from\": " text($2) ", \"address\": " text($3) ", \"answer\": " text($4) ", \"ok\": " \
        ($5 == "yes" ? "true" : "false") "}")
    }
    FILENAME ~ /notes$/ {
      if (!asked++) list("services")
      if (!notes++) list("endpoints")
      item(text($0))
    }
    END {
      if (!asked) list("services")
      if (!notes) list("endpoints")
      list("notes")
      print "\n}"
    }' "$work/rows" "$work/asked" "$work/notes"
}

main() {
  local scope='' print=table may_wait='' seconds=0 deadline
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) help && exit ;;
      --all) scope=all ;;
      --core) scope=core ;;
      --json) print=json ;;
      --dry-run) ;;
      --wait)
        shift
        case ${1-} in
          '' | *[!0-9]*) usage "--wait wants seconds" ;;
        esac
        seconds=$1
        ;;
      *) usage "there is no option $1" ;;
    esac
    shift
  done
  need awk "$DOCKER"
  load_env
  scratch
  engine ps --quiet >/dev/null || fail "the engine does not answer"
  deadline=$(($(date +%s) + seconds))
  may_wait=yes
  while :; do
    [ "$(date +%s)" -lt "$deadline" ] || may_wait=''
    if survey || [ -z "$may_wait" ]; then break; fi
    # The last time all is asked.
    if [ -e "$work/hopeless" ]; then deadline=0; else sleep "$TICK"; fi
  done
  if [ -s "$work/problems" ]; then
    if [ "$print" = json ]; then json false; else table; fi
    fail "not well: $(cut -d: -f1 "$work/problems" | sed 's/ .*//' | sort -u | paste -sd ' ' -)"
  fi
  if [ "$print" = json ]; then json true; else table; fi
  log "done"
}

main "$@"
