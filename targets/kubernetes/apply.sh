#!/bin/sh
# apply-kubernetes.sh [--dry-run] [--context NAME] [--timeout SECONDS] [--other-environment] [ENVIRONMENT]: applies the platform, or
# an environment of it, wave by wave: what a Job sets up is there before what needs it, and what reads a changed Secret starts anew
# behind it. Where another environment runs in the cluster nothing is done; --other-environment puts this one over it.
# Ends with an error where a Job fails, or pods do not get ready.
set -eu

: "${KUBECTL:=kubectl}" "${TICK:=2}"
root=$(cd "$(dirname "$0")/.." && pwd)
context='' dry_run='' environment='' other='' timeout=600

log() { printf '%s\n' "apply: $*" >&2; }
fail() {
  log "$*"
  exit 1
}

usage() {
  sed -n '/^# apply-kubernetes/,/^[^#]/s/^# //p' "$0"
}

misused() {
  usage >&2
  exit 2
}

# `command`: the program of that name, and not this function again.
kubectl() { command "$KUBECTL" ${context:+--context "$context"} "$@"; }

# apply FILE: a field that a person or an earlier tool has set is taken over, and the file holds. A server refuses to look at objects
# of namespaces that are not there yet.
apply() {
  if [ -n "$fresh" ]; then
    kubectl apply --dry-run=client -f "$1"
  else
    kubectl apply --server-side --force-conflicts --field-manager infrac ${dry_run:+--dry-run=server} -f "$1"
  fi
}

# server: the version of the cluster against the one that the objects are written for. An older one does not know all of their
# fields, and would refuse objects in the middle of an apply.
server() {
  [ -r "$folder/fixed.conf" ] || return 0
  wanted=$(sed -n 's/^version //p' "$folder/fixed.conf")
  [ -n "$wanted" ] || return 0
  kubectl version -o json >"$work/version" || fail "the cluster cannot be asked for its version"
  awk -v wanted="$wanted" '
    /"serverVersion"/ { server = 1 }
    server && /"gitVersion"/ {
      sub(/.*"v/, "")
      split($0, there, /[^0-9]+/)
      split(wanted, least, ".")
      older = there[1] < least[1] || there[1] == least[1] && there[2] + 0 < least[2] + 0
      same = there[1] == least[1] && there[2] == least[2]
      print older ? "older" : same ? "same" : "newer", there[1] "." there[2]
      exit
    }
  ' "$work/version" >"$work/server"
  read -r age there <"$work/server" || fail "the cluster does not say which version it runs"
  case $age in
    older) fail "the cluster runs Kubernetes $there, and the objects are written for $wanted: \`target kubernetes { version = \"$there\" }\`" ;;
    newer) log "the cluster runs Kubernetes $there; the objects are written for $wanted, and hold there as well" ;;
  esac
}

@ENVIRONMENT@
# split FILE FOLDER: the documents of a file, one file a wave; `jobs`, a line `wave namespace name platform` each; `scaled`, a line
# `kind namespace name` for what says nothing of its replicas; `least`, `kind namespace name number` of what scalers start from; `running`, `wave kind namespace name` of what runs on; `by_hand`,
# `kind namespace name` of what a person gives new pods. Waves are those of
# Argo CD; what names none is of wave 0. Pods carry the versions of the Secrets that they read, of the file `versions`: a
# changed one makes new pods.
split() {
  awk -v folder="$2" -v versions="$2/versions" '
    BEGIN { while ((getline line <versions) > 0) { split(line, word, " "); version[word[1]] = word[2] } }
    function note() {
      at = tolower(namespace "/" kind "/" name)
      if (kind !~ /^(Deployment|StatefulSet|DaemonSet)$/ || !(at in version)) return ""
      return sprintf("        checksum/secrets: \"%s\"\n", version[at])
    }
    function close_document() {
      if (text == "") return
      file = sprintf("%s/wave-%04d.yaml", folder, wave + 1000)
      printf "---\n%s", text >file
      if ((kind == "Deployment" || kind == "StatefulSet") && !counted) print kind, namespace, name >(folder "/scaled")
      if (kind == "HorizontalPodAutoscaler" && least != "") print target, namespace, aim, least >(folder "/least")
      if (kind == "Job") print wave + 1000, namespace, name, platform >(folder "/jobs")
      if (kind ~ /^(Deployment|StatefulSet|DaemonSet)$/) print wave + 1000, kind, namespace, name >(folder "/running")
      if (by_hand) print kind, namespace, name >(folder "/by_hand")
      text = section = kind = name = namespace = platform = least = target = aim = by_hand = ""
      wave = counted = within = 0
    }
    function value(line) {
      sub(/^[^:]*: */, "", line)
      gsub(/"/, "", line)
      return line
    }
    /^---$/ { close_document(); next }
    # Within the metadata of the template of pods: below its annotations, or where there are none.
    within && $0 == "      annotations:" { text = text $0 "\n" note(); within = 0; next }
    within && !/^      / { if (note() != "") text = text "      annotations:\n" note(); within = 0 }
    template && $0 == "    metadata:" { within = 1 }
    { template = section == "spec:" && $0 == "  template:"; text = text $0 "\n" }
    /^[A-Za-z]/ { section = $1 }
    section == "spec:" && /^  replicas:/ { counted = 1 }
    section == "spec:" && /^  minReplicas:/ { least = value($0) }
    section == "spec:" && /^  [A-Za-z]/ { part = $1 }
    section == "spec:" && part == "updateStrategy:" && /^    type: "?OnDelete"?$/ { by_hand = 1 }
    section == "spec:" && part == "scaleTargetRef:" && /^    kind:/ { target = value($0) }
    section == "spec:" && part == "scaleTargetRef:" && /^    name:/ { aim = value($0) }
    /^kind:/ { kind = value($0) }
    section == "metadata:" && /^  name:/ { name = value($0) }
    section == "metadata:" && /^  namespace:/ { namespace = value($0) }
    section == "metadata:" && /^    app\.kubernetes\.io\/instance:/ { platform = value($0) }
    section == "metadata:" && /^    argocd\.argoproj\.io\/sync-wave:/ { wave = value($0) + 0 }
    END { close_document() }
  ' "$1"
}

# hand_over: where a scaler now decides how many pods there are, an apply that says nothing of them any more would have the
# API take its default, one, until the scaler has looked. So the number gets a second owner first. A scaler by load is switched off
# at zero, so it is given its least number.
# https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
hand_over() {
  while read -r kind namespace name <&3; do
    replicas=$(kubectl --namespace "$namespace" get "$kind" "$name" --ignore-not-found -o 'jsonpath={.spec.replicas}')
    [ -n "$replicas" ] || continue
    if [ "$replicas" = 0 ]; then
      least=$(sed -n "s/^$kind $namespace $name //p" "$work/least")
      if [ -n "$least" ]; then
        replicas=$least
        log "$namespace/$name stood still, and starts with $replicas"
      fi
    fi
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

# versions: the versions of the Secrets that pods read, `namespace/kind/name version` each, in small letters.
versions() {
  [ -r "$folder/secrets.conf" ] || return 0
  grep -v '^[#@]' "$folder/secrets.conf" >"$work/readers" || return 0
  cut -d ' ' -f 1 "$work/readers" | sort -u >"$work/places"
  while read -r namespace <&3; do
    kubectl --namespace "$namespace" get secrets -l app.kubernetes.io/managed-by=infrac \
      -o 'jsonpath={range .items[*]}{.metadata.name}{" "}{.metadata.resourceVersion}{"\n"}{end}' >"$work/there" ||
      fail "the cluster cannot be asked for the Secrets of $namespace"
    sed "s|^|$namespace |" "$work/there" >>"$work/secrets"
  done 3<"$work/places"
  awk '
    NR == FNR { version[$1 " " $2] = $3; next }
    ($1 " " $2) in version {
      at = tolower($1 "/" $3)
      if (at in all) all[at] = all[at] "-" version[$1 " " $2]
      else all[at] = version[$1 " " $2]
    }
    END { for (at in all) print at, all[at] }
  ' "$work/secrets" "$work/readers" >"$work/versions"
}

# grow: a set cannot be given larger disks, since its templates of claims cannot change. So its claims are enlarged one by one, and
# the set is removed around its pods, which go on and are taken over by the one that is applied in its wave.
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
}

# make_room WAVE: what stands in the way of a wave: sets whose disks have grown, and Jobs that have failed. These would never
# run again, since an apply changes nothing of them; all of them may run twice.
make_room() {
  sort -u "$work/grown" >"$work/sets"
  while read -r namespace set <&3; do
    grep -qx "$1 StatefulSet $namespace $set" "$work/running" || continue
    kubectl --namespace "$namespace" delete statefulset "$set" --cascade=orphan
  done 3<"$work/sets"
  while read -r namespace name platform <&3; do
    conditions=$(state "$namespace" "$name" --ignore-not-found) || fail "the cluster cannot be asked for $namespace/$name"
    case " $conditions " in
      *" Failed "*)
        log "$namespace/$name had failed, and runs again"
        kubectl --namespace "$namespace" delete job "$name" --cascade=foreground
        ;;
    esac
  done 3<"$work/wave"
}

# state NAMESPACE JOB [OPTION]: Complete, Failed, or nothing yet; an error where there is no such Job.
state() {
  kubectl --namespace "$1" get job "$2" ${3:+"$3"} \
    -o 'jsonpath={range .status.conditions[?(@.status=="True")]}{.type}{" "}{end}'
}

# finish NAMESPACE JOB: waits for its end. `kubectl wait` would wait for its time to be over where a Job fails
# (kubernetes/kubectl#1629).
finish() {
  waited=0 errors=0
  while :; do
    # A server that is busy, or starts anew, is asked again.
    if conditions=$(state "$1" "$2"); then
      errors=0
    else
      errors=$((errors + 1)) conditions=''
      [ "$errors" -lt 5 ] || fail "$1/$2 cannot be asked for, or is gone: what removed it?"
    fi
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

# settle: waits for the pods of all that runs on. Where some do not get ready the old ones go on, and nobody would notice.
settle() {
  while read -r _ kind namespace name <&3; do
    if grep -qx "$kind $namespace $name" "$work/by_hand"; then
      log "$namespace/$name: its pods are replaced when a person deletes them (OnDelete), and are not waited for"
      continue
    fi
    kubectl --namespace "$namespace" rollout status "$kind/$name" --timeout "${timeout}s" >/dev/null || {
      kubectl --namespace "$namespace" get pods -l "app.kubernetes.io/name=$name" >&2 || true
      fail "$namespace/$name: its pods are not ready within $timeout s"
    }
  done 3<"$work/running"
}

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --dry-run) dry_run=yes ;;
    --other-environment) other=yes ;;
    --context | --timeout)
      [ $# -gt 1 ] || misused
      case $1 in --context) context=$2 ;; *) timeout=$2 ;; esac
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
case $timeout in '' | *[!0-9]*) misused ;; esac

find_folder
[ -r "$folder/kustomization.yaml" ] || fail "there is no $folder: is the environment's name right?"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Some shells leave without that where a signal ends them.
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
for list in jobs scaled least running by_hand grown secrets versions; do
  : >"$work/$list"
done
fresh=''
server
look_at_environment
kubectl kustomize "$folder/namespaces" >"$work/namespaces.yaml"
kubectl kustomize "$folder" >"$work/all.yaml"
if [ -n "$dry_run" ] && ! kubectl get -f "$work/namespaces.yaml" >/dev/null 2>&1; then
  log "the namespaces are not there yet, so no server looks at what stands in them"
  fresh=yes
fi
[ -n "$fresh" ] || versions
split "$work/all.yaml" "$work"

apply "$work/namespaces.yaml"
[ -n "$dry_run" ] || hand_over
[ -n "$fresh" ] || [ ! -r "$folder/fixed.conf" ] || grow
for file in "$work"/wave-*.yaml; do
  wave=${file##*wave-} wave=${wave%.yaml}
  # Read whole first: what runs within must not read the list.
  sed -n "s/^$wave //p" "$work/jobs" >"$work/wave"
  [ -n "$dry_run" ] || make_room "$wave"
  # Where a disk is to grow, the server refuses the set as long as the old one stands there.
  apply "$file" || { [ -n "$dry_run" ] && [ -s "$work/grown" ]; } || exit 1
  [ -z "$dry_run" ] || continue
  while read -r namespace name platform <&3; do
    finish "$namespace" "$name"
  done 3<"$work/wave"
done
[ -n "$dry_run" ] || clean_up
[ -n "$dry_run" ] || settle
log "done"
