#!/bin/bash
# Everything that has to hold before a change is taken: format, lints, documentation, tests. It brings the
# programs that judge the artifacts itself (into target/judges), and stops at the first failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

section='the start'
logs=$(mktemp -d)
declare -A pids
end() {
  local status=$?
  [ "$status" = 0 ] || echo "FAILED: $section (exit code $status)" >&2
  jobs -pr | xargs --no-run-if-empty kill
  rm -rf "$logs"
}
trap end EXIT

step() { # TITLE COMMAND...
  section=$1
  shift
  printf '\n==> %s\n' "$section"
  "$@"
}

# What waits for others runs beside what computes; its output is shown where its result is asked for.
beside() { # NAME COMMAND...
  "${@:2}" >"$logs/$1" 2>&1 &
  pids[$1]=$!
}

result() { # NAME
  local status=0
  wait "${pids[$1]}" || status=$?
  cat "$logs/$1"
  return "$status"
}

beside judges tests/judges/install.sh target/judges

step 'format: cargo fmt --check' cargo fmt --check
step 'lints: cargo clippy' cargo clippy --all-targets --test quick --locked -- -D warnings
# A package of its own, which takes everything that it can from the same folder.
step 'fuzzing: cargo fmt --check' cargo fmt --manifest-path fuzz/Cargo.toml --check
step 'fuzzing: cargo clippy' cargo clippy --manifest-path fuzz/Cargo.toml --target-dir target --all-targets --locked -- -D warnings
step 'documentation: cargo doc' env RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --document-private-items --locked
step 'judges' result judges
export INFRAC_JUDGES=$PWD/target/judges
export PATH=$INFRAC_JUDGES/bin:$PATH
step 'scripts: shellcheck' shellcheck tests/all.sh tests/long.sh tests/judges/install.sh tests/start/{run,machine} tests/start/stand-ins/*.sh .ci/run fuzz/seed benches/release.sh release/hook release/*.sh
step 'tests: cargo test' cargo test --locked

# It mostly waits for services, and goes before what runs beside it.
beside start tests/start/run target/debug/infrac
step 'tests: those of an optimised compiler' nice cargo quick --locked -- --include-ignored

# 77: it cannot be here. `run` has said so, loudly; it is said again where the eye ends.
start() {
  local status=0
  result start || status=$?
  [ "$status" != 77 ] || missed='; NOT CHECKED: the real start'
  [ "$status" = 0 ] || [ "$status" = 77 ]
}
missed=
step 'the real start: tests/start/run' start

printf '\nall passed%s\n' "$missed"
