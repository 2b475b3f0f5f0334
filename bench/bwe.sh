#!/usr/bin/env bash
# Every scenario of the bandwidth estimation simulation with all three controllers, and random networks
# that no constant was tuned on. Prints the table; fails where a gate of our controller fails.
#
#   bench/bwe.sh [SEEDS [NETWORKS]]              default: 20 seeds, 900 networks
#   bench/bwe.sh ablation [SEEDS [NETWORKS]]     our controller with one part left out each, instead
#   bench/bwe.sh tuning [ablation] [...]         on the numbers that constants may be tuned on
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# Seeds up to 100 and networks up to 1000 are for tuning; the held-out ones lie behind. Those up to 270 and
# 202700 were looked at, and what they showed was worked on since: so they are spent.
first_seed=271
first_network=202701
if [ "${1:-}" = tuning ]; then
  shift
  first_seed=1
  first_network=1
fi
report=report
algorithms='0 1 2'
populations='0 -1'
if [ "${1:-}" = ablation ]; then
  shift
  report=ablation
  populations=0
  algorithms='0 3 4 5 6 7 8 9 10 11 12 13 14 15'
fi
seeds=${1:-20}
networks=${2:-900}
sim=${BWE_SIM:-build/release/sim/bwe/bwe_sim}
if [ ! -x "$sim" ]; then
  cmake --preset release >/dev/null
  ninja -C build/release bwe_sim >/dev/null
fi
raw=$(mktemp -d)
trap 'rm -rf "$raw"' EXIT

chunk=50
{
  "$sim" list | while read -r scenario; do echo "$scenario $first_seed $((first_seed + seeds - 1))"; done
  for ((at = 0; at < networks; at += chunk)); do
    last=$((at + chunk < networks ? at + chunk : networks))
    for population in $populations; do
      echo "$population $((first_network + at)) $((first_network + last - 1))"
    done
  done
} | xargs -P "${BWE_JOBS:-$(nproc)}" -L 1 sh -c '"$0" run "$3" "$4" "$5" $2 >"$1/$3.$4"' "$sim" "$raw" "$algorithms"
cat "$raw"/* | "$sim" "$report"
