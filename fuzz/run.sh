#!/usr/bin/env bash
# fuzz/run.sh SECONDS [TARGET...]: runs every fuzz target (or those named) that long on seeds of our
# own writers, and fails on a finding, which stays in build/fuzz/findings/TARGET.
# Build first: cmake --preset fuzz && cmake --build --preset fuzz --target fuzzers.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

seconds=${1:?usage: fuzz/run.sh SECONDS [TARGET...]}
shift
programs=build/fuzz/fuzz
[ -x $programs/fuzz_seeds ] || { echo "fuzz/run.sh: build the preset fuzz first" >&2; exit 2; }

targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  for source in fuzz/*_fuzz.cc; do
    name=$(basename "$source" _fuzz.cc)
    targets+=("$name")
  done
fi

corpus=build/fuzz/corpus
$programs/fuzz_seeds $corpus || exit 1
mkdir -p $corpus/sdp $corpus/offer
cp server/wire/testdata/*.sdp $corpus/sdp/
cp server/wire/testdata/*.sdp $corpus/offer/

failed=0
for target in "${targets[@]}"; do
  # A datagram is never larger; text may be, but short text finds more in the same time.
  length=1500
  extra=()
  case $target in sdp | offer)
    length=4096
    extra+=(-dict=fuzz/sdp.dict)
    ;;
  esac
  folders=("$corpus/$target")
  # Findings of the past, kept as tests.
  [ -d "fuzz/seeds/$target" ] && folders+=("fuzz/seeds/$target")
  findings=build/fuzz/findings/$target
  mkdir -p "$findings" "$corpus/$target"
  if "$programs/fuzz_$target" -max_total_time="$seconds" -max_len=$length -timeout=5 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$findings/" "${extra[@]}" \
    "${folders[@]}" >"$findings.log" 2>&1; then
    awk -v target="$target" '/number_of_executed_units/ {runs = $2} /average_exec_per_sec/ {rate = $2}
      END {printf "ok    %-24s %10d runs %8d per second\n", target, runs, rate}' "$findings.log"
  else
    failed=$((failed + 1))
    echo "FAIL  $target: see $findings.log"
    tail -n 30 "$findings.log"
  fi
done
exit $((failed > 0))
