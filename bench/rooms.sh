#!/usr/bin/env bash
# Many small rooms: CPU and memory of the server for each. conclave-load and the release server share
# this machine's cores.
#
#   bench/rooms.sh [ROOMS [PEOPLE [SECONDS]]]     500, 3 and 10 without
#
# Everybody has a microphone, two speak over time; cameras are off unless CONCLAVE_BENCH_CAMERAS says how
# many are on in each room.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=bench/load_server.sh
. bench/load_server.sh

rooms=${1:-500} people=${2:-3} seconds=${3:-10}
load_media
start_server
run_load -n "$people" --rooms "$rooms" --talkers 2 --cameras "${CONCLAVE_BENCH_CAMERAS:-0}" \
  --join-rate 60 --join-timeout 120 --duration "$seconds" "http://127.0.0.1:$port/open/rooms"

awk -v rooms="$rooms" -v all="$((rooms * people))" -v joined="$(number joined)" -v failed="$(number failed)" \
  -v loss="$(number loss_percent)" -v heard="$(number heard_percent)" -v cpu="$(of server cpu_percent)" \
  -v before="$(of server rss_before_bytes)" -v rss="$(of server rss_bytes)" -v shedding="$(most shedding)" \
  'BEGIN {
    printf "rooms: joined=%d failed=%d loss_pct=%.4f heard_pct=%.2f cpu_pct=%.0f", joined, failed, loss, heard, cpu
    printf " cpu_pct_each=%.3f rss_mb=%.0f rss_kb_each=%.0f", cpu / rooms, rss / 1e6, (rss - before) / 1024 / rooms
    printf " rss_kb_participant=%.0f shedding=%d\n", (rss - before) / 1024 / all, shedding
  }'
