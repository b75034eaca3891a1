"""The reference organisation in one family, in a folder of its own, applied to a rehearsal."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "peers" / "rehearse"))
from practice import Practice  # noqa: E402

NOW = "2026-11-24T12:34:56Z"
HORIZON = "28d"


class Synced:
    """A rehearsal, and files that can be changed and applied."""

    def __init__(self, dogwatch, family):
        self.dogwatch = dogwatch
        self.folder = tempfile.TemporaryDirectory()
        shutil.copytree(ROOT / "rotations", self.rotations)
        self.change("org.toml", 'family        = "layers"', f'family        = "{family}"')
        self.log = Path(self.folder.name) / "log.jsonl"
        self.practice = Practice(dogwatch, NOW, "--log", str(self.log), organisation=self.folder.name)

    @property
    def rotations(self):
        return Path(self.folder.name) / "rotations"

    def change(self, file, before, after):
        """One text becomes another; where it is not, the files have changed and this has to."""
        path = self.rotations / file
        text = path.read_text(encoding="utf-8")
        if before not in text:
            raise SystemExit(f"{file} has no {before!r}")
        path.write_text(text.replace(before, after, 1), encoding="utf-8")

    def run(self, *arguments):
        """What the program prints on stdout."""
        command = [self.dogwatch, "-C", self.folder.name, "--now", NOW, *arguments]
        environment = {**os.environ, "PAGERDUTY_TOKEN": "rehearsal", "DOGWATCH_PAGERDUTY": self.practice.url}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def apply(self):
        risks = [it for risk in ("current-shift", "gap", "removals", "unreachable") for it in ("--accept", risk)]
        self.run("apply", "--yes", "--horizon", HORIZON, *risks)

    def __enter__(self):
        self.practice.__enter__()
        return self

    def __exit__(self, *_):
        self.practice.__exit__()
        self.lines = [json.loads(it) for it in self.log.read_text(encoding="utf-8").splitlines()]
        self.folder.cleanup()
