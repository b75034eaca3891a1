#!/usr/bin/env bash
# Opens every page and picture that Dogwatch makes in a browser: nothing may complain, nothing may be asked of anybody.
# Leaves what it saw in target/pictures/.
#
#   tests/peers/browser/run.sh [path of the dogwatch binary [docs/pictures]]
#
# With a folder after the binary, the pictures that the documents show are made anew there.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
dogwatch=$(realpath -m "${1:-$root/target/release/dogwatch}")
documents=${2:+$(realpath -m "$2")}
place=$root/target/browser
unset DOGWATCH_ZONE

if [[ ! -x $dogwatch ]]; then
  echo "no dogwatch at $dogwatch: build it, or name it" >&2
  exit 2
fi

mkdir -p "$place" "$root/target/pictures"
if ! cmp -s "$here/package.json" "$place/package.json" || [[ ! -d $place/node_modules/playwright-core ]]; then
  cp "$here/package.json" "$place/"
  npm install --prefix "$place" --no-package-lock --no-audit --no-fund --silent
fi
cp "$here/look.mjs" "$here/pages.mjs" "$place/"
cd "$root"
exec node "$place/look.mjs" "$dogwatch" "$root/target/pictures" ${documents:+"$documents"}
