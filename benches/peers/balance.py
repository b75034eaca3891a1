"""`dogwatch balance` beside CP-SAT: two models of fair calendars, the same instances for both.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install -r benches/peers/requirements.txt
    cargo build --release --example balance_model
    /tmp/venv/bin/python benches/peers/balance.py                          # ours only, against the values noted below
    /tmp/venv/bin/python benches/peers/balance.py --cp-sat daily:40x26:2   # and CP-SAT for these, 90 s on two threads each

`weekly`: each week has a block of weekdays (2 points) and one of the weekend (3 points), each held by one person; two blocks of rest;
leave. Points, weekends and holidays are owed equally. `daily`: a primary (3 points) and a secondary (1 point) each day, twice
that at weekends, thrice on holidays; part-timers owe less; points are carried from before; leave and blocked weekdays; at most
three days of four; no two primary days in a row but Saturday and Sunday, and those rather together. Both have wishes.

What is printed of ours is counted again here, from the calendar, without the program's help. Seconds are of processor time. CP-SAT
has two threads for 90 s; beside other programs it is given up to `--patience` seconds to get that much of the processor, and what it
got is printed. Its values at seed 1 are those of 90 s on two threads, noted when this was written; everything else is run.
"""

import argparse
import json
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
# At seed 1: optima of the weekly model; CP-SAT's value and bound of the daily one after 90 s. 8x52 has no solution.
WEEKLY = {(8, 26): 1860, (16, 26): 6740, (40, 26): 32260, (8, 52): 1680, (16, 52): 7440, (40, 52): 41040}
DAILY = {
    (8, 26): (1908, 1250),
    (16, 26): (4584, 4584),
    (40, 26): (40492, 26251),
    (8, 52): (None, None),
    (16, 52): (8020, 3741),
    (40, 52): (63124, 33184),
}


class Weekly:
    REST, WEIGHTS, DIVISOR = 2, (10, 20, 30), 1

    def __init__(self, people, weeks, seed):
        dice = random.Random(seed * 1000003 + people * 101 + weeks)
        self.people, self.slots = people, 2 * weeks
        slots = range(self.slots)
        points, weekend, holiday = [2 + s % 2 for s in slots], [s % 2 for s in slots], [0] * self.slots
        for week in dice.sample(range(weeks), max(2, round(weeks * 10 / 52))):
            holiday[2 * week + (0 if dice.random() < 0.55 else 1)] = 1
        off = [set() for _ in range(people)]
        for own in off:
            taken, leave = 0, max(1, round(weeks * 5 / 52))
            while taken < leave:
                length = min(dice.choice([1, 1, 2]), leave - taken)
                middle = dice.gauss(weeks * 0.55, weeks * 0.10) if dice.random() < 0.5 else dice.uniform(0, weeks - 1)
                first = min(weeks - length, max(0, int(middle)))
                own.update(range(2 * first, 2 * (first + length)))
                taken += length
            for _ in range(max(1, weeks // 8)):
                own.add(dice.randrange(self.slots))
        self.off = off
        wishes = [dict() for _ in range(people)]
        for own in wishes:
            for _ in range(max(2, weeks // 4)):
                wish = dice.choice([1, 2, 3])
                own[dice.randrange(self.slots)] = wish
        self.wishes = wishes
        self.measures = (points, weekend, holiday)

    def model(self):
        people = self.people
        return {
            "people": people,
            "may": [[p for p in range(people) if s not in self.off[p]] for s in range(self.slots)],
            "apart": [(s, t) for s in range(self.slots) for t in range(s + 1, min(self.slots, s + self.REST + 1))],
            "measures": [
                {"amounts": a, "weight": w, "scale": people, "carried": [0] * people, "owed": [sum(a)] * people}
                for a, w in zip(self.measures, self.WEIGHTS)
            ],
            "wishes": [(s, p, 10 * people * k) for p in range(people) for s, k in self.wishes[p].items()],
        }

    def cost(self, holders):
        """What a calendar costs; None if it is wrong."""
        for slot, person in enumerate(holders):
            if slot in self.off[person] or person in holders[max(0, slot - self.REST) : slot]:
                return None
        cost = 10 * self.people * sum(self.wishes[p].get(s, 0) for s, p in enumerate(holders))
        for amounts, weight in zip(self.measures, self.WEIGHTS):
            for person in range(self.people):
                held = sum(a for a, p in zip(amounts, holders) if p == person)
                cost += weight * abs(self.people * held - sum(amounts))
        return cost


class Daily:
    WEIGHTS, PARTED, WISH, DIVISOR = (10, 20, 30), 60, 15, 10

    def __init__(self, people, weeks, seed):
        dice = random.Random(seed * 7919 + people * 31 + weeks)
        self.people, self.days = people, 7 * weeks
        self.holidays = set(dice.sample(range(self.days), max(3, round(weeks * 10 / 52))))
        self.part = [10] * people
        for person in range(people):
            if dice.random() < 0.25:
                self.part[person] = dice.choice([5, 8])
        self.off, self.blocked = [set() for _ in range(people)], [set() for _ in range(people)]
        for person in range(people):
            left = round(25 * weeks / 52)
            while left > 0:
                length = min(left, dice.choice([1, 2, 5, 5, 5, 10]))
                middle = self.days * 0.55 if dice.random() < 0.4 else dice.uniform(0, self.days)
                first = dice.gauss(middle, self.days * 0.08) if dice.random() < 0.6 else middle
                first = int(min(self.days - 1, max(0, first)))
                through = first + (round(length * 7 / 5) if length >= 5 else length)
                self.off[person].update(range(first, min(self.days, through)))
                left -= length
            if dice.random() < 0.15:
                self.blocked[person].add(dice.randrange(5))
        self.wishes = [dict() for _ in range(people)]
        for own in self.wishes:
            for _ in range(weeks // 2):
                wish = dice.choice([1, 1, 2, 3])
                own[dice.randrange(self.days)] = wish
        self.carried = [dice.randrange(-6, 7) for _ in range(people)]
        self.times = [3 if d in self.holidays else 2 if d % 7 >= 5 else 1 for d in range(self.days)]

    def may(self, person, day):
        return day not in self.off[person] and day % 7 not in self.blocked[person]

    def measures(self):
        """Amounts by slot (primary and secondary of each day in turn), weight, carried, and what all owe together."""
        days, none = range(self.days), [0] * self.people
        points = [t * k for t in self.times for k in (3, 1)]
        weekends = [int(d % 7 >= 5) * k for d in days for k in (1, 0)]
        holidays = [int(d in self.holidays) * k for d in days for k in (1, 0)]
        yield points, self.WEIGHTS[0], self.carried, sum(points) + sum(self.carried)
        yield weekends, self.WEIGHTS[1], none, sum(weekends)
        yield holidays, self.WEIGHTS[2], none, sum(holidays)

    def model(self):
        people, days, full = range(self.people), range(self.days), sum(self.part)
        wish = 10 * (self.WISH * full // 10)
        return {
            "people": self.people,
            "may": [[p for p in people if self.may(p, d)] for d in days for _ in range(2)],
            "apart": [(2 * d, 2 * d + 1) for d in days] + [(2 * d, 2 * d + 2) for d in days[:-1] if d % 7 != 5],
            "windows": [{"slots": list(range(2 * d, 2 * d + 8)), "most": 3} for d in days[:-3]],
            "together": [(2 * d, 2 * d + 2, 10 * (self.PARTED * full // 10)) for d in days[:-1] if d % 7 == 5],
            "measures": [
                {"amounts": a, "weight": w, "scale": full, "carried": c, "owed": [f * owed for f in self.part]}
                for a, w, c, owed in self.measures()
            ],
            "wishes": [(2 * d + k, p, wish * v) for p in people for d, v in self.wishes[p].items() for k in (0, 1)],
        }

    def cost(self, holders):
        """What a calendar costs, in tenths; None if it is wrong."""
        primary, secondary, full = holders[::2], holders[1::2], sum(self.part)
        for day, pair in enumerate(zip(primary, secondary)):
            if pair[0] == pair[1] or not all(self.may(p, day) for p in pair):
                return None
            if day + 1 < self.days and day % 7 != 5 and primary[day + 1] == pair[0]:
                return None
            four = holders[2 * day : 2 * day + 8]
            if any(four.count(p) > 3 for p in four):
                return None
        cost = 0
        for amounts, weight, carried, owed in self.measures():
            for person, part in enumerate(self.part):
                held = carried[person] + sum(a for a, p in zip(amounts, holders) if p == person)
                cost += weight * abs(full * held - part * owed)
        parted = sum(d % 7 == 5 and primary[d] != primary[d + 1] for d in range(self.days - 1))
        wishes = sum(self.wishes[p].get(s // 2, 0) for s, p in enumerate(holders))
        return cost + 10 * (self.PARTED * full // 10 * parted + self.WISH * full // 10 * wishes)


THREADS = 2


def by_cp_sat(model, seconds, patience):
    """Value, bound, status, and processor time, of the same model: every clique of `apart` is one row."""
    from ortools.sat.python import cp_model

    program, people, slots = cp_model.CpModel(), model["people"], range(len(model["may"]))
    x = {(s, p): program.new_bool_var("") for s in slots for p in model["may"][s]}
    for s in slots:
        program.add_exactly_one(x[s, p] for p in model["may"][s])
    later = {s: {t for a, t in model["apart"] if a == s} for s in slots}
    for s in slots:
        clique = [s]
        for t in sorted(later[s]):
            if all(t in later[u] for u in clique):
                clique.append(t)
        rows = [clique] + [[s, t] for t in later[s] if t not in clique]
        for row in rows:
            for p in range(people) if len(row) > 1 else ():
                program.add_at_most_one(x[t, p] for t in row if (t, p) in x)
    for window in model.get("windows", []):
        for p in range(people):
            own = [x[s, p] for s in window["slots"] if (s, p) in x]
            if len(own) > window["most"]:
                program.add(sum(own) <= window["most"])
    costs = [cost * x[s, p] for s, p, cost in model["wishes"] if (s, p) in x]
    for one, other, cost in model.get("together", []):
        parted = program.new_bool_var("")
        for p in model["may"][one]:
            both = [x[one, p].Not(), parted] + ([x[other, p]] if (other, p) in x else [])
            program.add_bool_or(both)
        costs.append(cost * parted)
    for measure in model["measures"]:
        for p in range(people):
            held = sum(a * x[s, p] for s, a in enumerate(measure["amounts"]) if a and (s, p) in x)
            off = program.new_int_var(0, 2 * measure["scale"] * max(1, sum(measure["amounts"]) + 10), "")
            share = measure["scale"] * (measure["carried"][p] + held) - measure["owed"][p]
            program.add(off >= share)
            program.add(off >= -share)
            costs.append(measure["weight"] * off)
    program.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = max(seconds, patience), THREADS
    began, done = time.process_time(), threading.Event()

    def watch():
        while not done.wait(0.1):
            if time.process_time() - began > THREADS * seconds:
                solver.stop_search()
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = solver.solve(program)
    done.set()
    watcher.join()
    spent = time.process_time() - began
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return solver.objective_value if found else None, solver.best_objective_bound, solver.status_name(status), spent


def ours(binary, model, words):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(model, file)
        file.flush()
        began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        answer = subprocess.run([binary, file.name, *words], check=True, capture_output=True, text=True).stdout
        return json.loads(answer) | {"seconds": resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began}


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--binary", default=HERE / "../../target/release/examples/balance_model")
    words.add_argument("--seeds", default="1,2,3")
    words.add_argument("--moves", default="10000000", help="the effort")
    words.add_argument("--only", default="", help="instances, such as weekly:8x26:1,daily:40x52:3")
    words.add_argument("--cp-sat", default="", help="the same, which CP-SAT solves too")
    words.add_argument("--seconds", type=float, default=90, help="for CP-SAT")
    words.add_argument("--patience", type=float, default=90, help="seconds by the clock that CP-SAT may take for them")
    words.add_argument("--twice", action="store_true", help="ask everything twice, and hold the answers equal")
    asked = words.parse_args()
    peers = set(filter(None, asked.cp_sat.split(",")))
    only = set(filter(None, asked.only.split(","))) | peers if asked.only else None
    wrong = 0
    print(f"{'instance':16} {'ours':>9} {'bound':>9} {'seconds':>7}   {'CP-SAT':>9} {'bound':>9}")
    for kind, make in (("weekly", Weekly), ("daily", Daily)):
        for people, weeks in WEEKLY:
            for seed in map(int, asked.seeds.split(",")):
                name = f"{kind}:{people}x{weeks}:{seed}"
                if only is not None and name not in only:
                    continue
                instance = make(people, weeks, seed)
                model = instance.model()
                found = ours(asked.binary, model, [asked.moves])
                if asked.twice:
                    again = ours(asked.binary, model, [asked.moves])
                    if any(found.get(key) != again.get(key) for key in ("cost", "bound", "holders", "cramped")):
                        wrong += 1
                        print(f"{name}: two answers")
                value, bound, note = None, None, ""
                if name in peers:
                    value, bound, status, spent = by_cp_sat(model, asked.seconds, asked.patience)
                    value, bound = value if value is None else value / make.DIVISOR, bound / make.DIVISOR
                    note = f"{status.lower()}, {spent:.0f} s"
                elif seed == 1 and kind == "weekly":
                    value, note = WEEKLY[people, weeks], "noted; the optimum"
                elif seed == 1:
                    (value, bound), note = DAILY[people, weeks], "noted"
                if found["cost"] is None:
                    shown = "none" + (" (proved)" if found["cramped"] else " found")
                    wrong += value is not None
                else:
                    counted = instance.cost(found["holders"])
                    wrong += counted != found["cost"] or found["bound"] > found["cost"]
                    if counted != found["cost"]:
                        print(f"{name}: the program says {found['cost']}, the calendar {counted}")
                    shown = f"{found['cost'] // make.DIVISOR:9,} {found['bound'] // make.DIVISOR:9,}"
                    note += ", ours is proved" if found["cost"] == found["bound"] else ""
                peer = " ".join("        –" if it is None else f"{it:9,.0f}" for it in (value, bound))
                print(f"{name:16} {shown:19} {found['seconds']:7.2f}   {peer}  {note.strip(', ')}", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
