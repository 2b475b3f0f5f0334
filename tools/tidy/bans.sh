#!/usr/bin/env bash
# Pure folders include no clock, socket, thread, entropy or file header; nobody includes slow headers.
# tools/purity.sh asks the same of the compiled libraries.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

bad=0
# ban WHY REGEX PATH...
ban() {
  local why=$1 regex=$2
  shift 2
  # What a comment says is no use of the thing.
  # The last matching pattern wins in grep, so that a caller's --exclude comes behind ours.
  if hits=$(grep -rnE "$regex" --include='*.h' --include='*.cc' "$@" 2>/dev/null |
    grep -vE '^[^:]+:[0-9]+: *//'); then
    printf '%s\n' "$hits" | sed "s/^/$why: /"
    bad=1
  fi
}

pure=()
for folder in base wire transport media router conference signal; do
  [ -d server/$folder ] && pure+=("server/$folder")
done
[ -d sim ] && pure+=(sim)

ban "clock in pure code" '^#include <(chrono|ctime|time\.h|sys/time\.h)>' "${pure[@]}"
ban "clock in pure code" '(system_clock|steady_clock|clock_gettime|gettimeofday)' "${pure[@]}"
ban "socket in pure code" '^#include <(sys/socket\.h|netinet/.*|arpa/inet\.h|sys/epoll\.h|unistd\.h|fcntl\.h|boost/(asio|beast).*)>' "${pure[@]}"
ban "thread in pure code" '^#include <(thread|mutex|shared_mutex|condition_variable|atomic|future|pthread\.h|semaphore|latch)>' "${pure[@]}"
ban "entropy in pure code" '(^#include <random>|std::random_device|[^_a-zA-Z]rand\(\)|getrandom)' "${pure[@]}"
ban "file in pure code" '^#include <(fstream|filesystem)>' $(printf '%s\n' "${pure[@]}" | grep -v '^sim$') --exclude='*_test.cc'
ban "shared ownership below app/" 'std::(shared_ptr|weak_ptr)' "${pure[@]}"
ban "slow header" '^#include <(regex|iostream)>' server
if hits=$(grep -rnE '^#include <(boost/(asio|beast|json)|nlohmann|spdlog|toml\+\+|CLI)' server --include='*.h'); then
  # Third-party types stay in the .cc files and in x_impl.h headers, which only .cc files beside them include.
  hits=$(grep -vE '_impl\.h:' <<<"$hits" || true)
  [ -n "$hits" ] && { printf '%s\n' "$hits" | sed 's/^/third-party header in a header: /'; bad=1; }
fi
ban "exception across our interfaces" '(^|[^_a-zA-Z])throw [^(]' "${pure[@]}"
exit $bad
