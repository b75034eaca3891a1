"""Holds DOT, as Graphviz understands it, and SVG, as an XML parser does, to `graph --format json`.

    compare.py CASE...      each CASE is the path of CASE.dot, CASE.svg and CASE.json
"""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

STEERS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


def harmless(text):
    return STEERS.sub("\ufffd", text)


def delay(edge):
    if edge["after_seconds"] is None:
        return ""
    minutes, rest = divmod(edge["after_seconds"], 60)
    text = f"+{minutes} min" + (f" {rest} s" if rest else "")
    return harmless(text + (" if " + ", ".join(edge["when"]) if edge["when"] else ""))


def drawn_lines(draw):
    """The lines of text that Graphviz has laid out."""
    return [it["text"] for it in draw or [] if it["op"] == "T"]


def through_graphviz(case, expected):
    result = subprocess.run(["dot", "-Tjson", f"{case}.dot"], capture_output=True, text=True)
    # Without the fonts of the reader's machine it says which it took; that is no complaint about us.
    complaints = [it for it in result.stderr.splitlines() if "fontname" not in it.lower() and it.strip()]
    assert result.returncode == 0 and not complaints, f"dot: {complaints}"
    seen = json.loads(result.stdout)
    nodes = sorted((it["name"], drawn_lines(it["_ldraw_"])[0]) for it in seen["objects"])
    wanted = sorted((it["id"], harmless(it["title"])) for it in expected["nodes"])
    assert nodes == wanted, f"nodes {nodes}\nnot {wanted}"
    names = {it["_gvid"]: it["name"] for it in seen["objects"]}
    edges = sorted(
        (names[it["tail"]], names[it["head"]], "".join(drawn_lines(it.get("_ldraw_"))))
        for it in seen.get("edges", [])
    )
    wanted = sorted((it["from"], it["to"], delay(it)) for it in expected["edges"])
    assert edges == wanted, f"edges {edges}\nnot {wanted}"
    return len(nodes), len(edges)


def through_xml(case, expected):
    tree = xml.parse(f"{case}.svg").getroot()
    allowed = {"svg", "title", "desc", "style", "rect", "text", "g", "path"}
    used = {it.tag.removeprefix("{http://www.w3.org/2000/svg}") for it in tree.iter()}
    assert used <= allowed, f"unexpected elements: {used - allowed}"
    style = tree.find("{http://www.w3.org/2000/svg}style").text
    assert not re.search(r"url\(|@import|http", style), "the picture asks for something else"
    attributes = {name for it in tree.iter() for name in it.attrib}
    assert not any(it.startswith("on") or "href" in it for it in attributes), attributes
    said = "\n".join(it.text or "" for it in tree.iter("{http://www.w3.org/2000/svg}title"))
    for node in expected["nodes"]:
        by_turns = node["kind"] == "person" and not any(
            it["to"] == node["id"] and it["kind"] in ("route", "escalation") for it in expected["edges"]
        )
        if node["kind"] != "routes" and not by_turns:
            assert harmless(node["title"]) in said, f"the picture is silent about {node['title']!r}"


nodes = edges = 0
failed = False
for case in sys.argv[1:]:
    expected = json.load(open(f"{case}.json"))
    try:
        more_nodes, more_edges = through_graphviz(case, expected)
        through_xml(case, expected)
        nodes, edges = nodes + more_nodes, edges + more_edges
    except (AssertionError, xml.ParseError) as error:
        failed = True
        print(f"{case}: {error}", file=sys.stderr)
if failed:
    sys.exit(1)
print(f"Graphviz draws {len(sys.argv) - 1} graphs as meant: {nodes} nodes, {edges} edges; their pictures are sound XML")
