#!/usr/bin/env bash
# Runs fresh_environment.sh in Debians that have Python and nothing else: made by debootstrap, entered
# by chroot in namespaces of their own, and kept in /var/tmp/distro for the next time. As root.
#
#   distributions.sh WHEEL                      Debian 11, 12 and 13
#   distributions.sh WHEEL bullseye trixie      these
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,6p' "$0"; exit 2; }
wheel=$(realpath "$1"); shift
script=$(realpath "$(dirname "$0")/fresh_environment.sh")
[ $# -gt 0 ] || set -- bullseye bookworm trixie

for suite; do
  root=/var/tmp/distro/$suite
  if [ ! -x "$root/usr/bin/python3" ]; then
    rm -rf --one-file-system "$root"
    debootstrap --variant=minbase --include=python3,python3-venv "$suite" "$root" >"$root.log" 2>&1 ||
      { tail -n 5 "$root.log"; exit 1; }
  fi
  mkdir -p "$root/srv/wheel"
  rm -f "$root"/srv/wheel/*
  cp "$wheel" "$script" "$root/srv/wheel/"
  echo "== $suite"
  ROOT=$root WHEEL=${wheel##*/} unshare --mount --pid --fork bash -c '
    set -e
    mount --make-rprivate /
    mount -t proc proc "$ROOT/proc"
    mount -t tmpfs tmp "$ROOT/tmp"
    mount --bind /dev "$ROOT/dev"
    mkdir -p "$ROOT/dev/shm"
    mount -t tmpfs shm "$ROOT/dev/shm"
    exec env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin HOME=/tmp \
      chroot "$ROOT" bash /srv/wheel/fresh_environment.sh "/srv/wheel/$WHEEL"
  '
done
