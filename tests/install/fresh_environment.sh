#!/usr/bin/env bash
# The README's commands for the wheel, on a machine that has Python and nothing else of ours: a new
# virtual environment, the wheel, its self test, a queue from the shell, and the job system.
#
#   fresh_environment.sh WHEEL      exit status 0: all of it works
set -euo pipefail
wheel=$(realpath "$1")
folder=$(mktemp -d)
trap 'kill "${manager:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
# The directory of the manager's socket and key.
export XDG_RUNTIME_DIR=$folder/run
mkdir -m 700 run

python3 -m venv environment
. environment/bin/activate
pip install --no-index --quiet "$wheel"
python3 -m syncmanager

syncmanagerd --log-level=warn &
manager=$!
until syncctl put jobs a.png b.png 2>/dev/null; do
  kill -0 "$manager"
done
[ "$(syncctl get jobs --timeout 5)" = a.png ]
[ "$(syncctl get jobs --timeout 5)" = b.png ]
syncctl set status phase counting
[ "$(python3 -c 'import syncmanager; print(syncmanager.connect().named("status").Namespace().phase)')" = counting ]

# The README's job system, with a taker that is killed.
mkdir files && for number in {1..40}; do echo "$number" >"files/$number.png"; done
syncctl take pictures --wait -j 2 -- sh -c 'cat "$1" >>done; exec sleep 1000' sh {} &
victim=$!
find files -name '*.png' | syncctl put pictures -
until [ "$(sort -u done 2>/dev/null | wc -l)" -eq 2 ]; do
  kill -0 "$victim"
  sleep 0.1
done
kill -9 "$victim"
syncctl take pictures -j 4 -- sh -c 'cat "$1" >>done' sh {} &
taker=$!
syncctl join pictures --timeout 1min
[ "$(sort -nu done | xargs)" = "$(seq 40 | xargs)" ]
kill "$taker"
wait "$taker" || [ $? -eq 143 ]
kill "$manager"
wait "$manager"

pip uninstall --quiet --yes syncmanager
! ls environment/bin/sync* environment/lib/python*/site-packages/syncmanager* 2>/dev/null
echo "The wheel works here: $(. /etc/os-release && echo "$PRETTY_NAME"), $(python3 --version)"
