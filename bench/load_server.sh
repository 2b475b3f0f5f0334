# shellcheck shell=bash
# For sourcing: the release server on this machine, with conclave-load against it, on the same cores.
# Leaves: $server $load $port $state; start_server OPTION..., load_media, number NAME, most NAME.

server=${CONCLAVE_BINARY:-build/release/server/app/conclave}
load=${CONCLAVE_LOAD_BINARY:-build/release/tests/load/conclave-load}
port=${CONCLAVE_BENCH_PORT:-18543}

state=$(mktemp -d)
pid=
cleanup() {
  # The next one wants its ports.
  if [ -n "$pid" ]; then kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; fi
  rm -rf "$state"
}
trap cleanup EXIT
mkdir "$state/web"
echo '<title>load</title>' >"$state/web/index.html"

# load_media: real encoded files where ffmpeg is there to make them; sets `media`.
load_media() {
  media=()
  command -v ffmpeg >/dev/null || return 0
  tests/load/conclave-load-media build/load-media vp8
  media=(--media build/load-media)
}

health() {
  exec 4<>"/dev/tcp/127.0.0.1/$port" || return 0
  printf 'GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n' >&4 && tail -n 1 <&4
  exec 4<&- 4>&-
}

# on CPUS COMMAND...: on those cores alone, or anywhere where none is named. Becomes the command.
on() {
  if [ -n "$1" ]; then exec taskset -c "$@"; else exec "${@:2}"; fi
}

# start_server [OPTION...]: until it listens; what it says of itself every second is kept.
start_server() {
  # Sockets of both ends are open at once, on either side.
  ulimit -n "$(ulimit -Hn)"
  # shellcheck disable=SC2086
  on "${server_cpus-}" "$server" --port "$port" --udp-port "$((port + 10))" --state-dir "$state/state" --web-root "$state/web" \
    --log-level warning "$@" ${CONCLAVE_BENCH_OPTIONS:-} >"$state/log" 2>&1 &
  pid=$!
  for ((i = 0; i < 200; ++i)); do
    { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null && break
    sleep 0.05
  done
  exec 3<&- 3>&-
  while kill -0 "$pid" 2>/dev/null; do
    health
    sleep 1
  done >"$state/health" 2>/dev/null &
}

# run_load OPTION... LINK: fails where it could not run; that some did not join is for the figures.
run_load() {
  local status=0
  (on "${load_cpus-}" "$load" --server-pid "$pid" --json "$state/report.json" "${media[@]}" "$@") || status=$?
  [ "$status" -le 1 ] || { tail -n 20 "$state/log" >&2; exit "$status"; }
  # Behind what it says at its start.
  sed '1,/^$/d' "$state/log" | grep -vE ' (info|warning) ' | tail -n 5 >&2 || true
}

# most NAME: the most that the server said of it.
most() { grep -oE "\"$1\":\[[0-9,]+" "$state/health" | grep -oE '[0-9]+' | sort -n | tail -n 1; }
# number NAME: of the report's own, not of a room's or a receiver's.
number() { grep -oE "\"$1\":[0-9.e+-]+" "$state/report.json" | head -n 1 | cut -d: -f2; }
# of OBJECT NAME: of an object of the report.
of() { grep -oE "\"$1\":\{[^}]*" "$state/report.json" | head -n 1 | grep -oE "\"$2\":[0-9.e+-]+" | cut -d: -f2; }
