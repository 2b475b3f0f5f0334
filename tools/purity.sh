#!/usr/bin/env bash
# purity.sh BUILD_DIR: the pure libraries need no system call, clock, thread or entropy symbol. What
# the compiler saw, not what the source says: it also catches what came in through a header.
set -euo pipefail
build=${1:?usage: purity.sh BUILD_DIR}

banned='^(socket|bind|connect|listen|accept4?|send|sendto|sendmsg|sendmmsg|recv|recvfrom|recvmsg|recvmmsg|poll|epoll_.*|select|open|openat|read|write|close|ioctl|fcntl|eventfd|timerfd_.*|clock_gettime|gettimeofday|time|nanosleep|usleep|sleep|pthread_create|pthread_mutex_.*|pthread_cond_.*|getrandom|getentropy|rand|random|srand|arc4random|fopen|fread|fwrite|system|fork|execv.*|_ZNSt6thread.*|_ZNSt6chrono.*clock.*now.*|_ZNSt13random_device.*)(@.*)?$'
# transport/ stands on OpenSSL, whose own entropy it needs for certificates and DTLS (decisions 28).
libraries=$(find "$build/server" -name 'libconclave_*.a' | grep -vE 'libconclave_(io|app)\.a')
[ -n "$libraries" ] || { echo "purity.sh: no library in $build"; exit 1; }

bad=0
for library in $libraries; do
  # check.cc may print and abort: that is the end of the process anyway.
  symbols=$(nm -u --no-demangle "$library" 2>/dev/null | awk '/:$/ {object = $0} / U / {print object, $2}' |
    grep -v '^check.cc.o:' | awk '{print $2}' | sort -u | grep -E "$banned" || true)
  if [ -n "$symbols" ]; then
    echo "$(basename "$library") needs: $(tr '\n' ' ' <<<"$symbols")"
    bad=1
  fi
done
exit $bad
