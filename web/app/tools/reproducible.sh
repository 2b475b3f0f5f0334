#!/usr/bin/env bash
# Builds the web client twice, in two folders of different names and depths, at different times and in
# different languages, and fails unless every byte is the same. So whoever builds a release from its
# source can tell by one hash (sha256sum release.sha384) whether a server serves just that.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../../.." && pwd)
mkdir -p "$root/build"
work=$(mktemp -d "$root/build/reproducible-XXXXXX")
trap 'rm -rf "$work"' EXIT

# build_in FOLDER LANGUAGE: the tree as it is, without what was generated or built.
build_in() {
  mkdir -p "$1"
  (cd "$root" && git ls-files -z --cached --others --exclude-standard -- \
    web protocol tests/e2e/package.json tests/interop/package.json package.json package-lock.json tsconfig.base.json |
    tar --null --files-from=- --ignore-failed-read -cf -) | tar -C "$1" -xf -
  # Links to the same files: 250 MB need not be copied. The workspaces' own links are relative.
  (cd "$root" && find . -maxdepth 3 -name node_modules -not -path './build/*' -prune) |
    while read -r modules; do cp -al "$root/$modules" "$1/$modules"; done
  (cd "$1" && LC_ALL=$2 TZ=$3 npm run --silent build >build.log 2>&1) || { cat "$1/build.log"; exit 1; }
}

build_in "$work/a" C UTC
build_in "$work/another/of/some depth" C.UTF-8 Asia/Tokyo
first=$work/a/web/app/dist
second="$work/another/of/some depth/web/app/dist"
diff -r "$first" "$second"
(cd "$first" && sha384sum --check --quiet release.sha384)
# Scripts that nothing checks would make the rest worthless: all are in the import map, and workers are
# text within them. Worklets cannot be: the script that starts one knows its hash.
page=$(<"$first/index.html")
while read -r script; do
  case $page in *"\"/$script\":\"sha384-"*) continue ;; esac
  hash=$(openssl dgst -sha384 -binary "$first/$script" | base64 -w 0)
  case $script in *orklet*) grep -qF "sha384-$hash" "$first"/assets/*.js && continue ;; esac
  echo "$script has no integrity"
  exit 1
done < <(cd "$first" && find assets -name '*.js')
# In worklets there is neither; what is compiled to WebAssembly only asks whether there is.
if grep -lE 'new Worker\(new URL|importScripts' "$first"/assets/*.js | grep -v '/worklet'; then
  echo "a worker from a file, which nothing checks"
  exit 1
fi
echo "reproducible: release=$(sha256sum <"$first/release.sha384" | cut -d' ' -f1) files=$(wc -l <"$first/release.sha384")"
