#!/usr/bin/env bash
# Holds the graph, completions and manual pages to the programs that read them: Graphviz, Mermaid, an XML parser, Chromium,
# man and bash.
#
#   tests/peers/graph/run.sh [path of the dogwatch binary]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
dogwatch=$(realpath -m "${1:-$root/target/release/dogwatch}")
export PYTHONDONTWRITEBYTECODE=1
unset DOGWATCH_ZONE

if [[ ! -x $dogwatch ]]; then
  echo "no dogwatch at $dogwatch: build it, or name it" >&2
  exit 2
fi
for program in chromium dot node npm python3 man groff; do
  command -v "$program" >/dev/null || { echo "this needs $program" >&2; exit 2; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export MODULES=$root/target/peers-graph
mkdir -p "$MODULES"
if ! cmp -s "$here/package.json" "$MODULES/package.json" || [[ ! -d $MODULES/node_modules/mermaid ]]; then
  cp "$here/package.json" "$MODULES/"
  (cd "$MODULES" && npm install --no-audit --no-fund --loglevel=error)
fi

# Every graph in every format: CASE.json, CASE.dot, CASE.mmd, CASE.svg.
cases=()
draw() {
  local case=$work/$1
  shift
  local format
  for format in json dot svg; do
    "$dogwatch" --now 2026-11-24T15:00:00Z --format "$format" "$@" >"$case.$format"
  done
  "$dogwatch" --now 2026-11-24T15:00:00Z --format mermaid "$@" >"$case.mmd"
  cases+=("$case")
}
draw whole -C "$root" graph
draw people -C "$root" graph --people
draw alert -C "$root" graph web-client cause=api
draw only -C "$root" graph search-api severity=critical --only --people
draw seat -C "$root" graph storage-ops.secondary
draw person -C "$root" graph @finn --only --people
draw before -C "$root/examples/before-the-split" graph
draw two -C "$root/examples/two-people" graph
draw sun -C "$root/examples/follow-the-sun" graph
draw moj -C "$root/examples/ministry-of-justice" graph
draw hostile -C "$root/tests/cases/graph/hostile" graph
draw hostile-people -C "$root/tests/cases/graph/hostile" graph --people
draw hostile-alert -C "$root/tests/cases/graph/hostile" graph 'a"b=<x>&"' 'cause="<&>|'

python3 "$here/compare.py" "${cases[@]}"
node "$here/mermaid.mjs" "${cases[@]}"

# Manual pages without a warning, and with every command.
"$dogwatch" man --out "$work/man" >/dev/null
for page in "$work"/man/*.1; do
  groff -man -Tutf8 -ww "$page" >/dev/null 2>"$work/warnings"
  if [[ -s $work/warnings ]]; then
    echo "groff warns of $(basename "$page"):" >&2
    cat "$work/warnings" >&2
    exit 1
  fi
  MANWIDTH=100 man --warnings=w -l "$page" >"$work/page.txt" 2>"$work/warnings"
  if [[ -s $work/warnings ]]; then cat "$work/warnings" >&2; exit 1; fi
  grep -q "^NAME" "$work/page.txt" || { echo "$page has no name" >&2; exit 1; }
done
# An example stands on a line of its own, its columns kept.
MANWIDTH=100 man -l "$work/man/dogwatch-who.1" | sed 's/\x1b\[[0-9;]*m//g; s/.\x08//g' >"$work/who.txt"
grep -q "^ *dogwatch who @vera$" "$work/who.txt" || { echo "the examples of \`who\` are run together" >&2; exit 1; }
echo "$(ls "$work"/man/*.1 | wc -l) manual pages render without a warning"

# bash loads the script, and completes commands, options and values with it.
"$dogwatch" completions bash >"$work/dogwatch.bash"
bash -n "$work/dogwatch.bash"
complete_words() {
  bash --norc --noprofile -c '
    source "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _dogwatch "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
    printf "%s\n" "${COMPREPLY[@]}"' bash "$work/dogwatch.bash" "$@"
}
expect() {
  local wanted=$1
  shift
  local found
  found=$(complete_words "$@" | sort | tr '\n' ' ')
  [[ $found == "$wanted" ]] || { echo "\`$*\` completes to: $found, not: $wanted" >&2; exit 1; }
}
expect "graph " dogwatch gra
expect "--only " dogwatch graph --on
expect "elvish " dogwatch completions el
expect "powershell " dogwatch completions p
expect "always auto never " dogwatch --color ""
echo "bash completes commands, options and values"

python3 "$here/fits.py" "${cases[@]/%/.svg}"
