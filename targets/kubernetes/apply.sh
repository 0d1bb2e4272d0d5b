#!/bin/sh
# apply-kubernetes.sh [--dry-run] [--context NAME] [--timeout SECONDS] [ENVIRONMENT]: applies the platform, or an environment
# of it, wave by wave: what a Job sets up is there before what needs it. Ends with an error where a Job fails.
set -eu

: "${KUBECTL:=kubectl}" "${TICK:=2}"
root=$(cd "$(dirname "$0")/.." && pwd)
context='' dry_run='' environment='' timeout=600

log() { printf '%s\n' "apply: $*" >&2; }
fail() {
  log "$*"
  exit 1
}

usage() {
  sed -n '/^# apply-kubernetes/,/^[^#]/s/^# //p' "$0" >&2
  exit 2
}

kubectl() { "$KUBECTL" ${context:+--context "$context"} "$@"; }

# apply FILE: a field that a person or an earlier tool has set is taken over, and the file holds.
apply() {
  kubectl apply --server-side --force-conflicts --field-manager infrac ${dry_run:+--dry-run=server} -f "$1"
}

# split FILE FOLDER: the documents of a file, one file a wave; `jobs`, a line `wave namespace name platform` each; `scaled`, a line
# `kind namespace name` for what says nothing of its replicas. Waves are those of Argo CD; what names none is of wave 0.
split() {
  awk -v folder="$2" '
    function close_document() {
      if (text == "") return
      file = sprintf("%s/wave-%04d.yaml", folder, wave + 1000)
      printf "---\n%s", text >file
      if ((kind == "Deployment" || kind == "StatefulSet") && !counted) print kind, namespace, name >(folder "/scaled")
      if (kind == "Job") print wave + 1000, namespace, name, platform >(folder "/jobs")
      text = section = kind = name = namespace = platform = ""
      wave = counted = 0
    }
    function value(line) {
      sub(/^[^:]*: */, "", line)
      gsub(/"/, "", line)
      return line
    }
    /^---$/ { close_document(); next }
    { text = text $0 "\n" }
    /^[A-Za-z]/ { section = $1 }
    section == "spec:" && /^  replicas:/ { counted = 1 }
    /^kind:/ { kind = value($0) }
    section == "metadata:" && /^  name:/ { name = value($0) }
    section == "metadata:" && /^  namespace:/ { namespace = value($0) }
    section == "metadata:" && /^    app\.kubernetes\.io\/instance:/ { platform = value($0) }
    section == "metadata:" && /^    argocd\.argoproj\.io\/sync-wave:/ { wave = value($0) + 0 }
    END { close_document() }
  ' "$1"
}

# hand_over: where a scaler now decides how many pods there are, an apply that says nothing of them any more would have the
# API take its default, one, until the scaler has looked. So the number gets a second owner first.
# https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
hand_over() {
  while read -r kind namespace name <&3; do
    replicas=$(kubectl --namespace "$namespace" get "$kind" "$name" --ignore-not-found -o 'jsonpath={.spec.replicas}')
    [ -n "$replicas" ] || continue
    printf '{"apiVersion":"apps/v1","kind":"%s","metadata":{"namespace":"%s","name":"%s"},"spec":{"replicas":%s}}\n' \
      "$kind" "$namespace" "$name" "$replicas" |
      kubectl apply --server-side --force-conflicts --field-manager infrac-scale -f - >/dev/null
  done 3<"$work/scaled"
}

# compare ONE OTHER: `less`, `same` or `more`, of amounts such as `20Gi`.
compare() {
  printf '%s %s\n' "$1" "$2" | awk '
    function bytes(amount, number, unit, steps) {
      number = unit = amount
      gsub(/[A-Za-z]/, "", number)
      gsub(/[0-9.]/, "", unit)
      steps = unit == "" ? 0 : index("KMGTPE", toupper(substr(unit, 1, 1)))
      for (number += 0; steps > 0; steps--) number *= unit ~ /i$/ ? 1024 : 1000
      return number
    }
    { one = bytes($1); other = bytes($2); print one < other ? "less" : one == other ? "same" : "more" }
  '
}

# grow: a set cannot be given larger disks, since its templates of claims cannot change. So its claims are enlarged one by one, and
# the set is removed around its pods, which go on and are taken over by the one that is applied.
grow() {
  grep '^disk ' "$folder/fixed.conf" >"$work/disks" || return 0
  while read -r _ namespace set template fields <&3; do
    size=${fields#*size=} size=${size%% *}
    there=$(kubectl --namespace "$namespace" get statefulset "$set" --ignore-not-found \
      -o "jsonpath={.spec.volumeClaimTemplates[?(@.metadata.name==\"$template\")].spec.resources.requests.storage}")
    [ -n "$there" ] || continue
    case $(compare "$there" "$size") in
      same) continue ;;
      less) ;;
      *) fail "$namespace/$set: its disk $template has $there, and no disk shrinks to $size" ;;
    esac
    log "$namespace/$set: its disk $template grows from $there to $size"
    printf '%s %s\n' "$namespace" "$set" >>"$work/grown"
    [ -z "$dry_run" ] || continue
    kubectl --namespace "$namespace" get persistentvolumeclaims \
      -o 'jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}' >"$work/claims"
    grep -x "$template-$set-[0-9]*" "$work/claims" >"$work/own" || :
    while read -r claim <&4; do
      kubectl --namespace "$namespace" patch persistentvolumeclaim "$claim" --type merge \
        --patch "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"$size\"}}}}" >/dev/null ||
        fail "$namespace/$claim cannot grow: does its storage class say allowVolumeExpansion?"
    done 4<"$work/own"
  done 3<"$work/disks"
  [ -z "$dry_run" ] || return 0
  sort -u "$work/grown" >"$work/sets"
  while read -r namespace set <&3; do
    kubectl --namespace "$namespace" delete statefulset "$set" --cascade=orphan
  done 3<"$work/sets"
}

# state NAMESPACE JOB: Complete, Failed, or nothing yet; an error where there is no such Job.
state() {
  kubectl --namespace "$1" get job "$2" \
    -o 'jsonpath={range .status.conditions[?(@.status=="True")]}{.type}{" "}{end}'
}

# finish NAMESPACE JOB: waits for its end. `kubectl wait` would wait for its time to be over where a Job fails
# (kubernetes/kubectl#1629).
finish() {
  waited=0
  while :; do
    conditions=$(state "$1" "$2") || fail "$1/$2 is gone: what removed it?"
    case " $conditions " in
      *" Complete "*)
        log "$1/$2 has ended well"
        return
        ;;
      *" Failed "*)
        kubectl --namespace "$1" logs "job/$2" --all-containers --tail=50 >&2 || true
        fail "$1/$2 has failed; what needs it is not applied"
        ;;
    esac
    [ "$waited" -lt "$timeout" ] || fail "$1/$2 has not ended within $timeout s"
    sleep "$TICK"
    waited=$((waited + TICK))
  done
}

# clean_up: a Job cannot change, so each is named by what it does, and those of earlier builds are left. Those of schedules
# belong to their CronJobs.
clean_up() {
  cut -d ' ' -f 2,4 "$work/jobs" | sort -u >"$work/places"
  while read -r namespace platform <&3; do
    kubectl --namespace "$namespace" get jobs \
      -l "app.kubernetes.io/managed-by=infrac,app.kubernetes.io/instance=$platform" \
      -o 'jsonpath={range .items[*]}{.metadata.name}{" "}{.metadata.ownerReferences[0].kind}{"\n"}{end}' >"$work/there"
    while read -r name owner <&4; do
      if [ -n "$name" ] && [ -z "$owner" ] && ! grep -q " $namespace $name " "$work/jobs"; then
        kubectl --namespace "$namespace" delete job "$name" --wait=false
      fi
    done 4<"$work/there"
  done 3<"$work/places"
}

while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --context | --timeout)
      [ $# -gt 1 ] || usage
      case $1 in --context) context=$2 ;; *) timeout=$2 ;; esac
      shift
      ;;
    -*) usage ;;
    *)
      [ -z "$environment" ] || usage
      environment=$1
      ;;
  esac
  shift
done
case $timeout in '' | *[!0-9]*) usage ;; esac

folder=$root/kubernetes
if [ -n "$environment" ]; then
  folder=$folder/overlays/$environment
elif [ -d "$folder/base" ]; then
  folder=$folder/base
fi
[ -r "$folder/kustomization.yaml" ] || fail "there is no $folder: is the environment's name right?"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/jobs"
: >"$work/scaled"
: >"$work/grown"
kubectl kustomize "$folder/namespaces" >"$work/namespaces.yaml"
kubectl kustomize "$folder" >"$work/all.yaml"
split "$work/all.yaml" "$work"

apply "$work/namespaces.yaml"
[ -n "$dry_run" ] || hand_over
[ ! -r "$folder/fixed.conf" ] || grow
for file in "$work"/wave-*.yaml; do
  # Where a disk is to grow, the server refuses the set as long as the old one stands there.
  apply "$file" || { [ -n "$dry_run" ] && [ -s "$work/grown" ]; } || exit 1
  [ -z "$dry_run" ] || continue
  wave=${file##*wave-} wave=${wave%.yaml}
  # Read whole first: what runs within must not read the list.
  sed -n "s/^$wave //p" "$work/jobs" >"$work/wave"
  while read -r namespace name platform <&3; do
    finish "$namespace" "$name"
  done 3<"$work/wave"
done
[ -n "$dry_run" ] || clean_up
log "done"
