#!/usr/bin/env python3
"""Random Alertmanager configurations and alerts: amtool's receivers against ours.

    routes.py DOGWATCH TREES QUESTIONS SEED

Each tree is imported with no map, so that every receiver is a `notify`. The alerts become `[[tests]]` that
expect amtool's answer, and `dogwatch test` says which of them fail.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LABELS = ["team", "env", "severity", "_x", "UPPER"]
VALUES = [
    "a", "b", "ab", "abc", "aa", "aaa", "db", "prod", "PROD", "staging", "critical", "foo", "foo bar", "a.b", "axb",
    "a|b", "a*", "*", "?", "a?b", "/a/", "/", "a/b", "x=y", "a,b", 'say "hi"', "back\\slash", "ä", "Ä", "α", "日本",
    "🙂", "{x}", "{", "a{,3}", "10", "007", "-", "a-b", "]", "[", "^a$", "&", "~", "<a>", "'", "true", "null", "\\d",
    "yes", "no", "1e3", "0x1F", "2026-11-23", "%", "#x", "a#", "k", "\u212a", "_", " a", "a ", ":",
]
REGEXES = [
    "", "a", "a|b", "a|", "|", ".*", ".+", ".", "a.*", ".*b", "[ab]+", "[^a]*", "[^a]", "(a|b)?c*", "(?:ab|a)b?",
    "prod|staging", "(?i)prod", "(?i:PR)od", "(?i)ä", "(?i)k", "(?i)[j-l]", "(?s).*", "(?U)a+", "(?im-s)^a.$", "()",
    "\\d+", "\\D+", "\\w+", "\\W+", "\\s", "\\S*", "a\\b.*", ".*\\Bb", "\\bfoo\\b.*", "\\Qa.b\\E", "\\Qa|b\\E|a",
    "\\Q\\E", "\\Qab\\E+", "\\pL+", "\\p{Greek}", "\\p{^Greek}+", "\\PL+", "[\\pN_]+", "\\p{Lu}.*", "[[:alpha:]]+",
    "[[:^alpha:]]+", "[[:upper:][:digit:]]+", "[]]", "[^]]", "[a-]+", "[-a]+", "[a-c-]+", "[--/]", "[\\]\\[]", "[[]",
    "[&&]", "[a&&b]", "[a~~b]", "[\\d_]+", "[^\\w]", "[\\x61-\\x63]+", "\\x61", "\\x{1F642}", "\\141", "\\060+7",
    "a{2}", "a{2,}", "a{2,3}", "a{0}", "a{,3}", "a{1", "{x}", "\\{x\\}", "x{0,1}a", "a)|(b", "^a$", "^^a", "a$|b",
    "\\^a\\$", "\\Aa\\z", "(?m)^a$", "\\/a\\/", "a\\/b", "/a/", "\\-", "\\_", "\\<a\\>", "\\&", "\\~", "\\ a",
    "(?P<name>a)b?", "(a)(b)", "a*?", "a+?b??", "a\\.b", "a\\|b", "\\\\d", "[\\\\]d", "\\*", "\\?", "a\\?b", "日.",
    "[α-ω]+", "[^\\x00-\\x{10FFFF}]", "\\a|\\f|\\n|a", "\\tx|b", ",", "a,b", "'", "x=y", "#x", ".*#.*", "[:a]", "[::]",
]
RECEIVERS = ["r0", "r1", "r2", "r3", "r4", "team-a", "team b", "ä", "issue:x/y"]
BARE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.*/+?|[]()^$")


def main():
    dogwatch, trees, questions, seed = sys.argv[1], *map(int, sys.argv[2:5])
    os.environ.update(GOMAXPROCS="1", GOGC="off")
    asked = failed = several = nested = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for number in range(trees):
            rng = random.Random(f"{seed}/{number}")
            rng.used = []
            text = configuration(rng)
            used = list(rng.used)
            alerts = [alert(rng, used) for _ in range(questions)]
            config = Path(folder, "alertmanager.yml")
            config.write_text(text, encoding="utf-8")
            answers = list(pool.map(lambda it: amtool(config, it), alerts))
            wrong = ours(dogwatch, folder, config, alerts, answers)
            asked += len(alerts)
            several += sum(len(it) > 1 for it in answers)
            nested += len({tuple(it) for it in answers})
            if wrong:
                failed += len(wrong)
                print(f"tree {number} of seed {seed} differs:\n{text}", file=sys.stderr)
                for row in wrong[:3]:
                    print(json.dumps(row, ensure_ascii=False), file=sys.stderr)
    print(f"{asked} alerts in {trees} trees: {failed} differ")
    print(f"{several} of them had several receivers; {nested / trees:.1f} different answers a tree")
    # A search that asks nothing, or always the same, proves nothing.
    if failed or asked != trees * questions or several < asked // 20 or nested < 3 * trees:
        sys.exit(1)


def amtool(config, labels):
    """The receivers of an alert, in order."""
    given = [f"{name}={quoted(value)}" for name, value in labels.items()]
    command = ["amtool", "config", "routes", "test", f"--config.file={config}", *given]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"amtool refuses {given} of:\n{config.read_text()}\n{done.stderr}")
    return done.stdout.rstrip("\n").split(",")


def ours(dogwatch, folder, config, alerts, answers):
    """The tests that fail."""
    into = Path(folder, "org")
    shutil.rmtree(into, ignore_errors=True)
    command = [dogwatch, "import", "alertmanager", str(config), "--into", str(into)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"the import fails of:\n{config.read_text()}\n{done.stderr}")
    rows = []
    for labels, receivers in zip(alerts, answers):
        tags = ", ".join(f"{json.dumps(k)} = {json.dumps(v, ensure_ascii=False)}" for k, v in labels.items())
        expect = json.dumps([[f"notify:{it}"] for it in receivers], ensure_ascii=False)
        rows.append(f"[[tests]]\ntags = {{ {tags} }}\nexpect = {expect}\n")
    with open(into / "rotations/escalation.toml", "a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(rows))
    command = [dogwatch, "-C", str(into), "--format", "json", "--now", "2026-11-23T12:00:00Z", "test"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"dogwatch cannot test:\n{config.read_text()}\n{done.stderr}")
    tests = json.loads(done.stdout)["tests"]
    if len(tests) != len(alerts):
        sys.exit(f"{len(alerts)} tests were written, {len(tests)} read")
    return [it for it in tests if not it["passed"]]


def alert(rng, used):
    """Labels, often those that the tree asks for."""
    labels = {name: value(rng) for name in rng.sample(LABELS, rng.choice([0, 1, 2, 2, 3, 4]))}
    labels |= dict(rng.sample(used, min(len(used), rng.choice([0, 1, 2, 2, 3, 4]))))
    return labels


def value(rng):
    return rng.choice(VALUES[:4]) if rng.random() < 0.6 else rng.choice(VALUES + [""])


def configuration(rng):
    """A configuration: every receiver there is, and a tree that names some of them."""
    lines = ["receivers:"]
    lines += [f"- name: {scalar(rng, it)}" for it in RECEIVERS]
    lines += ["route:", f"  receiver: {scalar(rng, rng.choice(RECEIVERS))}"]
    lines += children(rng, 0, "  ", rng.randint(2, 7))
    return "\n".join(lines) + "\n"


def children(rng, depth, indent, count):
    lines = [f"{indent}routes:"]
    for _ in range(count):
        keys = []
        if rng.random() < (0.9 if depth == 0 else 0.7):
            keys.append([f"receiver: {scalar(rng, rng.choice(RECEIVERS))}"])
        keys += conditions(rng)
        if rng.random() < 0.4:
            keys.append([f"continue: {rng.choice(['true', 'yes', 'on'])}"])
        if rng.random() < 0.1:
            keys.append(["group_wait: 10s"])
        if depth < 4 and rng.random() < 0.35:
            keys.append([it[len(indent) + 2 :] for it in children(rng, depth + 1, indent + "  ", rng.randint(1, 4))])
        rng.shuffle(keys)
        rows = [row for key in keys for row in key] or ["continue: false"]
        lines += [f"{indent}{'- ' if at == 0 else '  '}{row}" for at, row in enumerate(rows)]
    return lines


def conditions(rng):
    """The matchers of one route, in one or several of the three forms."""
    keys = []
    forms = rng.choices(["matchers", "match", "match_re", None], [6, 2, 2, 1], k=rng.choice([1, 1, 1, 2]))
    if "match" in forms:
        wanted = {name: value(rng) for name in rng.sample(LABELS, rng.choice([1, 1, 2]))}
        rng.used += wanted.items()
        keys.append(["match:", *[f"  {name}: {scalar(rng, it)}" for name, it in wanted.items()]])
    if "match_re" in forms:
        rows = [f"  {name}: {scalar(rng, rng.choice(REGEXES))}" for name in rng.sample(LABELS, rng.randint(1, 2))]
        keys.append(["match_re:", *rows])
    if "matchers" in forms:
        texts = []
        for _ in range(rng.choice([1, 1, 1, 2, 2, 3])):
            few = [one(rng) for _ in range(rng.choice([1, 1, 1, 2]))]
            text = rng.choice([",", ", ", " , "]).join(few) + rng.choice(["", "", "", ","])
            texts.append(rng.choice(["{%s}", "{ %s }", "%s", "%s", "%s"]) % text)
        keys.append(["matchers:", *[f"- {scalar(rng, it)}" for it in texts]])
    return keys


def one(rng):
    operator = rng.choice(["=", "=", "=", "!=", "=~", "=~", "!~"])
    text = rng.choice(REGEXES) if "~" in operator else value(rng)
    if set(text) <= BARE and not text.startswith("~") and rng.random() < 0.3:
        written = text
    else:
        written = quoted(text) if rng.random() < 0.8 else quoted_loosely(text)
    blank = rng.choice(["", "", " "])
    name = rng.choice(LABELS)
    if "~" not in operator:
        rng.used.append((name, text))
    return f"{name}{blank}{operator}{blank}{written}"


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def quoted_loosely(text):
    """A backslash that escapes nothing may stand alone, which only the classic parser takes."""
    out = ""
    for at, it in enumerate(text):
        after = text[at + 1 : at + 2]
        out += "\\\\" if it == "\\" and after in ("", "n", "\\", '"') else "\\" + it if it == '"' else it
    return f'"{out}"'


def scalar(rng, text):
    """A text of YAML, in one of its ways to write one."""
    plain = text and text[0].isalnum() and all(it.isalnum() or it in "_-./" for it in text)
    ways = [json.dumps(text, ensure_ascii=False), "'" + text.replace("'", "''") + "'"]
    return rng.choice(ways + ([text, text] if plain else []))


if __name__ == "__main__":
    main()
