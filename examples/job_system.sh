#!/usr/bin/env bash
# A job system of two commands: a pipe puts jobs into a queue, and takers on any number of hosts work
# on them. Here ten takers, two commands each at a time, make the checksum of every file below a
# directory. One of the takers is killed in the middle, and its jobs are done all the same.
#
#   examples/job_system.sh [DIRECTORY]
#
# syncctl and syncmanagerd must be on the PATH, as they are in an environment with the wheel.
set -euo pipefail

files=$(realpath "${1:-.}")
work=$(mktemp -d)
export SYNCMANAGER_URL=unix:$work/socket SYNCMANAGER_AUTHKEY_FILE=$work/key sums=$work/sums
takers=()
trap 'kill "${takers[@]}" "$manager" 2>/dev/null; wait; rm -rf "$work"' EXIT

syncctl keygen "$work/key" >"$work/log"
syncmanagerd --listen "$SYNCMANAGER_URL" --authkey-file "$work/key" --log-level off >"$work/log" &
manager=$!

# Each taker could run on a host of its own. It begins before there is a queue, and waits for it.
for host in {1..10}; do
  syncctl take jobs --wait -j 2 -- sh -c 'sha256sum "$1" >>"$sums"' sh {} &
  takers+=($!)
done

find "$files" -type f -print0 | syncctl put jobs - --null --as bytes --wait

# Once some jobs are done, a taker dies without a word. Others get the jobs that it had in hand.
until [ -s "$sums" ]; do sleep 0.1; done
kill -9 "${takers[0]}"

syncctl join jobs
echo "$(find "$files" -type f | wc -l) files, $(sort -u "$sums" | wc -l) checksums; a taker was killed"
find "$files" -type f -exec sha256sum {} + | sort | cmp - <(sort -u "$sums")
echo "all as sha256sum says"
