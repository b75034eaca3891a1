"""`dogwatch fit` beside DuckDB and Polars: ten million episodes, from CSV to figures, a whole process each.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install -r benches/peers/requirements.txt
    cargo build --release
    /tmp/venv/bin/python benches/peers/fit.py                       # 10,000,000 rows, 5 rounds
    /tmp/venv/bin/python benches/peers/fit.py --rows 1000000 --rounds 3 --dogwatch PATH --folder /tmp/past

The peers work out four of the figures that `fit` has or could have: first team by last team; three quantiles of the minutes to
acknowledge and to resolve by team; pages by person and hour on that person's clock; and who was on call when it was paged.
`fit` works out its whole report, as text. Each may use two threads. They take turns; what is compared are medians: of the time
on the clock, which other programs at work spoil, of processor time, which they spoil less, and the most memory.
Before anything is timed, all three must agree on how many episodes were right first time.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ZONES = ["Europe/Dublin", "America/Chicago", "Asia/Kolkata", "Australia/Sydney", "America/Sao_Paulo"]
TEAMS, WEEKS = 200, 170
SIDES = ["dogwatch", "duckdb", "polars"]


def by_duckdb(path):
    import duckdb

    base = duckdb.connect()
    base.execute("SET threads = 2")
    run = lambda text: base.execute(text).fetchall()
    run("LOAD icu")
    columns = "{'id': 'BIGINT', 'created_at': 'TIMESTAMP', 'service': 'VARCHAR', 'tags': 'VARCHAR', 'paged_rotation': 'VARCHAR', 'resolver_team': 'VARCHAR', 'ack_at': 'TIMESTAMP', 'resolved_at': 'TIMESTAMP', 'responder': 'VARCHAR'}"
    run(f"CREATE TABLE past AS FROM read_csv('{path}', header = true, columns = {columns})")
    matrix = run("SELECT paged_rotation, resolver_team, count(*) FROM past GROUP BY ALL")
    took = lambda column: f"quantile_cont(epoch({column} - created_at), [0.5, 0.9, 0.99])"
    run(f"SELECT resolver_team, {took('ack_at')}, {took('resolved_at')} FROM past GROUP BY ALL")
    zone = f"({ZONES})[1 + CAST(substr(responder, 6) AS INT) % {len(ZONES)}]"
    run(f"SELECT responder, hour(timezone({zone}, timezone('UTC', created_at))) AS hour, count(*) FROM past GROUP BY ALL")
    run(
        "CREATE TABLE turns AS SELECT 'team-' || team AS rotation, TIMESTAMP '2022-12-26 10:00:00' + INTERVAL (7 * week) DAY AS begins,"
        f" 'user-' || (team * 10 + week % 10) AS person FROM range({TEAMS}) t(team), range({WEEKS}) w(week)"
    )
    run(
        "SELECT person, count(*) FROM past ASOF JOIN turns ON past.paged_rotation = turns.rotation AND past.created_at >= turns.begins GROUP BY ALL"
    )
    return sum(count for paged, team, count in matrix if paged == team)


def by_polars(path):
    os.environ["POLARS_MAX_THREADS"] = "2"
    import datetime as dt

    import polars as pl

    col = pl.col
    times = ["created_at", "ack_at", "resolved_at"]
    past = pl.read_csv(path).with_columns(col(times).str.to_datetime("%Y-%m-%dT%H:%M:%SZ"))
    matrix = past.group_by("paged_rotation", "resolver_team").len()
    took = {it: (col(it) - col("created_at")).dt.total_seconds() for it in times[1:]}
    quantiles = [took[it].quantile(at, "linear").alias(f"{it} {at}") for it in took for at in (0.5, 0.9, 0.99)]
    past.lazy().group_by("resolver_team").agg(quantiles).collect()
    number = col("responder").str.slice(5).cast(pl.Int32) % len(ZONES)
    hour = lambda zone: col("created_at").dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.hour()
    local = pl.when(number == 0).then(hour(ZONES[0]))
    for place, zone in enumerate(ZONES[1:], 1):
        local = local.when(number == place).then(hour(zone))
    past.lazy().select("responder", hour=local).group_by("responder", "hour").len().collect()
    begins = lambda week: dt.datetime(2022, 12, 26, 10) + dt.timedelta(weeks=week)
    rows = [(f"team-{team}", begins(week), f"user-{team * 10 + week % 10}") for team in range(TEAMS) for week in range(WEEKS)]
    turns = pl.DataFrame(rows, schema=["rotation", "begins", "person"], orient="row").sort("begins")
    turns = turns.with_columns(col("begins").cast(past["created_at"].dtype)).set_sorted("begins")
    past.select("paged_rotation", "created_at").join_asof(
        turns, left_on="created_at", right_on="begins", by_left="paged_rotation", by_right="rotation", check_sortedness=False
    ).group_by("person").len()
    return int(matrix.filter(col("paged_rotation") == col("resolver_team"))["len"].sum())


def command(side, options, form="text"):
    if side == "dogwatch":
        words = ["fit", options.folder / "episodes.csv", "--mapping", options.folder / "mapping.toml", "--format", form]
        return [options.dogwatch, "-C", options.folder / "nowhere", *words]
    return [sys.executable, HERE / "fit.py", "--side", side, "--folder", options.folder]


def right(side, options):
    """How many episodes were right first time, as this side has it."""
    out = subprocess.run(command(side, options, "json"), check=True, capture_output=True).stdout
    found = json.loads(out)
    return found["right_first_time"]["count"] if side == "dogwatch" else found


def measured(words):
    """Seconds on the clock, seconds of processor time, and the most memory in MB, of one process."""
    with tempfile.TemporaryFile() as out:
        begin = time.perf_counter()
        process = subprocess.Popen(words, stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{words[0]} ended with {process.returncode}")
        return time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--rows", type=int, default=10_000_000)
    parse.add_argument("--rounds", type=int, default=5)
    parse.add_argument("--dogwatch", default=HERE.parents[1] / "target/release/dogwatch")
    parse.add_argument("--folder", type=pathlib.Path, help="where the episodes are, or are to be; absent, a temporary one")
    parse.add_argument("--side", choices=SIDES[1:], help="be that peer, for one process")
    options = parse.parse_args()
    if options.side:
        peer = {"duckdb": by_duckdb, "polars": by_polars}[options.side]
        return print(peer(str(options.folder / "episodes.csv")))
    with tempfile.TemporaryDirectory() as temporary:
        options.folder = options.folder or pathlib.Path(temporary)
        if not (options.folder / "episodes.csv").exists():
            subprocess.run([sys.executable, HERE / "episodes.py", str(options.rows), options.folder], check=True)
        counts = {side: right(side, options) for side in SIDES}
        if len(set(counts.values())) != 1:
            sys.exit(f"they do not agree on what was right first time: {counts}")
        runs = {side: [] for side in SIDES}
        for _ in range(options.rounds):
            for side in SIDES:
                runs[side].append(measured(command(side, options)))
                print(f"  {side:<10}" + "".join(f"{it:>10.2f}" for it in runs[side][-1]), file=sys.stderr)
        medians = {side: [statistics.median(it) for it in zip(*runs[side])] for side in SIDES}
        size = (options.folder / "episodes.csv").stat().st_size / 1e6
        print(f"{size:,.0f} MB of CSV, {options.rounds} rounds, medians")
        print(f"{'':<10}{'clock s':>10}{'ratio':>8}{'cpu s':>10}{'ratio':>8}{'memory MB':>12}{'ratio':>8}")
        for side in SIDES:
            pairs = zip(medians[side], medians["dogwatch"], (10, 10, 12))
            print(f"{side:<10}" + "".join(f"{it:>{width}.2f}{it / ours:>8.2f}" for it, ours, width in pairs))


if __name__ == "__main__":
    main()
