"""Every figure of docs/fit.md, from the definitions there, against the JSON of `dogwatch fit`.

figures.py uci INCIDENTS.csv.gz FOUND.json | figures.py lines EPISODES.jsonl FOUND.json
"""

import csv
import gzip
import json
import math
import sys
from collections import Counter, defaultdict
from datetime import datetime, time, timedelta, timezone
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

Z = 1.959963984540054
UTC = timezone.utc


def seconds(at):
    return int(at.timestamp())


def read_uci(path):
    """Episodes of the log: id, opened, tags, steps (at, kind, team, person)."""

    def instant(text):
        return seconds(datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC))

    def known(text):
        return None if text in ("?", "") else text

    rows = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["number"]].append(row)
    for number, updates in rows.items():
        tags = {}
        steps = []
        team = person = said = None
        for row in updates:
            for tag in ("category", "priority"):
                if known(row[tag]):
                    tags.setdefault(tag, row[tag])
            new_team, new_person = known(row["assignment_group"]), known(row["assigned_to"])
            says = "acknowledged" if row["incident_state"] == "Active" else None
            moved = (new_team and new_team != team) or (new_person and new_person != person)
            at = instant(row["sys_updated_at"])
            if moved:
                first = team is None and person is None
                steps.append((at, says or ("paged" if first else "reassigned"), new_team, new_person))
            elif says and says != said:
                steps.append((at, says, new_team, new_person))
            team, person, said = new_team or team, new_person or person, says
        if known(updates[-1]["resolved_at"]):
            steps.append((instant(updates[-1]["resolved_at"]), "resolved", None, None))
        yield number, instant(next(it["opened_at"] for it in updates if known(it["opened_at"]))), tags, steps


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            it = json.loads(line)
            steps = [
                (seconds(datetime.fromisoformat(step["at"])), step["kind"], step.get("team"), step.get("person"))
                for step in it["steps"]
            ]
            yield it["id"], seconds(datetime.fromisoformat(it["opened"])), it["tags"], steps


def share(count, of):
    if of == 0:
        return dict(count=count, of=of, share=None, low=None, high=None)
    p, n, zz = count / of, float(of), Z * Z
    middle = (p + zz / (2.0 * n)) / (1.0 + zz / n)
    half = Z * math.sqrt(p * (1.0 - p) / n + zz / (4.0 * n * n)) / (1.0 + zz / n)
    return dict(count=count, of=of, share=p, low=max(middle - half, 0.0), high=min(middle + half, 1.0))


def interval_rank(n):
    if n > 1000:
        return int((n - Z * math.sqrt(n)) / 2)
    # The largest r with P(X < r) <= 0.025, counted in whole numbers: 40 (C(n,0) + ... + C(n,r-1)) <= 2^n.
    total, rank = 0, 0
    while rank < n:
        total += math.comb(n, rank)
        if 40 * total > 2**n:
            break
        rank += 1
    return rank


def spread(values):
    values = sorted(values)
    n = len(values)
    if n == 0:
        return None
    rank = interval_rank(n)
    low, high = (values[rank - 1], values[n - rank]) if rank else (None, None)
    return dict(count=n, median=values[(n + 1) // 2 - 1], low=low, high=high, ninety=values[-(-9 * n // 10) - 1])


class Windows:
    """Windows of one day, on a clock."""

    def __init__(self, days, begin, end):
        self.days, self.begin, self.end = days, begin, end

    def holds(self, local):
        if self.begin < self.end:
            return local.weekday() in self.days and self.begin <= local.time() < self.end
        day_before = (local.weekday() - 1) % 7
        return (local.weekday() in self.days and local.time() >= self.begin) or (
            day_before in self.days and local.time() < self.end
        )


def rfc3339(at, zone):
    return datetime.fromtimestamp(at, zone).isoformat().replace("+00:00", "Z")


def figures(episodes, zone, working, sleep, zone_of, key_of, tag, replay):
    episodes = list(episodes)
    out = {}
    first_opened, last_opened = min(it[1] for it in episodes), max(it[1] for it in episodes)
    local = datetime.fromtimestamp(last_opened, zone)
    year_ago = local.replace(tzinfo=None)
    year_ago = year_ago.replace(year=year_ago.year - 1) if (year_ago.month, year_ago.day) != (2, 29) else year_ago.replace(
        year=year_ago.year - 1, day=28
    )
    year = seconds(year_ago.replace(tzinfo=zone))
    touched, classes, edges, pairs, matrix = Counter(), [0, 0, 0], Counter(), Counter(), Counter()
    ping_pong = 0
    backwards = 0
    acknowledge, resolve = defaultdict(list), defaultdict(list)
    lost, lost_of = defaultdict(list), defaultdict(list)
    teams = defaultdict(lambda: dict(had=0, first=0, right=0, last=0))
    of_team = defaultdict(lambda: ([], []))
    months = defaultdict(lambda: dict(episodes=0, known=0, right=0, several=0, hops=0))
    hours = [[0] * 24 for _ in range(7)]
    people = defaultdict(lambda: dict(episodes=0, alone=0, working=0, evening=0, sleeping=0))
    met = defaultdict(lambda: dict(episodes=0, year=0, alone=0, last=0))
    values = Counter()
    to, last_row, used, judged, then, before, strangers = Counter(), 0, set(), 0, 0, 0, Counter()
    own, own_right, own_lost, own_told = 0, 0, [], set()
    for _, opened, tags, steps in episodes:
        who = [it for it in steps if it[3] is not None]
        if who and len({it[2] for it in steps if it[2] is not None}) < 2:
            own += 1
            own_told |= {kind for kind in ("resolved", "paged") if any(it[1] != kind for it in who)}
            if who[0][3] == who[-1][3]:
                own_right += 1
            else:
                had = [at - opened for at, what, _, person in who if person == who[-1][3] and what != "resolved"][:1]
                own_lost += [it for it in had if it >= 0]
        sequence = []
        for _, _, team, _ in steps:
            if team is not None and (not sequence or sequence[-1] != team):
                sequence.append(team)
        distinct = set(sequence)
        touched[len(distinct)] += 1
        hops = max(len(sequence) - 1, 0)
        kind = 0 if hops == 0 else 1 if hops < 3 else 2
        classes[kind] += 1
        edges.update(zip(sequence, sequence[1:]))
        back = [tuple(sorted((a, b))) for a, b, c in zip(sequence, sequence[1:], sequence[2:]) if a == c]
        pairs.update(back)
        ping_pong += bool(back)
        for team in distinct:
            teams[team]["had"] += 1
        first, last = (sequence[0], sequence[-1]) if sequence else (None, None)
        right = first == last if sequence else None
        when = datetime.fromtimestamp(opened, zone)
        hours[when.weekday()][when.hour] += 1
        month = months[f"{when:%Y-%m}"]
        month["episodes"] += 1
        month["known"] += bool(sequence)
        month["right"] += right is True
        month["several"] += len(distinct) > 1
        month["hops"] += hops
        if sequence:
            matrix[first, last] += 1
            teams[first]["first"] += 1
            teams[first]["right"] += right
            teams[last]["last"] += 1
        back_in_time = False
        acknowledged = next((at for at, what, _, _ in steps if what == "acknowledged"), None)
        resolved = next((at for at, what, _, _ in reversed(steps) if what == "resolved"), None)
        for place, (at, all_of) in enumerate([(acknowledged, acknowledge), (resolved, resolve)]):
            if at is None:
                continue
            if at < opened:
                back_in_time = True
                continue
            took = at - opened
            all_of["all"].append(took)
            if right is not None:
                all_of["right" if right else "wrong"].append(took)
            all_of[("none", "few", "many")[kind]].append(took)
            all_of[f"{when:%Y-%m}"].append(took)
            if last is not None:
                of_team[last][place].append(took)
        if right is False:
            had = next((at for at, what, team, _ in steps if team == last and what != "resolved"), None)
            if had is not None and had < opened:
                back_in_time = True
            elif had is not None:
                lost["all"].append(had - opened)
                lost[f"{when:%Y-%m}"].append(had - opened)
                lost_of[first, last].append(had - opened)
        backwards += back_in_time
        seen = {}
        for at, _, _, person in steps:
            if person is not None:
                seen.setdefault(person, at)
        value = tags.get(tag)
        if value is not None:
            values[value] += 1
        for person, at in seen.items():
            clock = datetime.fromtimestamp(at, zone_of(person))
            part = "sleeping" if sleep.holds(clock) else "working" if working.holds(clock) else "evening"
            row = people[person]
            row["episodes"] += 1
            row["alone"] += len(seen) == 1
            row[part] += 1
            if value is not None:
                row = met[person, value]
                row["episodes"] += 1
                row["year"] += at > year
                row["alone"] += at > year and len(seen) == 1
                row["last"] = max(row["last"], at)
        if replay:
            target, routes = replay.first(tags, when, opened)
            to[target] += 1
            used.update(routes)
            last_row += routes == {replay.last}
            if sequence:
                if replay.rotation(last) is None:
                    strangers[last] += 1
                else:
                    judged += 1
                    then += target == (replay.rotation(last), "rotation")
                    before += replay.rotation(first) == replay.rotation(last)

    n = len(episodes)
    out["from"], out["to"] = rfc3339(first_opened, zone), rfc3339(last_opened, zone)
    out["zone"] = str(zone)
    out["episodes"], out["teams"], out["people"] = n, len(teams), len(people)
    out["by_teams_touched"] = [touched[it] for it in range(max(touched) + 1)]
    out["several_teams"] = share(sum(count for it, count in touched.items() if it > 1), n)
    out["right_first_time"] = share(sum(it["right"] for it in teams.values()), sum(it["first"] for it in teams.values()))
    hop = lambda items: [dict(zip(("from", "to", "count"), (*pair, count))) for pair, count in items]
    out["hand_offs"] = dict(
        total=sum(edges.values()), none=classes[0], few=classes[1], many=classes[2], edges=len(edges), hops=hop(sorted(edges.items()))
    )
    out["ping_pong"] = dict(
        episodes=share(ping_pong, n),
        times=sum(pairs.values()),
        pairs=hop(sorted(pairs.items(), key=lambda it: (-it[1], it[0]))),
    )
    for name, of in (("acknowledge", acknowledge), ("resolve", resolve)):
        out[name] = {it: spread(of[it]) for it in ("all", "right", "wrong", "none", "few", "many")}
    wrong = sum(count for (a, b), count in matrix.items() if a != b)
    assert len(own_told) == 2
    out["within_team"] = dict(
        right_first_time=share(own_right, own), lost=spread(own_lost), lost_known=share(len(own_lost), own - own_right)
    )
    out["lost"] = spread(lost["all"])
    out["lost_known"] = share(len(lost["all"]), wrong)
    out["backwards"] = backwards
    detailed = sorted((it for it in teams if teams[it]["last"]), key=lambda it: (-teams[it]["last"], it))[:40]
    out["by_team"] = [
        dict(
            team=team,
            had=it["had"],
            right_first_time=share(it["right"], it["first"]),
            last=it["last"],
            acknowledge=spread(of_team[team][0]) if team in detailed else None,
            resolve=spread(of_team[team][1]) if team in detailed else None,
        )
        for team, it in sorted(teams.items())
    ]
    out["matrix"] = hop(sorted(matrix.items()))
    ways = sorted((it for it in matrix if it[0] != it[1]), key=lambda it: (-sum(lost_of[it]), -matrix[it], it))[:40]
    out["misroutes"] = [
        dict(
            first=a, last=b, episodes=matrix[a, b], known=len(lost_of[a, b]), lost_seconds=sum(lost_of[a, b]), lost=spread(lost_of[a, b])
        )
        for a, b in ways
    ]
    names = []
    year_month = (datetime.fromtimestamp(first_opened, zone).year, datetime.fromtimestamp(first_opened, zone).month)
    while (name := f"{year_month[0]}-{year_month[1]:02}") <= f"{local:%Y-%m}":
        names.append(name)
        year_month = (year_month[0] + year_month[1] // 12, year_month[1] % 12 + 1)
    out["months"] = [
        dict(
            month=name,
            episodes=months[name]["episodes"],
            right_first_time=share(months[name]["right"], months[name]["known"]),
            several_teams=share(months[name]["several"], months[name]["episodes"]),
            hand_offs=months[name]["hops"],
            acknowledge=spread(acknowledge[name]),
            resolve=spread(resolve[name]),
            lost=spread(lost[name]),
        )
        for name in names
    ]
    out["steadiness"] = []
    for figure, key, count in [
        ("right-first-time", "right_first_time", "of"),
        ("several-teams", "several_teams", "of"),
        ("acknowledge", "acknowledge", "count"),
        ("resolve", "resolve", "count"),
        ("lost", "lost", "count"),
    ]:
        known = [(it["month"], it[key]) for it in out["months"] if it[key] and it[key][count] >= 30]
        low = min(known, key=lambda it: it[1]["high"], default=None)
        high = max(known, key=lambda it: it[1]["low"], default=None)
        moves = len(known) > 1 and low[1]["high"] < high[1]["low"]
        out["steadiness"].append(
            dict(
                figure=figure,
                months=len(known),
                verdict="too-few" if len(known) < 2 else "moves" if moves else "steady",
                low=low[0] if moves else None,
                high=high[0] if moves else None,
            )
        )
    out["hours"] = hours
    each = sorted(it["episodes"] for it in people.values())
    out["load"] = dict(
        own_clocks=sum(key_of(it) is not None for it in people),
        working=sum(it["working"] for it in people.values()),
        evening=sum(it["evening"] for it in people.values()),
        sleeping=sum(it["sleeping"] for it in people.values()),
        a_person=spread(each),
        most=each[-1],
        top_ten=share(sum(each[-10:]), sum(each)),
        people=[dict(person=person, key=key_of(person), **it) for person, it in sorted(people.items())],
    )
    by_value = defaultdict(list)
    for (person, value), it in met.items():
        by_value[value].append(it)
    out["repetition"] = dict(
        tag=tag,
        last_year_from=rfc3339(year, zone),
        often_from=3,
        values=[
            dict(
                value=value,
                episodes=count,
                often=sum(it["year"] >= 3 for it in by_value[value]),
                rusty=sum(it["year"] < 3 for it in by_value[value]),
                alone=sum(it["alone"] >= 3 for it in by_value[value]),
            )
            for value, count in sorted(values.items(), key=lambda it: (-it[1], it[0]))
        ],
        met=[
            dict(
                person=person,
                value=value,
                episodes=it["episodes"],
                last_year=it["year"],
                alone=it["alone"],
                last=rfc3339(it["last"], zone),
                state="often" if it["year"] >= 3 else "rusty",
            )
            for (person, value), it in sorted(met.items())
        ],
    )
    out["replay"] = replay and dict(
        to=sorted((dict(to=name, kind=kind, episodes=count) for (name, kind), count in to.items()), key=lambda it: -it["episodes"]),
        last_row=last_row,
        unused_routes=[it for it in range(1, replay.last + 1) if it not in used],
        right_first_time=share(then, judged),
        right_before=share(before, judged),
        strangers=[dict(team=team, episodes=count) for team, count in sorted(strangers.items(), key=lambda it: (-it[1], it[0]))],
    )
    return out


class Replay:
    """The routes that generate.py writes."""

    last = 7

    def rotation(self, team):
        known = {"search": "search", "calls": "calls", "storage-ops": "storage-ops", "storage": "storage-ops", "web": "web", "web platform": "web"}
        return known.get(team.lower())

    def first(self, tags, when, opened):
        service, severity = tags.get("service", ""), tags.get("severity", "")
        local = datetime.fromtimestamp(opened, ZoneInfo("America/New_York"))
        if fnmatchcase(service, "search-*"):
            return ("search", "rotation"), {1}
        if fnmatchcase(service, "calls-*"):
            at_work = Windows(range(5), time(9), time(17)).holds(local)
            return (("calls", "rotation"), {2}) if at_work else (("@p5", "person"), {3})
        if service == "web-batch":
            return (None, "channel"), {4}
        if (fnmatchcase(service, "web-*") or fnmatchcase(service, "mysql-*")) and severity == "critical":
            return ("web", "rotation"), {5}
        return ("storage-ops", "rotation"), {7}


def differences(path, ours, found):
    if isinstance(ours, dict) and isinstance(found, dict):
        for key in ours.keys() | found.keys():
            yield from differences(f"{path}.{key}", ours.get(key, "missing"), found.get(key, "missing"))
    elif isinstance(ours, list) and isinstance(found, list) and len(ours) == len(found):
        for place, (one, other) in enumerate(zip(ours, found)):
            yield from differences(f"{path}[{place}]", one, other)
    elif ours != found or isinstance(ours, bool) != isinstance(found, bool):
        yield f"{path}: {str(ours)[:200]} here, {str(found)[:200]} there"


def count(value):
    if isinstance(value, dict):
        return sum(map(count, value.values()))
    return sum(map(count, value)) if isinstance(value, list) else 1


def main():
    kind, path, found = sys.argv[1:]
    with open(found, encoding="utf-8") as file:
        found = json.load(file)
    if kind == "uci":
        every_day = range(7)
        ours = figures(
            read_uci(path),
            ZoneInfo("UTC"),
            Windows(range(5), time(9), time(18)),
            Windows(every_day, time(22), time(7)),
            lambda person: ZoneInfo("UTC"),
            lambda person: None,
            "category",
            None,
        )
        rows = 141_712
        ours["organisation"] = ours["on_call_then"] = None
    else:
        zones = ["America/New_York", "Europe/Dublin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago"]

        def key_of(person):
            key = person.removeprefix("Person ").removesuffix("@example.com")
            number = int(key.removeprefix("p"))
            return f"p{number}" if number < 18 else None

        def zone_of(person):
            key = key_of(person)
            return ZoneInfo(zones[int(key[1:]) % 5]) if key else ZoneInfo("Europe/Dublin")

        def called(episode):
            """People and teams as the organisation calls them: one person may stand there under several names."""
            number, opened, tags, steps = episode
            name = lambda it: it and (key_of(it) or it)
            team = lambda it: it and (Replay().rotation(it) or it)
            return number, opened, tags, [on_call(at, what, team(of), name(who)) for at, what, of, who in steps]

        looked_up = 0

        def on_call(at, what, team, person):
            """Who held the rotation then, as generate.py has it: four people, weekly since 1 January 2024, 10:00."""
            nonlocal looked_up
            first = {"search": 0, "calls": 4, "storage-ops": 8, "web": 12}.get(team)
            if person is None and first is not None and what in ("paged", "reassigned", "escalated"):
                looked_up += 1
                local = datetime.fromtimestamp(at, ZoneInfo("America/New_York")).replace(tzinfo=None)
                person = f"p{first + (local - datetime(2024, 1, 1, 10)).days // 7 % 4}"
            return at, what, team, person

        ours = figures(
            map(called, read_lines(path)),
            ZoneInfo("Europe/Dublin"),
            Windows(range(5), time(9, 5), time(17, 50)),
            Windows(range(7), time(22), time(6, 50)),
            zone_of,
            key_of,
            "service",
            Replay(),
        )
        rows = 9_000
        assert found["organisation"].endswith("/org/rotations/")
        ours["organisation"] = found["organisation"]
        why = "the files are in no repository"
        ours["on_call_then"] = dict(rendered=0, revisions=0, files=looked_up, unknown=0, no_revisions=why)
    # Both logs have episodes with several teams.
    ours["teams_told"] = "first-and-last"
    ours.update(version=1, kind="fit", rows=rows, losses=[], cut_short=[])
    wrong = list(differences("", ours, found))
    if wrong:
        sys.exit("\n".join(wrong[:20]) + f"\n{len(wrong)} figures differ")
    print(f"{kind}: {ours['episodes']} episodes, all {count(ours)} figures are the same")


main()
