# Sourced by run.sh and test.sh: installs what a bare Debian 12 lacks. Not a program of its own.
# shellcheck shell=bash

BUILD_PACKAGES=(
  ca-certificates ccache cmake g++ git libargon2-dev libboost1.81-dev libcli11-dev libfmt-dev libspdlog-dev
  libprotobuf-dev libssl-dev libtomlplusplus-dev mold ninja-build pkg-config
  protobuf-compiler zlib1g-dev
)
# ipsec-mb exists for amd64 only; elsewhere SRTP runs on OpenSSL.
[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] && BUILD_PACKAGES+=(libipsec-mb-dev)
# Only the tests and benchmarks need these.
TEST_PACKAGES=(
  chromium clang clang-format-14 debootstrap espeak-ng ffmpeg firefox-esr fonts-dejavu-core
  gstreamer1.0-nice gstreamer1.0-plugins-bad gstreamer1.0-plugins-good
  iproute2 libclang-rt-14-dev libgmock-dev libgstreamer-plugins-bad1.0-dev libgtest-dev
  libsrtp2-dev lld nftables procps pulseaudio
)

say() { printf '\n== %s\n' "$*"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# install_packages PACKAGE...: apt-get installs those that are missing; asks nothing.
install_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null)" = "ii " ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  say "installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
}

# Debian 12's Node.js 18 is too old for the web tools, and its npm 9 reports success where a script
# of a workspace failed. They only fetch these two, from the npm packages of the same names.
NODE_VERSION=24.21.0
NPM_VERSION=11.21.2

# install_npm: the web tools, by the lock file.
install_npm() {
  local pinned="$PWD/build/node" packages="node@$NODE_VERSION npm@$NPM_VERSION"
  if [ "$(cat "$pinned/installed" 2>/dev/null)" != "$packages" ]; then
    command -v npm >/dev/null || install_packages nodejs npm
    say "installing $packages"
    mkdir -p "$pinned"
    # shellcheck disable=SC2086 # Two words.
    npm install --prefix "$pinned" --no-save --no-audit --no-fund --loglevel=error $packages
    echo "$packages" >"$pinned/installed"
  fi
  PATH="$pinned/node_modules/.bin:$PATH"
  export PATH
  if ! cmp -s package-lock.json node_modules/.conclave-lock; then
    say "installing npm packages"
    # The scripts of dependencies stay off.
    # (`npm install --no-save` obeys the lock file as `npm ci` does, but forgives entries that are
    # missing because a registry lacks a package for another operating system.)
    npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.conclave-lock
  fi
}

# build_server PRESET [TARGET...]
build_server() {
  local preset=$1
  shift
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
  ninja -C "build/$preset" --quiet "$@"
}

# build_web: web/app/dist, only when a source is newer.
build_web() {
  if [ -f web/app/dist/index.html ] &&
    [ -z "$(find web protocol package-lock.json -newer web/app/dist/index.html -type f \
      -not -path '*/node_modules/*' -not -path '*/dist/*' -not -name '*_pb.ts' -not -name '*_worker_text.ts' -print -quit)" ]; then
    return 0
  fi
  say "building the web client"
  npm run --silent build
}
