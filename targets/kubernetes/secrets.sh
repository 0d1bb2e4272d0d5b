#!/bin/sh
# secrets-kubernetes.sh [--dry-run] [--context NAME] [--env-file FILE] [--known NAME]… [--other-environment] [ENVIRONMENT]: makes the
# Secrets of the platform from .env, or those of an environment, and restarts what reads one that has changed; where a Job sets a changed value, that
# runs first, with the next apply. A changed value that a program keeps itself, and would not read when it starts, is refused with
# the way to change it there; --known NAME says that it knows this one. Where another environment runs in the
# cluster nothing is done; --other-environment puts this one over it. No value is printed, and none stands on a command line.
# `secrets.conf` says which there are.
set -eu
umask 077

: "${KUBECTL:=kubectl}"
root=$(cd "$(dirname "$0")/.." && pwd)
env_file=.env context='' dry_run='' environment='' other='' learnt=' '

log() { printf '%s\n' "secrets: $*" >&2; }
fail() {
  log "$*"
  exit 1
}

usage() {
  sed -n '/^# secrets-kubernetes/,/^[^#]/s/^# //p' "$0"
}

misused() {
  usage >&2
  exit 2
}

@ENV@
@ENVIRONMENT@
# `command`: the program of that name, and not this function again.
kubectl() { command "$KUBECTL" ${context:+--context "$context"} "$@"; }

# version NAMESPACE SECRET: changes with what the Secret holds; nothing where there is none.
version() { kubectl --namespace "$1" get secret "$2" --ignore-not-found -o 'jsonpath={.metadata.resourceVersion}'; }

# each COMMAND: with the fields of each line of the table, `namespace secret workload key…`.
each() {
  while read -r namespace secret workload keys <&3; do
    case $namespace in '' | '#'* | '@'*) continue ;; esac
    # shellcheck disable=SC2086 # the keys are words
    "$1" "$namespace" "$secret" "$workload" $keys
  done 3<"$table"
}

# each_secret COMMAND: with `namespace secret key…`, each Secret once, with the keys of all that read it: what one manager applies
# is all that it wants there, so a Secret that were applied for each of its readers would hold the keys of the last one.
each_secret() {
  list=$(awk '
    /^[#@]/ || NF < 3 { next }
    { at = $1 " " $2 }
    !(at in keys) { order[++count] = at; keys[at] = "" }
    {
      for (field = 4; field <= NF; field++) {
        key = $field
        needed = sub(/[?]$/, "", key) == 0
        if (!((at, key) in known)) keys[at] = keys[at] " " key
        known[at, key] = known[at, key] || needed
      }
    }
    END {
      for (number = 1; number <= count; number++) {
        at = order[number]
        size = split(keys[at], names, " ")
        printf "%s", at
        for (name = 1; name <= size; name++) printf " %s%s", names[name], known[at, names[name]] ? "" : "?"
        print ""
      }
    }
  ' "$table")
  while read -r namespace secret keys <&3; do
    [ -n "$secret" ] || continue
    # shellcheck disable=SC2086 # the keys are words
    "$1" "$namespace" "$secret" $keys
  done 3<<LIST
$list
LIST
}

# readers_of NAMESPACE SECRET: the workloads that read it, a line each.
readers_of() { awk -v at="$1 $2" '/^[^#@]/ && $1 " " $2 == at { print $3 }' "$table"; }

# A key that may be missing ends with a `?`.
look_for_missing() {
  shift 3
  for key in "$@"; do
    may_ask "${key%\?}"
    case $key in *\?) continue ;; esac
    [ -n "$(value "$key")" ] || case $missing in
      *" $key "*) ;;
      *) missing="$missing$key " ;;
    esac
  done
}

# judge: names all that is wrong with values.
judge() {
  weak=''
  # shellcheck disable=SC2094 # it is only read
  while read -r mark name kind least form <&3; do
    if [ "$mark" != @value ] || [ -z "$(value "$name")" ]; then continue; fi
    problem=$(weakness "$name" "$kind" "$least" "$form" "$(sed -n "s/^@choice $name //p" "$table")")
    [ -n "$problem" ] || continue
    log "$env_file: $name $problem"
    weak=yes
  done 3<"$table"
  [ -z "$weak" ] || fail "mend $env_file"
}

# look_at_known: what --known names is kept by a program.
look_at_known() {
  for key in $learnt; do
    case $key in *[!A-Za-z0-9_]*) misused ;; esac
    grep -q "^@learn $key " "$table" ||
      fail "--known $key: no program keeps a value of this name; there are: $(sed -n 's/^@learn \([^ ]*\) .*/\1/p' "$table" | sort -u | paste -sd ' ' -)"
  done
}

# look_for_kept: keys whose value in the cluster is another one, and that a program keeps itself. A Secret without such a key may
# hold the value that the program has under an older name: the key counts as changed unless a Secret holds its value. Where there
# is no Secret, the program starts with the value.
look_for_kept() {
  namespace=$1 secret=$2
  shift 3
  for key in "$@"; do
    key=${key%\?}
    grep -q "^@learn $key " "$table" || continue
    case $learnt$kept in *" $key "*) continue ;; esac
    wanted=$(value "$key" | base64 | tr -d '\n')
    there=$(kubectl --namespace "$namespace" get secret "$secret" --ignore-not-found -o "jsonpath={.data.$key}") || {
      cannot_ask "$namespace/$secret"
      continue
    }
    if [ -n "$there" ]; then
      if [ "$there" = "$wanted" ]; then held="$held$key "; else kept="$kept$key "; fi
      continue
    fi
    [ -n "$wanted" ] || continue
    all=$(kubectl --namespace "$namespace" get secret "$secret" --ignore-not-found -o 'jsonpath={.metadata.name} {.data.*}') || {
      cannot_ask "$namespace/$secret"
      continue
    }
    case "$all " in
      ' ') ;;
      *" $wanted "*) held="$held$key " ;;
      *) unheld="$unheld$key " ;;
    esac
  done
}

# cannot_ask OBJECT: a dry run goes on without.
cannot_ask() {
  [ -n "$dry_run" ] || fail "the cluster cannot be asked for $1"
  unasked=yes
}

# filled WORDS: with values of .env in place of @{NAME}, which stand between ' and ', and hold none.
filled() {
  rest=$1 out=''
  while :; do
    case $rest in *'@{'*'}'*) ;; *) break ;; esac
    out=$out${rest%%'@{'*} rest=${rest#*'@{'}
    out=$out$(value "${rest%%'}'*}") rest=${rest#*'}'}
  done
  printf '%s' "$out$rest"
}

# tell_of_kept: how each of them is changed in the program first.
tell_of_kept() {
  options=''
  for key in $kept; do
    options="$options --known $key"
    case $unheld in
      *" $key "*) what="is in no Secret yet, and neither is its value" ;;
      *) what="has changed" ;;
    esac
    while read -r mark name way namespace workload words <&3; do
      [ "$mark $name" = "@learn $key" ] || continue
      case $way in
        change)
          log "$key $what, and $namespace/$workload does not read it when it starts. It takes the old value and the new one, a line each:"
          log "  kubectl --namespace $namespace exec -i $workload -- $(filled "$words")"
          ;;
        *) log "$key $what, and $namespace/$workload does not read it when it starts: $words" ;;
      esac
    done 3<"$table"
  done
  fail "nothing was changed; where that is done, add$options"
}

# manifest NAMESPACE SECRET KEY…: as JSON. Only what a shell does itself sees a value.
manifest() {
  printf '{"apiVersion":"v1","kind":"Secret","type":"Opaque","metadata":{"namespace":"%s","name":"%s",' "$1" "$2"
  printf '"labels":{"app.kubernetes.io/part-of":"%s","app.kubernetes.io/managed-by":"infrac"}},"data":{' "$platform"
  shift 2
  comma=
  for key in "$@"; do
    key=${key%\?}
    [ -n "$(value "$key")" ] || continue
    printf '%s"%s":"%s"' "$comma" "$key" "$(value "$key" | base64 | tr -d '\n')"
    comma=,
  done
  printf '}}\n'
}

# look_at_job: which version of the Secret a Job ran with, in $ran_with, which is noted at the Job before the Secret changes: so a
# run that was cut off in between is made good by the next one. One that is not there runs with the next apply.
look_at_job() {
  case $workload in job/*) ;; *) return 0 ;; esac
  there=$(kubectl --namespace "$namespace" get "$workload" --ignore-not-found \
    -o "jsonpath={.metadata.name} {.metadata.annotations.secrets/$secret}") ||
    fail "the cluster cannot be asked for $namespace/$workload"
  ran_with=${there#* }
  if [ -z "$there" ]; then
    ran_with=never
  elif [ -z "$ran_with" ]; then
    kubectl --namespace "$namespace" annotate "$workload" "secrets/$secret=$before" >/dev/null ||
      fail "$namespace/$workload cannot be noted to have run with $namespace/$secret"
    ran_with=$before
  fi
}

make() {
  namespace=$1 secret=$2
  shift 2
  if [ -n "$dry_run" ]; then
    log "$namespace/$secret would hold: $*"
    return
  fi
  before=$(version "$namespace" "$secret") || fail "the cluster cannot be asked for $namespace/$secret"
  ran=''
  while read -r workload <&4; do
    ran_with=''
    if [ -n "$before" ]; then look_at_job; fi
    ran="$ran$workload $ran_with
"
  done 4<<READERS
$(readers_of "$namespace" "$secret")
READERS
  manifest "$namespace" "$secret" "$@" |
    kubectl apply --server-side --field-manager infrac-secrets -f - >/dev/null || fail "$namespace/$secret is refused"
  after=$(version "$namespace" "$secret") || fail "the cluster cannot be asked for $namespace/$secret"
  differs=
  if [ "$before" = "$after" ]; then
    log "$namespace/$secret is as it was"
  elif [ -z "$before" ]; then
    log "$namespace/$secret is new"
  else
    log "$namespace/$secret has changed"
    differs=changed
  fi
  while read -r workload ran_with <&4; do
    [ -n "$workload" ] || continue
    changed=$differs
    [ -z "$ran_with" ] || [ "$ran_with" = "$after" ] || changed=changed
    readers="$readers$namespace $workload $after $changed
"
  done 4<<RAN
$ran
RAN
}

# each_reader COMMAND: with `namespace workload versions changed`, each workload once; the last word is missing where all is as it was.
each_reader() {
  list=$(printf '%s' "$readers" | awk '
    { at = $1 " " $2 }
    !(at in versions) { order[++count] = at; versions[at] = $3; changed[at] = $4; next }
    { versions[at] = versions[at] "-" $3; if ($4 != "") changed[at] = $4 }
    END { for (number = 1; number <= count; number++) print order[number], versions[order[number]], changed[order[number]] }
  ')
  while read -r namespace workload versions changed <&3; do
    [ -z "$workload" ] || "$1"
  done 3<<LIST
$list
LIST
}

# run_again: a Job that has ended would leave the old value where it set it. Without it the next apply runs it.
run_again() {
  case $workload in job/*) ;; *) return 0 ;; esac
  [ -n "$changed" ] || return 0
  kubectl --namespace "$namespace" delete "$workload" --ignore-not-found --cascade=foreground >/dev/null ||
    fail "$namespace/$workload could not be removed, and would not run again"
  log "$namespace/$workload runs again with the next apply"
  waiting=yes
}

# restart: pods read variables at their start. Which versions theirs have stands in their template, so a run that was cut off is
# made good by the next one. Jobs read them when they next run.
restart() {
  case $workload in
    deployment/* | statefulset/* | daemonset/*) ;;
    *) return 0 ;;
  esac
  there=$(kubectl --namespace "$namespace" get "$workload" --ignore-not-found \
    -o 'jsonpath={.metadata.name} {.spec.template.metadata.annotations.checksum/secrets}') ||
    fail "the cluster cannot be asked for $namespace/$workload"
  known=${there#* }
  [ -n "$there" ] && [ "$known" != "$versions" ] || return 0
  [ -n "$changed$known" ] || return 0
  kubectl --namespace "$namespace" patch "$workload" --type merge --field-manager infrac-secrets --patch \
    "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"checksum/secrets\":\"$versions\"}}}}}" >/dev/null ||
    fail "$namespace/$workload has old values: it could not be restarted"
  log "$namespace/$workload restarts"
}

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --dry-run) dry_run=yes ;;
    --other-environment) other=yes ;;
    --context | --env-file | --known)
      [ $# -gt 1 ] || misused
      case $1 in
        --context) context=$2 ;;
        --known) learnt="$learnt$2 " ;;
        *) env_file=$2 ;;
      esac
      shift
      ;;
    -*) misused ;;
    *)
      [ -z "$environment" ] || misused
      environment=$1
      ;;
  esac
  shift
done

find_folder
table=$folder/secrets.conf
[ -r "$table" ] || fail "there is no $table: is the environment's name right?"
[ -r "$env_file" ] || fail "there is no $env_file: copy .env.example, and fill it in"
platform=$(sed -n 's/^@platform //p' "$table")

[ -n "$dry_run" ] || look_at_environment
read_env "$env_file"
missing=' '
each look_for_missing
[ "$missing" = ' ' ] || fail "$env_file does not set:$(printf '%s' "$missing" | sed 's/ $//')"
judge
look_at_known
kept=' ' held=' ' unheld=' ' unasked=''
each look_for_kept
for key in $unheld; do
  case $held$kept in
    *" $key "*) ;;
    *) kept="$kept$key " ;;
  esac
done
[ "$kept" = ' ' ] || tell_of_kept
[ -z "$unasked" ] || log "the cluster cannot be asked: whether a program keeps an older value was not looked at"
# Secrets stand in namespaces, which are otherwise applied behind them.
[ -n "$dry_run" ] || kubectl apply --server-side --force-conflicts --field-manager infrac -k "$folder/namespaces" >/dev/null ||
  fail "the namespaces are refused"
readers='' waiting=''
each_secret make
each_reader run_again
if [ -n "$waiting" ]; then
  log "apply now: scripts/apply-kubernetes.sh${environment:+ $environment}. What reads a changed value starts anew behind these Jobs"
else
  each_reader restart
fi
