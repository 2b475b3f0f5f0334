#!/usr/bin/env bash
# Builds conclave_VERSION_ARCHITECTURE.deb from the release build and the built web client.
#
#   deploy/debian/build.sh OUTPUT_DIR
#
# Needs no root. The same inputs give the same file: times come from the last commit.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
[ $# = 1 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$1"
output=$(cd "$1" && pwd)
cd "$root"
umask 022

binary=build/release/server/app/conclave
[ -x "$binary" ] || { echo "build.sh: $binary is missing; run ./run.sh build" >&2; exit 1; }
load=build/release/tests/load/conclave-load
[ -x "$load" ] || { echo "build.sh: $load is missing; run ./run.sh package" >&2; exit 1; }
[ -f web/app/dist/index.html ] || { echo "build.sh: web/app/dist is missing; run ./run.sh build" >&2; exit 1; }

version=$("$binary" --version | awk '{print $2}')
architecture=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
install -D -m 0755 "$binary" "$tree/usr/bin/conclave"
install -D -m 0755 "$load" "$tree/usr/bin/conclave-load"
strip --strip-unneeded --remove-section=.comment "$tree"/usr/bin/conclave{,-load}
install -D -m 0755 tests/load/conclave-load-media "$tree/usr/bin/conclave-load-media"
mkdir -p "$tree/usr/share/conclave"
cp -R --no-preserve=mode,ownership web/app/dist "$tree/usr/share/conclave/web"
install -D -m 0644 deploy/conclave.service "$tree/lib/systemd/system/conclave.service"
install -D -m 0644 deploy/conclave.sysctl "$tree/usr/lib/sysctl.d/60-conclave.conf"
install -D -m 0644 deploy/conclave.toml "$tree/etc/conclave/conclave.toml"

doc=$tree/usr/share/doc/conclave
install -D -m 0644 deploy/debian/copyright "$doc/copyright"
gzip -9n <CHANGELOG.md >"$doc/CHANGELOG.md.gz"
gzip -9n >"$doc/changelog.gz" <<CHANGES
conclave ($version) bookworm; urgency=medium

  * What changed: CHANGELOG.md.gz.

 -- Conclave maintainers <maintainers@conclave.example>  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
CHANGES

# The libraries that the binaries were linked with, by the packages that are installed here.
mkdir "$work/debian"
cp deploy/debian/control.in "$work/debian/control"
(cd "$work" && dpkg-shlibdeps -O --ignore-missing-info tree/usr/bin/conclave tree/usr/bin/conclave-load 2>/dev/null) >"$work/depends"
depends=$(sed -n 's/^shlibs:Depends=//p' "$work/depends")
[ -n "$depends" ] || { echo "build.sh: dpkg-shlibdeps found no dependencies" >&2; exit 1; }

mkdir "$tree/DEBIAN"
{
  echo "Package: conclave"
  echo "Version: $version"
  echo "Architecture: $architecture"
  echo "Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f1)"
  echo "Depends: $depends"
  # What the source and the package have in common, then the package's own description.
  sed -n '/^Section:\|^Priority:\|^Maintainer:/p' deploy/debian/control.in
  sed -n '/^Description:/,$p' deploy/debian/control.in
} >"$tree/DEBIAN/control"
echo /etc/conclave/conclave.toml >"$tree/DEBIAN/conffiles"
for script in postinst prerm postrm; do
  install -m 0755 "deploy/debian/$script" "$tree/DEBIAN/$script"
done
(cd "$tree" && find usr lib etc -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
chmod 0644 "$tree"/DEBIAN/{control,conffiles,md5sums}

if command -v systemd-analyze >/dev/null; then
  # With the binary of this tree, since none is installed here.
  sed "s|^ExecStart=/usr/bin/conclave|ExecStart=$tree/usr/bin/conclave|" deploy/conclave.service \
    >"$work/conclave.service"
  complaints=$(systemd-analyze verify --man=no "$work/conclave.service" 2>&1 | grep -F conclave.service || true)
  [ -z "$complaints" ] || { printf 'build.sh: the unit is faulty:\n%s\n' "$complaints" >&2; exit 1; }
fi

package=$output/conclave_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$tree" "$package" >/dev/null
echo "$package"
