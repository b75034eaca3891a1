"""A rehearsal in a process of its own, for as long as a `with` block; and what asks it."""

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class Practice:
    """`dogwatch rehearse` on the reference organisation, with a clock that stands."""

    def __init__(self, dogwatch, now, *options, organisation=ROOT):
        command = [dogwatch, "-C", str(organisation), "--now", now, "rehearse", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline()
        if " at http://" not in first:
            raise SystemExit(f"the rehearsal did not begin: {first!r}")
        self.url = first.rsplit(" ", 1)[1].strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        if self.process.wait(timeout=20) != 0:
            raise SystemExit("the rehearsal did not end well")

    def ask(self, method, target, body=None):
        """Status and JSON (None if there is none) of a request with the account's key."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + target, data=data, method=method)
        request.add_header("Authorization", "Token token=rehearsal")
        request.add_header("Accept", "application/vnd.pagerduty+json;version=2")
        request.add_header("Content-Type", "application/json")
        request.add_header("From", self.owner if hasattr(self, "owner") else "vera@example.com")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        return status, json.loads(text) if text else None

    def must(self, method, target, body=None):
        """The JSON of a request that has to succeed."""
        status, answer = self.ask(method, target, body)
        if status >= 300:
            raise SystemExit(f"{method} {target}: {status} {answer}")
        return answer
