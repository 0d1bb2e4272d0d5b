#!/bin/bash
# long.sh [PART...]: in full what tests/all.sh tries samples of. Without a part, all of them, one after another:
#   growth   every shape of a source, in three sizes
#   silence  every entry of every platform of the tests, left out or changed
#   mutants  every change of every alert
#   alerts   the tests of every group of alerts, by the oldest promtool and the newest
#   sources  generated and damaged sources by the ten thousand
#   fixes    `infrac check --fix` of every fixture, and the schemas of what machines read of it
#   request  random requests of hundreds of random sites, answered by the real nginx as `infrac request` says
#   sites    a thousand sites, started and reloaded within the memory that is written for them
#   kubernetes  network policies of hundreds of random platforms, read a second time and changed
#   operations  scripts that are killed at each of their steps, texts that no reader of scripts may run, and a host that Terraform applies twice
#   fuzz     each fuzzing target for INFRAC_FUZZ_SECONDS (600 without it)
#   start    the real start, INFRAC_STARTS times (3 without it)
# It stops at the first failure, and says what each part took.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

parts=("$@")
[ $# -gt 0 ] || parts=(growth mutants alerts silence sources fixes request sites kubernetes operations fuzz start)

growth() { cargo quick --locked growth:: -- --include-ignored; }
mutants() { cargo quick --locked mutants::; }
alerts() { cargo test --locked --config profile.dev.package.infrac.opt-level=1 --test suite -- promtool::; }
silence() { cargo quick --locked -- --include-ignored silence:: coverage::; }
sources() {
  cargo test --locked --config profile.dev.package.infrac.opt-level=1 --test suite -- \
    fmt::generated_sources fmt::parts_of_sources fixtures::damaged_sources
}

fixes() { cargo test --locked --config profile.dev.package.infrac.opt-level=1 --test suite -- ci::fixes ci::formats; }
request() { cargo test --locked --config profile.dev.package.infrac.opt-level=1 --test suite -- nginx::request; }
sites() { cargo test --locked --config profile.dev.package.infrac.opt-level=1 --test suite -- nginx::many --nocapture; }
kubernetes() { cargo test --locked --config profile.dev.package.infrac.opt-level=1 --test suite -- kubernetes::built; }

fuzz() {
  local target
  [ -n "$(type -P cargo-fuzz)" ] || cargo install --locked cargo-fuzz
  fuzz/seed
  for target in fuzz/targets/*.rs; do
    target=$(basename "$target" .rs)
    cargo fuzz run --sanitizer none "$target" -- -dict=fuzz/corpus/infra.dict \
      -max_len=8192 -timeout=60 -rss_limit_mb=2048 -max_total_time="${INFRAC_FUZZ_SECONDS:-600}"
  done
}

operations() { cargo test --locked --test suite -- --include-ignored operations:: terraform::; }

start() {
  local time
  cargo build --locked
  for ((time = 1; time <= ${INFRAC_STARTS:-3}; time++)); do
    tests/start/run target/debug/infrac
  done
}

for part in "${parts[@]}"; do
  case $part in
  growth | mutants | alerts | silence | sources | fixes | request | sites | kubernetes | operations | fuzz | start) ;;
  *)
    echo "no part: $part; there are growth, mutants, alerts, silence, sources, fixes, request, sites, kubernetes, operations, fuzz and start" >&2
    exit 2
    ;;
  esac
done

tests/judges/install.sh target/judges
export INFRAC_JUDGES=$PWD/target/judges
export PATH=$INFRAC_JUDGES/bin:$PATH
export INFRAC_LONG=1

for part in "${parts[@]}"; do
  printf '\n==> %s\n' "$part"
  SECONDS=0
  "$part"
  printf '%s: %d s\n' "$part" "$SECONDS"
done
