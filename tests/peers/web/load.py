"""What load.sh lets clients do: see there."""

import http.client
import json
import os
import re
import socket
import sys
import threading
import time
import urllib.parse
from pathlib import Path


def resident(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) // 1024


def connection(url):
    place = urllib.parse.urlsplit(url)
    return http.client.HTTPConnection(place.hostname, place.port, timeout=60)


def mixed(url, seconds, pid):
    """Asks what is cached and what never is; the memory of the second half must not grow beyond the first's.

    LOAD_PAUSE is how many seconds each client waits after each answer, where others need the machine too.
    """
    pause = float(os.environ.get("LOAD_PAUSE", "0"))
    end = time.monotonic() + float(seconds)
    half = time.monotonic() + float(seconds) / 2
    counts, wrong, peaks = [0] * 4, [], [0, 0]

    def client(me):
        link = connection(url)
        turn = 0
        while time.monotonic() < end:
            turn += 1
            # A moment that nobody has asked about: nothing of it can be known already.
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_767_225_600 + (turn * 4 + me) * 977))
            for path in (
                f"/api/v1/who?name=search-api&at={at}",
                f"/ask?q=mysql-main&at={at}",
                f"/calendar?zoom=month&on={at[:10]}",
                "/",
                "/feeds/everything.ics",
                "/check",
            )[: 6 if turn % 5 == 0 else 2]:
                link.request("GET", path)
                answer = link.getresponse()
                answer.read()
                counts[me] += 1
                time.sleep(pause)
                if answer.status != 200:
                    wrong.append((path, answer.status))

    threads = [threading.Thread(target=client, args=(it,)) for it in range(4)]
    for it in threads:
        it.start()
    series = []
    while any(it.is_alive() for it in threads):
        time.sleep(0.5)
        now = resident(pid)
        series.append(now)
        which = 0 if time.monotonic() < half else 1
        peaks[which] = max(peaks[which], now)
    shown = series[:: max(1, len(series) // 12)]
    print(f"{sum(counts)} answers; resident MiB over time: {shown}; peaks of both halves: {peaks}")
    if wrong:
        sys.exit(f"wrong: {wrong[:5]}")
    if peaks[1] > peaks[0] * 1.15 + 8:
        sys.exit("memory grows")


def idle(url, count, pid):
    """Connections that say nothing; meanwhile, others are answered. Then clients of every bad kind."""
    place = urllib.parse.urlsplit(url)
    before = resident(pid)
    held = []
    for _ in range(int(count)):
        held.append(socket.create_connection((place.hostname, place.port), timeout=30))
    slow = time.monotonic()
    for _ in range(20):
        link = connection(url)
        link.request("GET", "/api/v1/who?name=search-api")
        answer = link.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"beside idle connections: {answer.status}")
    slow = (time.monotonic() - slow) / 20
    during = resident(pid)
    # Half a head each, a byte now and then: until the server has had enough.
    for it in held[:200]:
        it.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    begun, gone = time.monotonic(), set()
    while len(gone) < len(held) and time.monotonic() - begun < 60:
        for index, it in enumerate(held):
            if index in gone:
                continue
            it.settimeout(0)
            try:
                if index < 200:
                    it.send(b"X")
                if it.recv(4096) == b"":
                    gone.add(index)
            except BlockingIOError:
                pass
            except OSError:
                gone.add(index)
        time.sleep(0.5)
    print(
        f"{count} idle connections: resident {before} -> {during} MiB, an answer beside them {slow * 1000:.1f} ms; "
        f"{len(gone)} ended by the server within {time.monotonic() - begun:.0f} s"
    )
    if len(gone) < len(held):
        sys.exit("some connections are kept for ever")
    # Bodies far beyond the limit, from fifty at once.
    def large():
        link = connection(url)
        try:
            link.request("POST", "/api/v1/route", body=b" " * (64 << 20), headers={"Content-Type": "application/json"})
            seen.append(link.getresponse().status)
        except OSError:
            seen.append("closed")

    seen = []
    threads = [threading.Thread(target=large) for _ in range(50)]
    for it in threads:
        it.start()
    peak = 0
    while any(it.is_alive() for it in threads):
        peak = max(peak, resident(pid))
        time.sleep(0.05)
    print(f"50 bodies of 64 MiB at once: {sorted(set(map(str, seen)))}, resident at most {peak} MiB")
    if not set(seen) <= {413, "closed"}:
        sys.exit("a body beyond the limit was taken")


def rotations(folder, count, version):
    """An organisation whose rotations all bear a version."""
    place = Path(folder) / "rotations"
    place.mkdir(parents=True, exist_ok=True)
    fixed = {
        "org.toml": "zone = 'UTC'\n",
        "people.toml": "".join(f"[p{it}]\nname = 'P{it}'\nzone = 'UTC'\n" for it in range(40)),
        "escalation.toml": "routes = [{ page = 'r0' }]\nescalations = [{ from = 'r0', after = '5m', to = '@p0' }]\n",
    }
    for name, text in fixed.items():
        if not (place / name).exists():
            (place / name).write_text(text)
    for it in range(int(count)):
        people = ", ".join(f"'p{(it + k) % 40}'" for k in range(4))
        text = (
            f"name = 'R{it} {version}'\n[[layers]]\npeople = [{people}]\nfrom = 2026-01-05\n"
            "handoff = { every = 'week', on = 'Mon', at = '10:00' }\n"
        )
        (place / f"r{it}.toml").write_text(text)


def changes(url, folder, count):
    """Files change three times, a bad edit among them; every answer is whole, and of one version."""
    done = threading.Event()
    seen, wrong, counts = [[], []], [], [0, 0]

    def client(me):
        link = connection(url)
        while not done.is_set():
            try:
                link.request("GET", "/api/v1/rotations")
                answer = link.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as error:
                wrong.append(repr(error))
                return
            counts[me] += 1
            names = [it["name"] for it in json.loads(body)["rotations"]] if answer.status == 200 else []
            found = {it.split()[1] for it in names}
            if len(names) != int(count) or len(found) != 1:
                wrong.append((answer.status, len(names), sorted(found)))
            seen[me].extend(found)

    threads = [threading.Thread(target=client, args=(it,)) for it in range(2)]
    for it in threads:
        it.start()

    def wait(version, stale):
        link = connection(url)
        for _ in range(600):
            link.request("GET", "/api/v1/rotations/r999")
            answer = link.getresponse()
            document = json.loads(answer.read())
            fine = document["rotations"][0]["name"].endswith(version)
            if fine and (answer.getheader("dogwatch-stale") is not None) == stale:
                return
            time.sleep(0.1)
        wrong.append(f"it never comes to {version}")

    begun = time.monotonic()
    wait("v0", False)
    rotations(folder, count, "v1")
    wait("v1", False)
    bad = Path(folder) / "rotations" / "r500.toml"
    bad.write_text(bad.read_text().replace("p", "nobody-", 3))
    wait("v1", True)
    rotations(folder, count, "v2")
    wait("v2", False)
    done.set()
    for it in threads:
        it.join()
    order = [[it for i, it in enumerate(all) if i == 0 or all[i - 1] != it] for all in seen]
    print(f"{count} rotations changed twice and were wrong once within {time.monotonic() - begun:.0f} s: "
          f"{sum(counts)} answers, each of one version, in the order {order[0]}; {len(wrong)} wrong")
    if wrong or any(it != ["v0", "v1", "v2"] for it in order):
        sys.exit(f"{wrong[:3]} {order}")


if __name__ == "__main__":
    {"mixed": mixed, "idle": idle, "rotations": rotations, "changes": changes}[sys.argv[1]](*sys.argv[2:])
