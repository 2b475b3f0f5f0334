#!/usr/bin/env bash
# One large room on this machine: conclave-load's participants and the release server share its cores.
#
#   bench/room.sh [PARTICIPANTS [CAMERAS [SECONDS [TILES]]]]     1000, 50, 30 and 9 without
#
# All microphones are open, 20 speak over time; everybody watches so many tiles and one large picture.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=bench/load_server.sh
. bench/load_server.sh

participants=${1:-1000} cameras=${2:-50} seconds=${3:-30} tiles=${4:-9}
load_media
start_server --participants-per-room "$participants"
# 20 s are what all joins may take.
run_load -n "$participants" --talkers 20 --cameras "$cameras" --tiles "$tiles" --large 1 \
  --join-rate "$((participants / 15 + 1))" --join-timeout 90 --duration "$seconds" \
  "http://127.0.0.1:$port/open/room"

awk -v participants="$participants" -v joined="$(number joined)" -v failed="$(number failed)" \
  -v shedding="$(most shedding)" -v turn="$(most turn_us)" -v seconds="$(number all_joined_s)" \
  -v loss="$(number loss_percent)" -v heard="$(number heard_percent)" -v cpu="$(of server cpu_percent)" \
  -v before="$(of server rss_before_bytes)" -v rss="$(of server rss_bytes)" \
  'BEGIN {
    printf "room: joined=%d failed=%d joined_s=%.1f loss_pct=%.4f heard_pct=%.2f cpu_pct=%.0f", joined, failed, seconds, loss, heard, cpu
    printf " cpu_pct_each=%.3f rss_mb=%.0f rss_kb_each=%.0f", cpu / participants, rss / 1e6, (rss - before) / 1024 / participants
    printf " shedding=%d turn_ms=%.0f\n", shedding, turn / 1000
  }'
