#!/usr/bin/env bash
# Holds every figure of `dogwatch fit` to a computation from docs/fit.md, written apart from it, in Python: on the
# incidents of examples/uci-servicenow-incidents, and on generated episodes with an organisation. To the last digit.
#
#   tests/peers/fit/run.sh [path of the dogwatch binary]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
dogwatch=$(realpath -m "${1:-$root/target/release/dogwatch}")
example=$root/examples/uci-servicenow-incidents
export PYTHONDONTWRITEBYTECODE=1
unset DOGWATCH_ZONE

if [[ ! -x $dogwatch ]]; then
  echo "no dogwatch at $dogwatch: build it, or name it" >&2
  exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$dogwatch" -C "$example" --format json fit "$example/incident_event_log.csv.gz" --mapping "$example/mapping.toml" >"$work/uci.json"
python3 "$here/figures.py" uci "$example/incident_event_log.csv.gz" "$work/uci.json"

for seed in 1 2 3; do
  python3 "$here/generate.py" "$seed" "$work/org" >"$work/episodes.jsonl"
  "$dogwatch" -C "$work/org" --zone Europe/Dublin --format json fit "$work/episodes.jsonl" >"$work/found.json"
  python3 "$here/figures.py" lines "$work/episodes.jsonl" "$work/found.json"
done
