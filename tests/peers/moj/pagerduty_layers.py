#!/usr/bin/env python3
"""Who is on call, by PagerDuty's rules for layers: from the JSON of schedules to a list of shifts.

A second opinion on Dogwatch's calendars that shares nothing with it: Python's standard library
only, time zones from `zoneinfo`. The rules, for one schedule:

* Turn k of a layer begins k turn lengths after its virtual start, and belongs to
  `users[k mod n]`. The virtual start may lie before the layer's start or after it: k is floored,
  so turns before the virtual start have negative numbers and the order still holds.
* A turn of whole days keeps the wall clock in the schedule's zone. Any other turn is elapsed
  seconds; what PagerDuty really does with those over a clock change is not documented.
* Restrictions hide, they do not pause: turns go on outside the windows. A window is civil time in
  the schedule's zone, and so is its length.
* A layer holds from `start` to `end` (none: for ever). The last layer that is active wins; what it
  covers comes back when it goes.
* A civil time shown twice is the first, a skipped one is the moment of the jump. PagerDuty
  documents neither.

The answer is a JSON list of {schedule, start, end, person}: UTC, end excluded, clipped to the
span, in the order of the schedules and then of time. One row is one turn as far as it goes on
unbroken; two turns are two rows, even of the same person.

    pagerduty_layers.py schedules.json --from 2025-01-01 --until 2026-01-01
    pagerduty_layers.py --self-test
"""

import argparse
import json
import sys
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = 86_400
FOREVER = 1 << 62


def render(schedules, since, until):
    """The shifts of `schedules` in [since, until), both in seconds since 1970."""
    rows = []
    for schedule in schedules:
        zone = ZoneInfo(schedule["time_zone"])
        shown = []
        for layer in schedule["layers"]:
            painted = layer_shifts(layer, zone, since, until)
            shown = [left for row in shown for left in uncovered(row, painted)] + painted
        rows += [
            {"schedule": schedule["name"], "start": utc(start), "end": utc(end), "person": person}
            for start, end, person in sorted(shown)
        ]
    return rows


def layer_shifts(layer, zone, since, until):
    """(start, end, person) of one layer by itself."""
    since = max(since, instant(layer["start"]))
    until = min(until, instant(layer["end"]) if layer.get("end") else FOREVER)
    if since >= until:
        return []
    windows = active(layer["restrictions"], zone, since, until)
    users = layer["users"]
    return [
        (max(start, opens), min(end, closes), users[k % len(users)])
        for k, start, end in turns(layer, zone, since, until)
        for opens, closes in windows
        if max(start, opens) < min(end, closes)
    ]


def turns(layer, zone, since, until):
    """(k, start, end) of every turn that touches [since, until)."""
    length = layer["rotation_turn_length_seconds"]
    anchor = instant(layer["rotation_virtual_start"])
    if length % DAY == 0:
        civil = datetime.fromtimestamp(anchor, zone).replace(tzinfo=None)

        def handoff(k):
            return resolve(civil + timedelta(seconds=k * length), zone)
    else:

        def handoff(k):
            return anchor + k * length

    # Two turns early, because a clock change moves the elapsed quotient by one turn at most.
    k = (since - anchor) // length - 2
    while handoff(k) < until:
        if handoff(k + 1) > since:
            yield k, handoff(k), handoff(k + 1)
        k += 1


def active(restrictions, zone, since, until):
    """The windows in which a layer is active, in order, joined where they meet, clipped."""
    if not restrictions:
        return [(since, until)]
    first = datetime.fromtimestamp(since, zone).date() - timedelta(days=8)
    last = datetime.fromtimestamp(until, zone).date()
    spans = []
    for restriction in restrictions:
        opens = time.fromisoformat(restriction["start_time_of_day"])
        length = timedelta(seconds=restriction["duration_seconds"])
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if on_day(restriction, day):
                start = datetime.combine(day, opens)
                spans.append((resolve(start, zone), resolve(start + length, zone)))
    joined = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    clipped = [(max(start, since), min(end, until)) for start, end in joined]
    return [(start, end) for start, end in clipped if start < end]


def on_day(restriction, day):
    """Whether a window of this restriction opens on this civil day; 1 is Monday."""
    if restriction["type"] == "daily_restriction":
        return True
    if restriction["type"] == "weekly_restriction":
        return day.isoweekday() == restriction["start_day_of_week"]
    raise ValueError(f"unknown restriction type `{restriction['type']}`")


def uncovered(row, covers):
    """What is left of one row beneath the rows of a later layer."""
    start, end, person = row
    for opens, closes, _ in sorted(covers):
        if closes <= start or end <= opens:
            continue
        if start < opens:
            yield start, opens, person
        start = closes
        if end <= start:
            return
    yield start, end, person


def resolve(civil, zone):
    """The instant of a civil time: the first if shown twice, the moment of the jump if skipped."""
    first, second = (int(civil.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if datetime.fromtimestamp(first, zone).replace(tzinfo=None) == civil:
        return first
    before, after = sorted((first, second))
    old = datetime.fromtimestamp(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def instant(text):
    """Seconds since 1970 of `2025-01-01` (00:00 UTC) or of an RFC 3339 date-time with offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        if len(text) > len("2025-01-01"):
            raise ValueError(f"`{text}` has no offset")
        at = at.replace(tzinfo=timezone.utc)
    return int(at.timestamp())


def utc(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- self-test: every expectation below is worked out by hand, never printed by the code above ---


def workdays(opens="09:00:00", hours=8):
    return [
        {
            "type": "weekly_restriction",
            "start_day_of_week": day,
            "start_time_of_day": opens,
            "duration_seconds": hours * 3600,
        }
        for day in range(1, 6)
    ]


def layer(users, virtual, turn=DAY, start="2020-01-01", end=None, restrictions=()):
    return {
        "start": start,
        "end": end,
        "rotation_virtual_start": virtual,
        "rotation_turn_length_seconds": turn,
        "users": list(users),
        "restrictions": list(restrictions),
    }


def shown(since, until, *layers, zone="Europe/London"):
    """One line a shift, `MM-DDTHH:MM MM-DDTHH:MM person`, so that a case reads as a table."""
    schedules = [{"name": "s", "time_zone": zone, "layers": list(layers)}]
    rows = render(schedules, instant(since), instant(until))
    return [f"{row['start'][5:16]} {row['end'][5:16]} {row['person']}" for row in rows]


def self_test():
    cases = {
        # 2025-01-06 is a Monday. Sat and Sun use up `c` and `a`, so Monday is +3 from Friday: `b`.
        "the weekend uses up turns": (
            shown(
                "2025-01-09",
                "2025-01-15",
                layer("abc", "2025-01-06T09:00:00Z", restrictions=workdays()),
            ),
            [
                "01-09T09:00 01-09T17:00 a",
                "01-10T09:00 01-10T17:00 b",
                "01-13T09:00 01-13T17:00 b",
                "01-14T09:00 01-14T17:00 c",
            ],
        ),
        # Seven days before the virtual start is turn -7; -7 mod 3 is 2: `c`. Then -6: `a`.
        "turns before the virtual start have their place": (
            shown("2024-12-30T09:00:00Z", "2025-01-01T09:00:00Z", layer("abc", "2025-01-06T09:00:00Z")),
            ["12-30T09:00 12-31T09:00 c", "12-31T09:00 01-01T09:00 a"],
        ),
        # British clocks go forward on Sunday 2025-03-30: 09:00 is 09:00Z before and 08:00Z after.
        "a daily turn keeps the wall clock in spring": (
            shown("2025-03-29T09:00:00Z", "2025-04-01T08:00:00Z", layer("ab", "2025-03-29T09:00:00Z")),
            ["03-29T09:00 03-30T08:00 a", "03-30T08:00 03-31T08:00 b", "03-31T08:00 04-01T08:00 a"],
        ),
        # Back on Sunday 2025-10-26, so that Saturday's turn has 25 hours.
        "a daily turn keeps the wall clock in autumn": (
            shown("2025-10-25T08:00:00Z", "2025-10-27T09:00:00Z", layer("ab", "2025-10-25T08:00:00Z")),
            ["10-25T08:00 10-26T09:00 a", "10-26T09:00 10-27T09:00 b"],
        ),
        # A week from Thursday 2025-03-27 10:00Z (10:00 civil) is 2025-04-03 10:00 civil, 09:00Z.
        "a weekly turn over the change has 167 hours": (
            shown(
                "2025-03-27T10:00:00Z",
                "2025-04-03T10:00:00Z",
                layer("ab", "2025-03-27T10:00:00Z", 7 * DAY),
            ),
            ["03-27T10:00 04-03T09:00 a", "04-03T09:00 04-03T10:00 b"],
        ),
        # Midnight +00:00 in summer is 01:00 on the wall, so the turn changes at 01:00, all year.
        "an offset that is not the zone's moves the handoff": (
            shown("2026-01-01", "2026-01-02", layer("ab", "2026-04-14T00:00:00+00:00")),
            # 2026-01-01 is 103 days before 04-14 (31+28+31+13): turn -103, odd: `b`; before it `a`.
            ["01-01T00:00 01-01T01:00 a", "01-01T01:00 01-02T00:00 b"],
        ),
        # 01:00 on 2026-03-29 is skipped: the jump is at 01:00Z, and the next 01:00 is 00:00Z.
        "a skipped handoff is the moment of the jump": (
            shown("2026-03-28T01:00:00Z", "2026-03-31T00:00:00Z", layer("abc", "2026-03-28T01:00:00Z")),
            ["03-28T01:00 03-29T01:00 a", "03-29T01:00 03-30T00:00 b", "03-30T00:00 03-31T00:00 c"],
        ),
        # 01:00 on 2026-10-25 is shown twice: at 00:00Z and at 01:00Z.
        "a handoff shown twice is the first": (
            shown("2026-10-24T00:00:00Z", "2026-10-26T01:00:00Z", layer("abc", "2026-10-24T00:00:00Z")),
            ["10-24T00:00 10-25T00:00 a", "10-25T00:00 10-26T01:00 b"],
        ),
        # Lord Howe jumps from 02:00 to 02:30 on Sunday 2025-10-05, at 15:30Z on the Saturday, past
        # the handoff at 02:15. The next 02:15 is at +11:00, 15:15Z.
        "a jump of half an hour": (
            shown(
                "2025-10-04T15:00:00Z",
                "2025-10-06",
                layer("abc", "2025-10-04T02:15:00+10:30"),
                zone="Australia/Lord_Howe",
            ),
            ["10-04T15:00 10-04T15:30 a", "10-04T15:30 10-05T15:15 b", "10-05T15:15 10-06T00:00 c"],
        ),
        # Three turns a day among four: 09:00 has turns 0, 3, 6, 9, 12, that is a d c b a.
        "an eight-hour turn with eight-hour hours": (
            shown(
                "2026-06-15",
                "2026-06-20",
                layer(
                    "abcd",
                    "2026-06-15T09:00:00+01:00",
                    8 * 3600,
                    start="2026-06-15T10:38:54+01:00",
                    restrictions=workdays(),
                ),
            ),
            [
                "06-15T09:38 06-15T16:00 a",
                "06-16T08:00 06-16T16:00 d",
                "06-17T08:00 06-17T16:00 c",
                "06-18T08:00 06-18T16:00 b",
                "06-19T08:00 06-19T16:00 a",
            ],
        ),
        # From Friday 2026-10-23 09:00 (08:00Z): Monday's hours are 09:00Z to 17:00Z, and 73 hours
        # after 08:00Z on Friday is turn 9 (`b`) until 16:00Z, then turn 10 (`c`).
        "elapsed turns slip against the hours when clocks go back": (
            shown(
                "2026-10-23",
                "2026-10-27",
                layer("abcd", "2026-10-23T09:00:00+01:00", 8 * 3600, restrictions=workdays()),
            ),
            ["10-23T08:00 10-23T16:00 a", "10-26T09:00 10-26T16:00 b", "10-26T16:00 10-26T17:00 c"],
        ),
        # Civil days in BST begin at 23:00Z. Windows of a full day meet, so a turn from 09:00 to
        # 09:00 is one row; Saturday and Sunday are dark.
        "windows that meet do not cut a turn": (
            shown(
                "2025-07-02T08:00:00Z",
                "2025-07-07T08:00:00Z",
                layer("ab", "2025-07-02T08:00:00Z", restrictions=workdays("00:00:00", 24)),
            ),
            [
                "07-02T08:00 07-03T08:00 a",
                "07-03T08:00 07-04T08:00 b",
                "07-04T08:00 07-04T23:00 a",
                # Sunday's turn (`a`) wakes with Monday's hours.
                "07-06T23:00 07-07T08:00 a",
            ],
        ),
        "the last active layer wins, and what it covers comes back": (
            shown(
                "2025-01-06",
                "2025-01-07T12:00:00Z",
                layer("a", "2025-01-06", 7 * DAY),
                layer("b", "2025-01-06", restrictions=workdays()),
                layer("c", "2025-01-06", start="2025-01-06T15:00:00Z", end="2025-01-06T18:00:00Z"),
            ),
            [
                "01-06T00:00 01-06T09:00 a",
                "01-06T09:00 01-06T15:00 b",
                "01-06T15:00 01-06T18:00 c",
                "01-06T18:00 01-07T09:00 a",
                "01-07T09:00 01-07T12:00 b",
            ],
        ),
        "two turns of one person are two rows": (
            shown("2025-01-06", "2025-01-08", layer("a", "2025-01-06")),
            ["01-06T00:00 01-07T00:00 a", "01-07T00:00 01-08T00:00 a"],
        ),
        "a daily window may pass midnight": (
            shown(
                "2025-01-06",
                "2025-01-07",
                layer(
                    "a",
                    "2025-01-06T12:00:00Z",
                    restrictions=[
                        {
                            "type": "daily_restriction",
                            "start_time_of_day": "22:00:00",
                            "duration_seconds": 8 * 3600,
                        }
                    ],
                ),
            ),
            ["01-06T00:00 01-06T06:00 a", "01-06T22:00 01-07T00:00 a"],
        ),
        "a layer that ends before the span shows nothing": (
            shown("2025-01-06", "2025-01-08", layer("a", "2025-01-01", end="2025-01-06T00:00:00Z")),
            [],
        ),
    }

    # A list of seven with daily turns: everybody has one day of the week, so two have the weekend.
    # 2024-09-20 is a Friday, `a`; then Saturday is `b`, Sunday `c`, Monday `d` to Thursday `g`.
    seven = layer("abcdefg", "2024-09-20T09:00:00+01:00", restrictions=workdays())
    schedules = [{"name": "s", "time_zone": "Europe/London", "layers": [seven]}]
    rows = render(schedules, instant("2025-03-11"), instant("2026-03-10"))
    days = {(row["person"], date.fromisoformat(row["start"][:10]).isoweekday()) for row in rows}
    cases["a list of seven starves two"] = (days, {("a", 5), ("d", 1), ("e", 2), ("f", 3), ("g", 4)})
    cases["52 weeks have 260 working days"] = (len(rows), 260)

    failures = [name for name, (got, want) in cases.items() if got != want]
    for name in failures:
        got, want = cases[name]
        print(f"self-test: {name}\n  want {want}\n  got  {got}", file=sys.stderr)
    print(f"self-test: {len(cases) - len(failures)} of {len(cases)} cases hold")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("file", nargs="?", help="JSON with `schedules`, as PagerDuty's layers")
    parser.add_argument("--from", dest="since", metavar="INSTANT", help="date (00:00 UTC) or RFC 3339")
    parser.add_argument("--until", metavar="INSTANT", help="the same; excluded")
    parser.add_argument("--self-test", action="store_true", help="check the rules on small cases")
    args = parser.parse_args()
    try:
        if args.self_test:
            return self_test()
        if not (args.file and args.since and args.until):
            parser.error("a file, --from and --until are needed")
        with open(args.file, encoding="utf-8") as file:
            schedules = json.load(file)["schedules"]
        rows = render(schedules, instant(args.since), instant(args.until))
    except ZoneInfoNotFoundError as error:
        print(f"{error}: install the machine's tzdata, or `pip install tzdata`", file=sys.stderr)
        return 2
    print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
