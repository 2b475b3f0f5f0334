#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. Ends with "N passed, N failed".
#
#   ./test.sh            every suite
#   ./test.sh --long     every suite, with many more seeds and fuzzing time, and every figure
#   ./test.sh NAME...    some of the suites: tidy web server tsan fuzz interop e2e package figures
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")"
# shellcheck source=tools/setup.sh
. tools/setup.sh

SUITES=(tidy web server tsan fuzz interop e2e package figures)
export CONCLAVE_LONG=0
wanted=()
for argument in "$@"; do
  case $argument in
    --long) CONCLAVE_LONG=1 ;;
    -*) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
    *)
      case " ${SUITES[*]} " in
        *" $argument "*) wanted+=("$argument") ;;
        *) echo "test.sh: no suite '$argument' (there are: ${SUITES[*]})" >&2; exit 2 ;;
      esac
      ;;
  esac
done
[ ${#wanted[@]} = 0 ] && wanted=("${SUITES[@]}")

passed=0
failed=0
failures=()
logs=build/test-logs
mkdir -p "$logs"

# check NAME COMMAND...: one test that passes when the command succeeds.
check() {
  local name=$1 start=$SECONDS
  shift
  if "$@" >"$logs/$name.log" 2>&1; then
    passed=$((passed + 1))
    printf 'ok    %-28s %4ds\n' "$name" $((SECONDS - start))
  else
    failed=$((failed + 1))
    failures+=("$name")
    printf 'FAIL  %-28s %4ds\n' "$name" $((SECONDS - start))
    tail -n 60 "$logs/$name.log" | sed 's/^/      /'
  fi
}

# counted NAME PASSED-REGEX FAILED-REGEX COMMAND...: a runner that counts its own tests.
counted() {
  local name=$1 passed_regex=$2 failed_regex=$3 start=$SECONDS
  shift 3
  "$@" >"$logs/$name.log" 2>&1
  tally "$name" "$passed_regex" "$failed_regex" $? $((SECONDS - start))
}

# tally NAME PASSED-REGEX FAILED-REGEX STATUS SECONDS: counts what is in the log of a runner that
# has run. A runner that counts nothing is a failure.
tally() {
  local name=$1 passed_regex=$2 failed_regex=$3 status=$4 took=$5 good bad
  # The colours of a runner's summary would hide its numbers.
  sed -i 's/\x1b\[[0-9;]*m//g' "$logs/$name.log"
  good=$(grep -oP "$passed_regex" "$logs/$name.log" | awk '{n += $1} END {print n + 0}')
  bad=$(grep -oP "$failed_regex" "$logs/$name.log" | awk '{n += $1} END {print n + 0}')
  if [ "$status" != 0 ] && [ "$bad" = 0 ] || [ "$good" = 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  passed=$((passed + good))
  failed=$((failed + bad))
  if [ "$bad" = 0 ]; then
    printf 'ok    %-28s %4ds  %d tests\n' "$name" "$took" "$good"
  else
    failures+=("$name")
    printf 'FAIL  %-28s %4ds  %d passed, %d failed\n' "$name" "$took" "$good" "$bad"
    tail -n 80 "$logs/$name.log" | sed 's/^/      /'
  fi
}

ctest_counted() { # NAME PRESET: every gtest program of a preset, counted by test.
  counted "$1" '\[  PASSED  \] \K\d+(?= test)' '^ ?\[?\K\d+(?= FAILED TEST)|\d+(?= tests failed)' \
    ctest --test-dir "build/$2" --output-on-failure --verbose --timeout 900
}

suite_tidy() { for part in tools/tidy/*.sh; do check "tidy-$(basename "$part" .sh)" "$part"; done; }

suite_web() {
  check web-generate npm run --silent generate
  check web-format npx biome check .
  check web-types npm run --silent typecheck -ws --if-present
  counted web-unit '^ +Tests +.*?\K\d+(?= passed)' '^ +Tests +\K\d+(?= failed)' npx vitest run
  check web-build npm run --silent build
  check web-reproducible web/app/tools/reproducible.sh
}

suite_server() {
  check server-build build_server dev
  ctest_counted server-unit dev
  check purity tools/purity.sh build/dev
  [ "$CONCLAVE_LONG" = 1 ] && check sim-long build/dev/sim/sim_test --seeds=200
  return 0
}

suite_tsan() {
  check tsan-build build_server tsan io_test app_test
  check tsan-io build/tsan/server/io/io_test
  check tsan-app build/tsan/server/app/app_test
}

suite_fuzz() {
  check fuzz-build build_server fuzz fuzzers
  check fuzz-run fuzz/run.sh "$([ "$CONCLAVE_LONG" = 1 ] && echo 300 || echo 3)"
}

release() {
  check release-build build_server release conclave
  check release-web build_web
}

# node_run LOGS SUITE FILE: one file of node:test tests; leaves its log, and its status and seconds.
node_run() {
  local at start=$SECONDS
  at=$1/$2-$(basename "$3" .test.ts)
  node --test "$3" >"$at.log" 2>&1
  echo "$? $((SECONDS - start))" >"$at.ran"
}
export -f node_run

# node_counted LANES SUITE FILE...: files of node:test tests, so many at a time. They run real
# browsers on a few cores: a file that fails is run once more, alone, and says so.
node_counted() {
  local lanes=$1 suite=$2 file name status took
  shift 2
  printf '%s\n' "$@" | xargs -P "$lanes" -I FILE bash -c 'node_run "$@"' _ "$logs" "$suite" FILE
  for file in "$@"; do
    name=$suite-$(basename "$file" .test.ts)
    rm -f "$logs/$name-first.log"
    read -r status took <"$logs/$name.ran"
    if [ "$status" != 0 ]; then
      mv "$logs/$name.log" "$logs/$name-first.log"
      node_run "$logs" "$suite" "$file"
      read -r status took <"$logs/$name.ran"
    fi
    tally "$name" '^ℹ pass \K\d+|^# pass \K\d+' '^ℹ fail \K\d+|^# fail \K\d+' "$status" "$took"
    [ -s "$logs/$name-first.log" ] || continue
    echo "      failed at first:"
    grep -A 20 'failing tests:' "$logs/$name-first.log" | sed 's/^/      /'
  done
}

# Configures again: an older build tree may not have known GStreamer.
build_gst_peer() { cmake --preset dev >/dev/null && build_server dev gst_peer; }

suite_interop() {
  local file
  release
  check interop-load build_server release conclave-load
  check interop-guest build_gst_peer
  check interop-contract npm run --silent generate -w tests/interop
  check interop-media tests/e2e/make-media.sh
  for file in tests/interop/*.test.ts; do node_counted 1 interop "$file"; done
}
# Journeys that judge no moment: two at a time do not disturb each other.
UNTIMED=(board branding breakout chat check choices elsewhere encrypted_app files hosting keyboard keys labels lobby named
  pinned policy polls recording sdk settings verify)

suite_e2e() {
  local name file untimed=() timed=()
  release
  check e2e-relay build_server release impair conclave-tap
  check e2e-media tests/e2e/make-media.sh
  for file in tests/e2e/{,lib/}*.test.ts; do
    name=$(basename "$file" .test.ts)
    case " ${UNTIMED[*]} " in *" $name "*) untimed+=("$file") ;; *) timed+=("$file") ;; esac
  done
  node_counted 2 e2e "${untimed[@]}"
  for file in "${timed[@]}"; do node_counted 1 e2e "$file"; done
}
suite_package() {
  release
  check package-build ./run.sh package
  check package-install deploy/debian/test.sh build/conclave_*_amd64.deb
}
suite_figures() {
  release
  local figures=(idle size forward)
  [ "$CONCLAVE_LONG" = 1 ] && figures+=(join transport)
  for figure in "${figures[@]}"; do check "bench-$figure" bench/run.sh "$figure"; done
}

say "setting up"
install_packages "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}" || exit 1
install_npm || exit 1
for suite in "${wanted[@]}"; do
  say "$suite"
  "suite_$suite"
done

echo
[ ${#failures[@]} = 0 ] || printf 'failed: %s\n' "${failures[*]}"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
