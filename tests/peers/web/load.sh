#!/usr/bin/env bash
# Measures the web view on the loopback: rates of `who` and `/healthz`, memory, a thousand idle connections, slow and hostile
# clients, a thousand rotations that change under load. By hand, not part of .ci/run; needs Debian's `wrk` and Python 3.
#
#   tests/peers/web/load.sh [path of the dogwatch binary [seconds of the memory run]]
#
# The memory run takes 60 seconds if nothing is said; figures in BENCHMARKS.md are of 600.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
dogwatch=$(realpath -m "${1:-$root/target/release/dogwatch}")
seconds=${2:-60}
place=$(mktemp -d)
unset DOGWATCH_ZONE DOGWATCH_TOKEN DOGWATCH_FEED_KEY
export PYTHONDONTWRITEBYTECODE=1
ulimit -n 8192 2>/dev/null || ulimit -n "$(ulimit -Hn)"

pid=
stop() { [[ -n $pid ]] && kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; pid=; true; }
trap 'stop; rm -rf "$place"' EXIT

serve() {
  "$dogwatch" "$@" >"$place/url" 2>"$place/log" &
  pid=$!
  for _ in $(seq 600); do
    [[ -s $place/url ]] && break
    sleep 0.1
  done
  url=$(sed -n 's|.* at \(http://[^/]*\)/$|\1|p' "$place/url")
  [[ -n $url ]] || { cat "$place/log" >&2; exit 1; }
}
resident() { awk '/^VmRSS/ { print int($2 / 1024) " MiB" }' "/proc/$pid/status"; }

echo "-- rates, by turns: both on the same cores"
serve -C "$root" serve --listen 0 --connections 2048
who="$url/api/v1/who?name=search-api"
rate() { wrk -t1 -c32 -d"${2:-5}s" --latency "$1" | awk '/Requests\/sec/ { r = $2 } /99%/ { p = $2 } /Non-2xx/ { bad = $0 } END { print r, p, bad }'; }
rate "$who" 1 >/dev/null
sums=(0 0)
for turn in 1 2 3; do
  read -r rw pw badw < <(rate "$who")
  read -r rh ph badh < <(rate "$url/healthz")
  printf 'turn %s: who %8s/s (p99 %s), healthz %8s/s (p99 %s), ratio %s %s%s\n' "$turn" "$rw" "$pw" "$rh" "$ph" \
    "$(awk "BEGIN { printf \"%.2f\", $rw / $rh }")" "$badw" "$badh"
  sums=("$(awk "BEGIN { print ${sums[0]} + $rw }")" "$(awk "BEGIN { print ${sums[1]} + $rh }")")
done
awk "BEGIN { r = ${sums[0]} / ${sums[1]}; printf \"ratio over all turns %.2f\n\", r; exit !(r >= 0.5) }" || { echo "who is slower than half of healthz" >&2; exit 1; }

echo "-- memory, $seconds seconds of who, pages, calendars, feeds and a different question each time"
before=$(resident)
python3 "$here/load.py" mixed "$url" "$seconds" "$pid"
echo "resident before $before, after $(resident)"

echo "-- a thousand idle connections"
python3 "$here/load.py" idle "$url" 1000 "$pid"
stop

echo "-- a thousand rotations that change under load"
python3 "$here/load.py" rotations "$place/org" 1000 v0
serve -C "$place/org" --now 2026-12-08T18:00:00Z serve --listen 0 --poll 1s
python3 "$here/load.py" changes "$url" "$place/org" 1000
stop
