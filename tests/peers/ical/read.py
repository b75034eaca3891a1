"""Reads the calendars of an organisation with the packages `icalendar` and `recurring-ical-events`.

Every calendar there is, of all rotations, of each, and of each person, holds exactly the shifts that
`show --format json` has: the same people, the same instants, nothing else. UIDs are unique, and are the same
whenever and over whatever span a calendar is made; and so is the whole event.

    read.py DOGWATCH ORGANISATION
"""

import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import icalendar
import recurring_ical_events

UTC = timezone.utc
# Rotas of the past: their calendars of this year are empty, as they must be.
ENDED = {"tekton-build-captain"}


def run(dogwatch, folder, *arguments):
    done = subprocess.run([dogwatch, "-C", folder, *arguments], capture_output=True)
    # 1 is an answer: there is something to look at, such as a gap right now.
    if done.returncode not in (0, 1):
        sys.exit(f"{arguments} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def instant(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def lines_are_sound(text, what):
    """What a reader forgives, and the standard does not."""
    if not text.endswith(b"END:VCALENDAR\r\n") or b"\n" in text.replace(b"\r\n", b""):
        sys.exit(f"{what}: a line does not end in CR LF")
    for line in text.split(b"\r\n"):
        if len(line) > 75:
            sys.exit(f"{what}: a line has {len(line)} octets: {line}")
        line.decode("utf-8")


def events(text, what):
    lines_are_sound(text, what)
    calendar = icalendar.Calendar.from_ical(text)
    found = {}
    for event in calendar.walk("VEVENT"):
        if event.errors:
            sys.exit(f"{what}: {event.errors}")
        uid = str(event["UID"])
        if uid in found:
            sys.exit(f"{what}: {uid} stands twice")
        for name in ("DTSTART", "DTEND", "DTSTAMP"):
            if event[name].dt.utcoffset() != timedelta(0):
                sys.exit(f"{what}: {name} of {uid} is not in UTC")
        found[uid] = event
    return calendar, found


def shift_of(event, uid, start, end):
    """Rotation, seat and person from the UID, whose parts hold no dot; the rest from the event."""
    rotation, seat, _planned, person = uid.removesuffix("@dogwatch").split(".")[:4]
    return rotation, seat, None if person == "nobody" else person, start, end, str(event["CATEGORIES"].cats[2])


def shifts(dogwatch, folder, now, start, until):
    """All shifts of a span as `show --format json` has them; what is asked for of them is picked here."""
    span = ["--now", now, "--from", start, "--until", until, "--zone", "UTC"]
    answer = json.loads(run(dogwatch, folder, "show", *span, "--format", "json"))
    found = set()
    for it in answer["shifts"]:
        kind = it["why"]["kind"] if it.get("person") else "vacant"
        found.add((it["rotation"], it["seat"], it.get("person"), instant(it["start"]), instant(it["end"]), kind))
    return span, instant(answer["from"]), instant(answer["until"]), found


def compare(dogwatch, folder, names, span, first, last, everything):
    what = f"{folder}: show {' '.join(names)} {' '.join(span)}"
    expected = {it for it in everything if not names or names[0] in (it[0], f"@{it[2]}")}
    text = run(dogwatch, folder, "show", *names, *span, "--format", "ics")
    calendar, by_uid = events(text, what)
    # An event is whole; what was asked for is cut. `between` is an independent opinion on which events touch a span.
    found = set()
    touching = recurring_ical_events.of(calendar).between(first, last)
    for event in touching:
        uid = str(event["UID"])
        begin, end = max(event["DTSTART"].dt, first), min(event["DTEND"].dt, last)
        found.add(shift_of(event, uid, begin, end))
    if found != expected or len(touching) != len(expected) or len(by_uid) != len(expected):
        for it in sorted(map(str, found ^ expected))[:10]:
            print(it, file=sys.stderr)
        sys.exit(f"{what}: {len(touching)} events, {len(expected)} shifts")
    return by_uid


def main():
    dogwatch, folder = sys.argv[1:]
    listed = json.loads(run(dogwatch, folder, "--format", "json", "now"))
    rotations = sorted({it["rotation"] for it in listed["seats"]})
    people = sorted(people_of(folder))
    calendars = events_seen = 0
    # Two spans that share half a year less a few days, made at two times.
    earlier = shifts(dogwatch, folder, "2026-03-01T12:00:00Z", "2026-02-14", "2026-08-28")
    later = shifts(dogwatch, folder, "2026-05-20T03:04:05Z", "2026-03-04T05:06", "2026-10-01")
    for names in [[], *([it] for it in rotations), *([f"@{it}"] for it in people)]:
        one = compare(dogwatch, folder, names, *earlier)
        two = compare(dogwatch, folder, names, *later)
        for uid in one.keys() & two.keys():
            if one[uid].to_ical() != two[uid].to_ical():
                sys.exit(f"{folder}: {names}: {uid} is not the same in two calendars")
        early = datetime(2026, 3, 5, tzinfo=UTC)
        late = datetime(2026, 8, 27, tzinfo=UTC)
        shared = {uid for uid, it in one.items() if it["DTEND"].dt > early and it["DTSTART"].dt < late}
        if not shared <= two.keys():
            sys.exit(f"{folder}: {names}: {sorted(shared - two.keys())[:3]} are gone from the later calendar")
        calendars += 2
        events_seen += len(one) + len(two)
    if events_seen == 0 and Path(folder).resolve().name not in ENDED:
        sys.exit(f"{folder}: not one event")
    print(f"{Path(folder).resolve().name}: {calendars} calendars, {events_seen} events, exactly the shifts")


def people_of(folder):
    import tomllib

    return tomllib.loads((Path(folder) / "rotations" / "people.toml").read_text())


main()
