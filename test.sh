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

# counted NAME PASSED-REGEX FAILED-REGEX COMMAND...: a runner that counts its own tests. A runner
# that counts nothing is a failure.
counted() {
  local name=$1 passed_regex=$2 failed_regex=$3 start=$SECONDS status good bad
  shift 3
  "$@" >"$logs/$name.log" 2>&1
  status=$?
  # The colours of a runner's summary would hide its numbers.
  sed -i 's/\x1b\[[0-9;]*m//g' "$logs/$name.log"
  good=$(grep -oP "$passed_regex" "$logs/$name.log" | awk '{n += $1} END {print n + 0}')
  bad=$(grep -oP "$failed_regex" "$logs/$name.log" | awk '{n += $1} END {print n + 0}')
  if [ "$status" != 0 ] && [ "$bad" = 0 ] || [ "$good" = 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  passed=$((passed + good))
  failed=$((failed + bad))
  if [ "$bad" = 0 ]; then
    printf 'ok    %-28s %4ds  %d tests\n' "$name" $((SECONDS - start)) "$good"
  else
    failures+=("$name")
    printf 'FAIL  %-28s %4ds  %d passed, %d failed\n' "$name" $((SECONDS - start)) "$good" "$bad"
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

# again FIRST-LOG COMMAND...: a command that fails is run once more, and that run counts. What the
# first one printed is then left in FIRST-LOG.
again() {
  local first=$1
  shift
  if "$@" >"$first" 2>&1; then cat "$first" && rm "$first"; else "$@"; fi
}

# node_counted SUITE FILE...: files of node:test tests, one after the other. Each is about time, with
# real browsers that share a few cores: a file gets a second chance, and says that it needed it.
node_counted() {
  local suite=$1 file name
  shift
  for file in "$@"; do
    name=$suite-$(basename "$file" .test.ts)
    rm -f "$logs/$name-first.log"
    counted "$name" '^ℹ pass \K\d+|^# pass \K\d+' '^ℹ fail \K\d+|^# fail \K\d+' \
      again "$logs/$name-first.log" node --test "$file"
    [ -s "$logs/$name-first.log" ] || continue
    echo "      failed at first:"
    grep -A 20 'failing tests:' "$logs/$name-first.log" | sed 's/^/      /'
  done
}

# Configures again: an older build tree may not have known GStreamer.
build_gst_peer() { cmake --preset dev >/dev/null && build_server dev gst_peer; }

suite_interop() {
  release
  check interop-load build_server release conclave-load
  check interop-guest build_gst_peer
  check interop-contract npm run --silent generate -w tests/interop
  check interop-media tests/e2e/make-media.sh
  node_counted interop tests/interop/*.test.ts
}
suite_e2e() {
  release
  check e2e-relay build_server release impair conclave-tap
  check e2e-media tests/e2e/make-media.sh
  node_counted e2e tests/e2e/{,lib/}*.test.ts
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
