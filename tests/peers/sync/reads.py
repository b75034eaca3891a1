#!/usr/bin/env python3
"""PagerDuty's own Python client reads what `dogwatch apply` made of a rehearsal, and agrees with `dogwatch show`: every
seat of the reference organisation, in each family, minute by minute for four weeks."""

import json
import sys
from datetime import datetime, timedelta, timezone

from synced import NOW, Synced

from client import client_of  # noqa: E402  (beside practice.py)


def instant(text):
    return datetime.fromisoformat(text).astimezone(timezone.utc)


# From when what was written holds, to the horizon.
SINCE = instant(NOW) + timedelta(minutes=1)
UNTIL = instant(NOW).replace(hour=0, minute=0, second=0) + timedelta(days=28)


def stretches(rows):
    """Who is on call between any two instants at which something changes, with equal neighbours joined."""
    rows = [(max(start, SINCE), min(end, UNTIL), who) for start, end, who in rows]
    rows = [row for row in rows if row[0] < row[1]]
    edges = sorted({edge for start, end, _ in rows for edge in (start, end)})
    out = []
    for start, end in zip(edges, edges[1:]):
        who = tuple(sorted({name for begins, ends, name in rows if begins <= start and end <= ends}))
        if out and out[-1][1] == start and out[-1][2] == who:
            out[-1] = (out[-1][0], end, who)
        elif who:
            out.append((start, end, who))
    return out


def shown(synced):
    """Stretches by the key of a seat, as the files have them."""
    answer = json.loads(synced.run("show", "--format", "json", "--from", SINCE.isoformat(), "--until", UNTIL.isoformat()))
    seats = {}
    for it in answer["shifts"]:
        key = it["rotation"] if it["seat"] == "primary" else f"{it['rotation']}.{it['seat']}"
        if it["person"] is not None:
            seats.setdefault(key, []).append((instant(it["start"]), instant(it["end"]), it["person"]))
    return {key: stretches(rows) for key, rows in seats.items()}


def read(synced):
    """The same, as PagerDuty's client reads it."""
    client = client_of(synced.practice)
    # People are known by their addresses, which are their keys.
    people = {it["id"]: it["email"].split("@")[0] for it in client.list_all("users")}
    window = {"since": SINCE.isoformat(), "until": UNTIL.isoformat(), "time_zone": "UTC"}
    seats = {}
    for it in client.list_all("schedules"):
        if "[dogwatch:" in (it["description"] or ""):
            final = client.rget(f"schedules/{it['id']}", params=window)["final_schedule"]
            rows = [
                (instant(row["start"]), instant(row["end"]), people[row["user"]["id"]])
                for row in final["rendered_schedule_entries"]
            ]
            seats[key_of(it["description"])] = stretches(rows)
    for reference in client.jget("v3/schedules", params={"limit": 1000})["schedules"]:
        window["include[]"] = "final_schedule"
        it = client.jget(f"v3/schedules/{reference['id']}", params=window)["schedule"]
        rows = [
            (instant(row["start_time"]), instant(row["end_time"]), people[row["member"]["user_id"]])
            for row in it["final_schedule"]["computed_shift_assignments"]
            if row["member"]["type"] == "user_member"
        ]
        seats[key_of(it["description"])] = stretches(rows)
    return seats


def key_of(description):
    return description.split("[dogwatch:")[1].rstrip("]").split(" ")[0]


def main():
    dogwatch = sys.argv[1]
    different = 0
    for family in ("layers", "shifts"):
        with Synced(dogwatch, family) as synced:
            synced.apply()
            wanted, found = shown(synced), read(synced)
        rows = 0
        for key in sorted(set(wanted) | set(found)):
            rows += len(wanted.get(key, []))
            if wanted.get(key) != found.get(key):
                different += 1
                extra = set(found.get(key, [])) ^ set(wanted.get(key, []))
                print(f"{family}, {key}: {sorted(extra)[:4]}", file=sys.stderr)
        print(f"sync, {family}: {len(wanted)} seats and {rows} stretches as PagerDuty's client reads them, {different} differ")
        if not rows:
            return 1
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
