#!/usr/bin/env bash
# CPU for each forwarded packet, ours beside Debian's janus (videoroom), by turns: one publisher with frames
# of 8 full packets, 30 a second, and N viewers who look at their sockets every 2 ms, on this machine.
#
#   bench/peers.sh [VIEWERS [ROUNDS [SECONDS [FRAMES]]]]     50, 5, 8 and 30 without
#
# Ours estimates every path from the feedback of its receivers, paces and keeps a history meanwhile; janus'
# viewers send none. Both encrypt with AES-GCM, ours with keys of 128 bits, janus of 256.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=bench/load_server.sh
. bench/load_server.sh

[ -x build/release/bench/viewers ] || { echo "bench/peers.sh: no build/release/bench/viewers; ./bench/run.sh peers builds it" >&2; exit 1; }
viewers=${1:-50} rounds=${2:-5} seconds=${3:-8}
frames=${4:-30} packets=8
media=()
start_server --participants-per-room 1000

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

echo 'us of CPU a packet, packets a second:' >&2
for ((round = 1; round <= rounds; ++round)); do
  run_load -q -n "$((viewers + 1))" --microphones 0 --talkers 0 --cameras 1 --encodings 1 --tiles 0 --large 1 \
    --frame-packets "$packets" --frame-rate "$frames" --verify-every 0 --join-rate 20 --duration "$seconds" \
    "http://127.0.0.1:$port/open/peers-$round" >/dev/null
  awk -v cpu="$(of server cpu_percent)" -v packets="$(number measured_packets)" -v seconds="$(number measured_s)" \
    'BEGIN { printf "%.2f %.0f\n", cpu * seconds * 1e4 / packets, packets / seconds }' >>"$state/ours"
  node bench/janus.ts "$viewers" "$frames" "$packets" "$seconds" >>"$state/janus"
  echo "ours $(tail -n 1 "$state/ours"), janus $(tail -n 1 "$state/janus")" >&2
done

ours=$(cut -d' ' -f1 "$state/ours" | median) janus=$(cut -d' ' -f1 "$state/janus" | median)
printf 'peers: janus_ratio=%s ours_us=%s janus_us=%s ours_pps=%s janus_pps=%s wanted_pps=%d\n' \
  "$(awk -v o="$ours" -v j="$janus" 'BEGIN { printf "%.1f", j / o }')" "$ours" "$janus" \
  "$(cut -d' ' -f2 "$state/ours" | median)" "$(cut -d' ' -f2 "$state/janus" | median)" "$((viewers * frames * packets))"
