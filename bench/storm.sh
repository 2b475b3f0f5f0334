#!/usr/bin/env bash
# Many join a live room at once: after how long they hear something, and whether those who were there
# missed anything. conclave-load and the release server share this machine's cores.
#
#   bench/storm.sh [JOINS [SECONDS [LIVE]]]     500, 10 and 30 without
#
# A gap is a lost packet of audio, or one that came 100 ms behind the one before.
# longest_ms: of CPU, between two looks of a shard at its sockets.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=bench/load_server.sh
. bench/load_server.sh

joins=${1:-500} seconds=${2:-10} live=${3:-30}
load_media
start_server --participants-per-room "$((joins + live))"
run_load -n "$((joins + live))" --live "$live" --talkers 10 --cameras 10 --tiles 9 --large 1 \
  --join-rate "$((joins / seconds))" --join-timeout 60 --duration 3 "http://127.0.0.1:$port/open/storm"

storm=$(grep -oE '"storm":.*"never_heard":[0-9]+' "$state/report.json")
value() { grep -oE "\"$1\":[0-9.e+-]+" <<<"$storm" | sed -n "${2:-1}p" | cut -d: -f2; }
printf 'storm: p95_first_audio_ms=%.0f gaps=%d p50_first_audio_ms=%.0f p95_join_ms=%.0f failed=%d silent=%d shedding=%d longest_ms=%.1f\n' \
  "$(value p95 2)" "$(value gaps)" "$(value p50 2)" "$(value p95)" "$(number failed)" "$(value never_heard)" "$(most shedding)" \
  "$(awk -v us="$(most longest_us)" 'BEGIN { print us / 1000 }')"
