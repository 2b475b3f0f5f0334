#!/usr/bin/env bash
# Installs the package into a bare Debian 12 with apt and uses what is installed there.
#
#   deploy/debian/test.sh FILE.deb
#
# Needs root (or sudo), debootstrap and the Debian mirror of this machine's apt. The bare system is
# kept as build/debian-root/base.tar for the next time.
set -euo pipefail
[ "$(id -u)" = 0 ] || exec sudo --preserve-env=PATH "$0" "$@"
here=$(dirname "$(readlink -f "$0")")
[ $# = 1 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
package=$(readlink -f "$1")
cache=$here/../../build/debian-root
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
root=$cache/root
port=${CONCLAVE_TEST_PORT:-28443}
udp_port=${CONCLAVE_TEST_UDP_PORT:-28500}

pid=
cleanup() {
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  umount "$root/proc" 2>/dev/null || true
  rm -rf --one-file-system "$root"
}
trap cleanup EXIT

fail() {
  echo "test.sh: $*" >&2
  [ -f "$cache/log" ] && sed 's/^/  server: /' "$cache/log" >&2
  exit 1
}

# The first Debian mirror in apt's sources, in either of their formats.
mirror() {
  local found
  found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
    grep -oE '^(deb (\[[^]]*\] )?|URIs: *)https?://[^ ]+' | grep -oE 'https?://[^ ]+' |
    grep -E '/debian/?$' | head -n 1)
  echo "${found:-http://deb.debian.org/debian}"
}

if [ ! -f "$cache/base.tar" ]; then
  rm -rf --one-file-system "$root"
  debootstrap --variant=minbase bookworm "$root" "$(mirror)" >"$cache/debootstrap.log" 2>&1 ||
    { tail -n 20 "$cache/debootstrap.log" >&2; fail "debootstrap failed"; }
  tar -C "$root" -cf "$cache/base.tar.new" .
  mv "$cache/base.tar.new" "$cache/base.tar"
fi
umount "$root/proc" 2>/dev/null || true
rm -rf --one-file-system "$root"
mkdir -p "$root"
tar -C "$root" -xf "$cache/base.tar"
# How this machine reaches its mirror goes for the bare one too.
cp /etc/resolv.conf "$root/etc/resolv.conf"
echo "deb $(mirror) bookworm main" >"$root/etc/apt/sources.list"
apt-config dump | grep -E '^Acquire::(http|https)::Proxy ' >"$root/etc/apt/apt.conf.d/00proxy" || true
mount -t proc proc "$root/proc" 2>/dev/null || true
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 0755 "$root/usr/sbin/policy-rc.d"

inside=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive HOME=/root
  chroot "$root")

cp "$package" "$root/conclave.deb"
"${inside[@]}" apt-get update -qq
"${inside[@]}" apt-get install -y -qq --no-install-recommends /conclave.deb >"$cache/apt.log" 2>&1 ||
  { tail -n 20 "$cache/apt.log" >&2; fail "apt did not install the package"; }
echo "installed: $("${inside[@]}" dpkg-query -W conclave)"

[ -z "$("${inside[@]}" dpkg --verify conclave)" ] || fail "installed files differ from the package's"
"${inside[@]}" conclave --check-config --config /etc/conclave/conclave.toml || fail "the example configuration"
[ -L "$root/etc/systemd/system/multi-user.target.wants/conclave.service" ] || fail "the service is not enabled"

"${inside[@]}" conclave --config /etc/conclave/conclave.toml --port "$port" --udp-port "$udp_port" \
  --state-dir /var/lib/conclave >"$cache/log" 2>&1 &
pid=$!

# get PATH: the answer over plain http on loopback, headers and all.
get() {
  exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3
  # A page holds no NUL; should one come, its place does not matter here.
  tr -d '\0' <&3
  exec 3<&- 3>&-
}

for ((attempt = 0; ; ++attempt)); do
  health=$(get /health 2>/dev/null || true)
  [[ $health == *'"status":"ok"'* ]] && break
  kill -0 "$pid" 2>/dev/null || fail "the server ended"
  [ "$attempt" -lt 100 ] || fail "no answer from /health"
  sleep 0.1
done
echo "health: ${health##*$'\n'}"

page=$(get /)
[[ $page == "HTTP/1.1 200"*"Content-Security-Policy"*"<title>"* ]] || fail "no page at /"
asset=$(grep -oE '/assets/[A-Za-z0-9_.-]+\.js' <<<"$page" | head -n 1)
[ -n "$asset" ] || fail "the page names no script"
script=$(get "$asset")
[[ $script == "HTTP/1.1 200"*immutable* ]] || fail "no script at $asset"
[ "$(stat -c %a "$root/var/lib/conclave/self-signed.key")" = 600 ] || fail "the key is not secret"

"${inside[@]}" conclave-load --insecure -q -n 20 --cameras 5 --duration 5 "https://127.0.0.1:$port/open/load" \
  >"$cache/load.log" 2>&1 || { cat "$cache/load.log" >&2; fail "conclave-load did not join"; }
echo "load: $(grep -m1 '^joined' "$cache/load.log")"

kill "$pid"
wait "$pid" || fail "the server did not end cleanly"
pid=
# Two browsers meet a third one in a room of the installed server: the join benchmark, once each. It
# starts the server itself, with folders of this system that the bare one does not have.
repository=$here/../..
if [ -x "$repository/build/node/node_modules/.bin/node" ]; then
  cat >"$cache/conclave-inside" <<WRAPPER
#!/usr/bin/env bash
options=()
while [ \$# -gt 0 ]; do
  case \$1 in
    --web-root | --state-dir) shift 2 ;;
    *) options+=("\$1"); shift ;;
  esac
done
exec ${inside[*]} conclave --config /etc/conclave/conclave.toml --state-dir /var/lib/conclave "\${options[@]}"
WRAPPER
  chmod 0755 "$cache/conclave-inside"
  [ -s "$repository/tests/e2e/media/Ana.y4m" ] || "$repository/tests/e2e/make-media.sh" >/dev/null
  (cd "$repository" && CONCLAVE_BINARY=$cache/conclave-inside build/node/node_modules/.bin/node bench/join.ts 1) ||
    fail "browsers did not meet on the installed server"
else
  echo "no browsers asked: npm packages are not installed"
fi

"${inside[@]}" apt-get purge -y -qq conclave >>"$cache/apt.log" 2>&1 || fail "apt did not purge the package"
for left in usr/bin/conclave etc/conclave var/lib/conclave usr/share/conclave; do
  [ ! -e "$root/$left" ] || fail "purge left /$left"
done
echo "the package installs, runs and goes"
