#!/usr/bin/env bash
# Starts the release server on free ports, five times: how long until /health answers, and how much
# memory it holds when nobody is there. Fails above the limits that the project promises.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

rss_limit_mb=60
listen_limit_ms=300
rounds=5
binary=${CONCLAVE_BINARY:-build/release/server/app/conclave}
port=18443
udp_port=18500

state=$(mktemp -d)
pid=
cleanup() {
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  rm -rf "$state"
}
trap cleanup EXIT

web_root=web/app/dist
if [ ! -f "$web_root/index.html" ]; then
  web_root=$state/web
  mkdir "$web_root"
  echo '<title>idle</title>' >"$web_root/index.html"
fi

now_us() { echo "${EPOCHREALTIME//[.,]/}"; }

# One request without the start of another program, which would cost more than what is measured.
healthy() {
  local line
  { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return 1
  printf 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  IFS= read -r -t 5 line <&3 || line=
  exec 3<&- 3>&-
  [[ $line == "HTTP/1.1 200"* ]]
}

median() { printf '%s\n' "$@" | sort -n | sed -n "$(((rounds + 1) / 2))p"; }

listen_ms=()
rss_kb=()
# The first start makes the certificate and warms the file cache; it is not counted.
for ((round = 0; round <= rounds; ++round)); do
  start=$(now_us)
  "$binary" --port "$port" --udp-port "$udp_port" --state-dir "$state/state" \
    --web-root "$web_root" --log-level error >"$state/log" 2>&1 &
  pid=$!
  until healthy; do
    kill -0 "$pid" 2>/dev/null || { cat "$state/log" >&2; exit 1; }
    [ $(($(now_us) - start)) -lt 10000000 ] || { echo "no answer in ten seconds" >&2; exit 1; }
    sleep 0.002
  done
  took=$((($(now_us) - start) / 1000))
  # What start-up freed goes back to the kernel first.
  sleep 1
  rss=$(awk '/^VmRSS/ {print $2}' "/proc/$pid/status")
  kill "$pid"
  wait "$pid" || { echo "the server did not end cleanly" >&2; exit 1; }
  pid=
  [ "$round" = 0 ] && continue
  echo "round $round: listening after $took ms, $rss KiB resident"
  listen_ms+=("$took")
  rss_kb+=("$rss")
done

rss_mb=$(awk -v kb="$(median "${rss_kb[@]}")" 'BEGIN {printf "%.1f", kb / 1024}')
listen=$(median "${listen_ms[@]}")
echo "idle: rss_mb=$rss_mb listen_ms=$listen"
awk -v rss="$rss_mb" -v ms="$listen" -v rss_max=$rss_limit_mb -v ms_max=$listen_limit_ms \
  'BEGIN {exit !(rss <= rss_max && ms <= ms_max)}'
