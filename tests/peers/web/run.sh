#!/usr/bin/env bash
# Lets others look at the web view: a browser and axe, Schemathesis, a reader of calendars. Leaves pictures in target/pictures/.
#
#   tests/peers/web/run.sh [path of the dogwatch binary [docs/pictures]]
#
# With a folder after the binary, the pictures that the documents show are made anew there. Measuring is load.sh beside it.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
dogwatch=$(realpath -m "${1:-$root/target/release/dogwatch}")
documents=${2:+$(realpath -m "$2")}
place=$root/target/web
unset DOGWATCH_ZONE DOGWATCH_TOKEN DOGWATCH_FEED_KEY
export PYTHONDONTWRITEBYTECODE=1

if [[ ! -x $dogwatch ]]; then
  echo "no dogwatch at $dogwatch: build it, or name it" >&2
  exit 2
fi
mkdir -p "$place" "$root/target/pictures"
if ! cmp -s "$here/package.json" "$place/package.json" || [[ ! -d $place/node_modules/axe-core ]]; then
  cp "$here/package.json" "$place/"
  npm install --prefix "$place" --no-package-lock --no-audit --no-fund --silent
fi
cp "$here/walk.mjs" "$place/"
cd "$root"

pids=()
stop() { for it in "${pids[@]}"; do kill "$it" 2>/dev/null || true; done; wait 2>/dev/null || true; }
trap stop EXIT

# Starts a server and says where it is.
serve() {
  local name=$1
  shift
  "$dogwatch" --now 2026-12-08T18:00:00Z serve --listen 0 "$@" >"$place/$name.url" 2>"$place/$name.log" &
  pids+=($!)
  for _ in $(seq 300); do
    [[ -s $place/$name.url ]] && break
    sleep 0.1
  done
  url=$(sed -n 's|.* at \(http://[^/]*\)/$|\1|p' "$place/$name.url")
  [[ -n $url ]] || { cat "$place/$name.log" >&2; exit 1; }
}

echo "-- a browser"
serve pages --history tests/cases/episodes.jsonl
node "$place/walk.mjs" "$url" "$root/target/pictures" ${documents:+"$documents"}

echo "-- Schemathesis"
# It keeps what it found where it runs. Checks: no 5xx, every status, type, header and body as the document says; what is not allowed is refused.
(cd "$place" && schemathesis run "$url/api/v1/openapi.json" --url "$url" --max-examples "${EXAMPLES:-25}" --seed 7 \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method \
  --no-color >"$place/schemathesis.txt" 2>&1) || { tail -80 "$place/schemathesis.txt"; exit 1; }
grep -E "Test cases|passed|generated|Operations" "$place/schemathesis.txt" | head -8

echo "-- calendar feeds"
token=$(printf 'peers-%s' "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')")
umask 077
printf '%s\n' "$token" >"$place/token"
od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$place/feed.key"
serve feeds --token-file "$place/token" --feed-key "$place/feed.key"
python3 "$here/feeds.py" "$url" "$token"
if grep -q "$token" "$place/feeds.log" "$place/feeds.url"; then
  echo "the token is in the log" >&2
  exit 1
fi
