#!/usr/bin/env bash
# Holds `dogwatch report hours` to a count by the minute, made in Python by zoneinfo from the shifts that `show` gives and from
# the words of docs/people.md: a year of the reference organisation, by month, person, seat and kind of hour.
#
#   tests/peers/hours/run.sh [path of the dogwatch binary]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
dogwatch=$(realpath -m "${1:-$root/target/release/dogwatch}")
export PYTHONDONTWRITEBYTECODE=1
unset DOGWATCH_ZONE
# Rules of PyPI's tzdata, not of the machine: those may be older than the ones Dogwatch brings (Vancouver, November 2026).
export PYTHONTZPATH=

if [[ ! -x $dogwatch ]]; then
  echo "no dogwatch at $dogwatch: build it, or name it" >&2
  exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for zone in America/Los_Angeles Europe/Dublin; do
  span=(--from 2026-01-01 --until 2027-01-01)
  "$dogwatch" -C "$root" --zone "$zone" --format json show "${span[@]}" >"$work/show.json"
  "$dogwatch" -C "$root" --zone "$zone" --format json report hours "${span[@]}" >"$work/report.json"
  python3 "$here/minutes.py" "$root/rotations" "$work/show.json" "$work/report.json" "$zone"
done
