#!/usr/bin/env python3
"""Every body that `dogwatch apply` sends, for a first apply and for mixed changes in each family, against PagerDuty's
OpenAPI document, when it is at hand: see ../rehearse/openapi.py for where it is looked for, and why it is not here.

That a field is read-only is ignored, as the document has it of the `id` and `type` of every reference. What we send that it
does not have is listed below by name, with the reason.
"""

import json
import os
import re
import sys
from pathlib import Path

from synced import ROOT, Synced

from openapi import Validator, at, leaves  # noqa: E402  (beside practice.py)

# The place in a body, without indices, and why the schema is not held there.
EXCEPTIONS = {
    "schedule.schedule_layers.end": "null is needed: left out, an end that is there would stay; the schema has a text",
}


def main():
    dogwatch = sys.argv[1]
    path = Path(os.environ.get("DOGWATCH_PAGERDUTY_OPENAPI") or ROOT.parent / "shared/pagerduty/openapi-subset.json")
    if not path.is_file():
        print(f"sync, request bodies: NOT HELD to PagerDuty's document, which is not at {path}")
        return 0
    document = json.loads(path.read_text(encoding="utf-8"))
    templates = {re.compile(re.sub(r"\{[^}]*\}", "[^/]+", it) + "$"): it for it in document["paths"]}
    wrong, met, operations, held = set(), set(), {}, 0
    for family in ("layers", "shifts"):
        with Synced(dogwatch, family) as synced:
            synced.apply()
            mix(synced)
            synced.apply()
        # Only what changes something has a body; the log is whole when the rehearsal has ended.
        for line in synced.lines:
            if line.get("body") is None or line["method"] == "GET":
                continue
            held += 1
            fits = [it for pattern, it in templates.items() if pattern.match(line["path"])]
            # `/schedules/preview` is no schedule of that name.
            template = min(fits, key=lambda it: it.count("{"), default=None)
            name = f"{line['method']} {template or line['path']}"
            operations[name] = operations.get(name, 0) + 1
            if template is None or line["method"].lower() not in document["paths"][template]:
                wrong.add(f"{name}: not in the document")
                continue
            for place, message in errors(document, line["method"].lower(), template, line["body"]):
                if place in EXCEPTIONS:
                    met.add(place)
                else:
                    wrong.add(f"{name}: {place}: {message[:200]}")
    for row in sorted(wrong):
        print(row, file=sys.stderr)
    unmet = sorted(set(EXCEPTIONS) - met)
    if unmet:
        print(f"listed as exceptions, and not met: {', '.join(unmet)}", file=sys.stderr)
    print(f"sync, request bodies: {held} of {len(operations)} operations, {len(wrong)} differ; exceptions: {', '.join(sorted(met))}")
    return 1 if wrong or unmet or not held else 0


def mix(synced):
    """People, order, hours, names, overrides, delays: something of each."""
    synced.change("visibility.toml", '"yusuf", "hana", "petra"', '"hana", "petra"')
    synced.change("visibility.toml", '"Visibility"', '"Visibility and metrics"')
    synced.change("storage-ops.toml", '"hugo", "kofi", "sunniva", "gita", "cleo"', '"hugo", "kofi", "gita", "cleo", "sunniva"')
    synced.change("escalation.toml", 'after = "5m"', 'after = "6m"')
    with open(synced.rotations / "storage-ops.toml", "a", encoding="utf-8") as file:
        file.write('\n[[overrides]]\nperson = "cleo"\nfrom = 2026-12-01T09:00:00\nuntil = 2026-12-02T09:00:00\n')


def errors(document, method, template, body):
    operation = document["paths"][template][method]
    request = operation.get("requestBody")
    if request is None:
        return [("", "the document has no body there")] if body else []
    while "$ref" in request:
        request = at(document, request["$ref"])
    schema = request["content"]["application/json"]["schema"]
    found = []
    for error in Validator({**document, "allOf": [schema]}).iter_errors(body):
        for leaf in leaves(error):
            if leaf.instance is None and isinstance(leaf.schema, dict) and leaf.schema.get("nullable"):
                continue
            place = ".".join(str(it) for it in leaf.absolute_path if not isinstance(it, int))
            found.append((place, leaf.message))
    return found


if __name__ == "__main__":
    sys.exit(main())
