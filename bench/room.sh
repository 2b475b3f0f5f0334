#!/usr/bin/env bash
# One large room on this machine: conclave-load's participants and the release server share its cores.
#
#   bench/room.sh [PARTICIPANTS [CAMERAS [SECONDS]]]     1000, 50 and 30 without
#
# All microphones are open, 20 speak over time; everybody watches 9 tiles and one large picture. The
# media are real encoded files where ffmpeg is there to make them.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

participants=${1:-1000} cameras=${2:-50} seconds=${3:-30}
server=${CONCLAVE_BINARY:-build/release/server/app/conclave}
load=${CONCLAVE_LOAD_BINARY:-build/release/tests/load/conclave-load}
port=${CONCLAVE_BENCH_PORT:-18543}
media=build/load-media

state=$(mktemp -d)
pid=
cleanup() {
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  rm -rf "$state"
}
trap cleanup EXIT
mkdir "$state/web"
echo '<title>room</title>' >"$state/web/index.html"

options=()
if command -v ffmpeg >/dev/null; then
  tests/load/conclave-load-media "$media" vp8
  options+=(--media "$media")
fi

# Sockets of both ends are open at once, on either side.
ulimit -n "$(ulimit -Hn)"
"$server" --port "$port" --udp-port "$((port + 10))" --state-dir "$state/state" --web-root "$state/web" \
  --participants-per-room "$participants" --log-level warning ${CONCLAVE_BENCH_OPTIONS:-} >"$state/log" 2>&1 &
pid=$!
for ((i = 0; i < 200; ++i)); do
  { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null && break
  sleep 0.05
done
exec 3<&- 3>&-

# What the server says of itself meanwhile: the most that its shards left out, and their longest turns.
while kill -0 "$pid" 2>/dev/null; do
  exec 4<>"/dev/tcp/127.0.0.1/$port" && printf 'GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n' >&4 && tail -n 1 <&4
  exec 4<&- 4>&-
  sleep 1
done >"$state/health" 2>/dev/null &
most() { grep -oE "\"$1\":\[[0-9,]+" "$state/health" | grep -oE '[0-9]+' | sort -n | tail -n 1; }

# 20 s are what all joins may take.
status=0
"$load" -n "$participants" --talkers 20 --cameras "$cameras" --tiles 9 --large 1 \
  --join-rate "$((participants / 15 + 1))" --join-timeout 90 --duration "$seconds" --server-pid "$pid" \
  --json "$state/report.json" "${options[@]}" "http://127.0.0.1:$port/open/room" || status=$?
[ "$status" -le 1 ] || { tail -n 20 "$state/log" >&2; exit "$status"; }
grep -vE ' (info|warning) ' "$state/log" | tail -n 5 >&2 || true

# number NAME: of the report's own, not of a room's or a receiver's.
number() { grep -oE "\"$1\":[0-9.e+-]+" "$state/report.json" | head -n 1 | cut -d: -f2; }
awk -v participants="$participants" -v joined="$(number joined)" -v failed="$(number failed)" \
  -v shedding="$(most shedding)" -v turn="$(most turn_us)" -v seconds="$(number all_joined_s)" -v loss="$(number loss_percent)" -v heard="$(number heard_percent)" \
  -v cpu="$(grep -oE '"server":\{"cpu_percent":[0-9.e+-]+' "$state/report.json" | cut -d: -f3)" \
  -v before="$(grep -oE '"server":\{[^}]*' "$state/report.json" | grep -oE '"rss_before_bytes":[0-9]+' | cut -d: -f2)" \
  -v rss="$(grep -oE '"server":\{[^}]*' "$state/report.json" | grep -oE '"rss_bytes":[0-9]+' | cut -d: -f2)" \
  'BEGIN {
    printf "room: joined=%d failed=%d joined_s=%.1f loss_pct=%.4f heard_pct=%.2f cpu_pct=%.0f", joined, failed, seconds, loss, heard, cpu
    printf " cpu_pct_each=%.3f rss_mb=%.0f rss_kb_each=%.0f", cpu / participants, rss / 1e6, (rss - before) / 1024 / participants
    printf " shedding=%d turn_ms=%.0f\n", shedding, turn / 1000
  }'
