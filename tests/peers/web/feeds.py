"""Reads every feed of a running server with the package `icalendar`, by the links that its pages show.

Each holds exactly the shifts of `/api/v1/shifts` over the same span: the same people, the same instants, nothing else;
UIDs are unique.

    feeds.py BASE TOKEN
"""

import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone

import icalendar

UTC = timezone.utc
BASE, TOKEN = sys.argv[1:]


def get(path, token=TOKEN):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(BASE + path, headers=headers)) as answer:
        return answer.read()


def document(path):
    return json.loads(get(path))


def instant(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def refused(path, token):
    try:
        get(path, token)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def link(page):
    found = re.search(r'href="(/feeds/[0-9a-f]{32}/[^"]+\.ics)"', get(page).decode())
    return found.group(1) if found else sys.exit(f"{page} shows no link")


def compare(page, query):
    path = link(page)
    # Without the token: a calendar program has none. Not without the secret, nor with another.
    calendar = icalendar.Calendar.from_ical(get(path, token=None))
    secret = path.split("/")[2]
    if refused(path.replace(secret, ""), None) == 200 or refused(path.replace(secret, "0" * 32), None) != 404:
        sys.exit(f"{path} opens without its secret")
    if refused(path.replace(f"/{secret}", ""), None) != 401:
        sys.exit(f"{path} opens without a token")
    found, uids = set(), []
    for it in calendar.walk("VEVENT"):
        rotation, seat = str(it["UID"]).split("@")[0].split(".")[:2]
        found.add((rotation, seat, it["DTSTART"].dt.astimezone(UTC), it["DTEND"].dt.astimezone(UTC), str(it["UID"]).split(".")[3].split("@")[0]))
        uids.append(str(it["UID"]))
    if len(uids) != len(set(uids)):
        sys.exit(f"{path}: a UID stands twice")
    # Days ahead of the clock at which the server stands, as docs/serve.md has them.
    shown = document(f"/api/v1/shifts?from=2026-11-23&until=2027-06-06{query}")
    wide = document(f"/api/v1/shifts?from=2026-09-01&until=2027-09-01{query}")
    # Whole shifts, where the span of the feed cuts them.
    whole = {(it["rotation"], it["seat"], it["planned_start"], it["person"]): [] for it in shown["shifts"]}
    for it in wide["shifts"]:
        key = (it["rotation"], it["seat"], it["planned_start"], it["person"])
        if key in whole:
            whole[key].append(it)
    start, end = instant(shown["from"]), instant(shown["until"])
    expected = set()
    for pieces in whole.values():
        for it in pieces:
            if instant(it["end"]) > start and instant(it["start"]) < end:
                expected.add((it["rotation"], it["seat"], instant(it["start"]), instant(it["end"]), it["person"] or "nobody"))
    if found != expected:
        sys.exit(f"{path}: {sorted(found ^ expected)[:4]}")
    return len(found)


def main():
    rotations = [it["rotation"] for it in document("/api/v1/rotations")["rotations"]]
    people = [it["person"] for it in document("/api/v1/people")["people"]]
    events = compare("/people", "")
    feeds = 1
    for it in rotations:
        events += compare(f"/rotations/{it}", f"&rotation={it}")
        feeds += 1
    for it in people:
        events += compare(f"/people/{it}", f"&person={it}")
        feeds += 1
    if events == 0:
        sys.exit("not one event")
    print(f"{feeds} feeds, {events} events, exactly the shifts")


main()
