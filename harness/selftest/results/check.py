#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Look at results and formats with somebody else's parsers.

  check.py schema             the samples are valid and add up; each spoilt one is refused
  check.py document FILE      FILE is valid results
  check.py junit FILE XML     XML is well-formed and has FILE's totals
  check.py html FILE PAGE     PAGE is well-formed, without script, and has FILE's matrix
  check.py summary FILE       nothing in the Markdown FILE stands where the kit did not put it
"""
import copy
import html.parser
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

import jsonschema

HERE = pathlib.Path(__file__).parent
SAMPLES = ["passed", "todo", "mixed", "verdicts", "methods", "hostile"]

ROW = "stages/0/tasks/0/rows/0/"
REMOVED = object()
SPOILT = [
    ("another document", "procsmith", "result"),
    ("a version that is not out yet", "version", 4),
    ("no version", "version", REMOVED),
    ("local time", "started", "2026-11-21 10:00:00"),
    ("negative time", "seconds", -1),
    ("a seed that is no number", "seed", "1"),
    ("a field nobody knows", "grade", "A"),
    ("another kind of submission", "submission/kind", "zip"),
    ("own as a number", "submission/own", 1),
    ("no processor", "machine/cpus", 0),
    ("another tracer", "machine/trace", "strace"),
    ("no word on what was not checked", "machine/checks_not_made", REMOVED),
    ("a stage without its number", "stages/0/name", "process"),
    ("an unknown field of a stage", "stages/0/note", "x"),
    ("no matrix", "stages/0/matrix", REMOVED),
    ("a matrix of sentences", "stages/0/matrix", ["process.1/runs"]),
    ("a row that is run by no method", "stages/0/matrix",
     [{"row": "process.1/runs", "sentence": "it runs", "why": None, "by": {}}]),
    ("a row that is not run, and nobody knows why", "stages/0/matrix",
     [{"row": "process.1/runs", "sentence": "it runs", "why": None, "by": {"spawn": None}}]),
    ("a build that failed in silence", "stages/2/build/messages", ""),
    ("a line before the first", "stages/0/build/line", 0),
    ("a task id without a number", "stages/0/tasks/0/id", "process"),
    ("a row id without a name", ROW + "id", "process.1"),
    ("a verdict of another kit", ROW + "verdict", "timeout"),
    ("a verdict in capitals", ROW + "verdict", "PASS"),
    ("points lost below nothing", ROW + "points", -1),
    ("half a point", ROW + "points", 0.5),
    ("points for what is to do", "stages/0/tasks/4/rows/0/points", 2),
    ("a place without a line", ROW + "where", {"file": "a.c"}),
    ("a place with a column", ROW + "where", {"file": "a.c", "line": 1, "column": 2}),
    ("a finding of no known kind", ROW + "findings", [{"kind": "ghost", "text": "boo"}]),
    ("a finding without words", ROW + "findings", [{"kind": "zombie", "text": ""}]),
    ("a difference that is one text", ROW + "difference", "P.1"),
    ("no command to repeat it", ROW + "repeat", REMOVED),
    ("output as bytes", ROW + "output", [104, 105]),
    ("a hint that is a sentence", ROW + "hint", "try harder"),
    ("a knot that is one text", ROW + "knot", "P"),
    ("a knot of nobody", ROW + "knot", []),
    ("a row without output", ROW + "output", REMOVED),
    ("an unknown field of a row", ROW + "colour", "red"),
    ("totals of a verdict that is none", "totals/timeout", 0),
    ("totals that leave a verdict out", "totals/harness error", REMOVED),
    ("another exit code", "exit", 4),
]


def sample(name):
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def validator():
    schema = json.loads((HERE / "../../../docs/results.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def rows(results):
    return [row for stage in results["stages"] for task in stage["tasks"] for row in task["rows"]]


def spoil(results, path, value):
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    for step in way:
        results = results[step]
    if value is REMOVED:
        del results[last]
    else:
        results[last] = value


def check_schema():
    valid = validator()
    for name in SAMPLES:
        valid.validate(sample(name))
    for why, path, value in SPOILT:
        spoilt = copy.deepcopy(sample("mixed"))
        spoil(spoilt, path, value)
        assert not valid.is_valid(spoilt), f"the schema takes {why}: {path}"


def check_document(path):
    validator().validate(json.loads(pathlib.Path(path).read_text(encoding="utf-8")))


def check_junit(path, xml):
    results = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    root = ElementTree.parse(xml).getroot()
    totals = results["totals"]
    builds = sum(not stage["build"]["ok"] for stage in results["stages"])
    expected = {
        "tests": totals["rows"] + builds,
        "failures": sum(totals[v] for v in ("wrong", "deadlock", "leak", "race", "tamper")),
        "errors": sum(totals[v] for v in ("crash", "slow", "harness error")) + builds,
        "skipped": totals["todo"] + totals["skipped"],
    }
    elements = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for name, count in expected.items():
        counted = len(root.findall(f"testsuite/testcase/{elements[name]}"))
        if name == "tests":
            counted = len(root.findall("testsuite/testcase"))
        suites = sum(int(suite.get(name)) for suite in root)
        seen = [int(root.get(name)), suites, counted]
        assert seen == [count] * 3, f"{name}: {seen}, not {count}"
    points = [p.get("value") for p in root.findall("testsuite/properties/property[@name='points']")]
    assert points == [f"{s['points']}/{s['of']}" for s in results["stages"]], points
    cases = [case for case in root.iter("testcase") if case.get("name") != "build"]
    assert [case.get("name") for case in cases] == [row["id"] for row in rows(results)]


class Page(html.parser.HTMLParser):
    """Elements that close in order, and the cells of the tables of class matrix."""

    def __init__(self):
        super().__init__()
        self.open, self.lines, self.ids, self.links = [], [], [], []

    def handle_starttag(self, tag, attributes):
        assert tag not in ("script", "img", "link", "iframe"), f"<{tag}>"
        assert not [name for name, _ in attributes if name.startswith("on")], attributes
        attributes = dict(attributes)
        if tag not in ("meta", "col", "br"):
            self.open.append((tag, attributes.get("class")))
        self.ids.append(attributes.get("id"))
        self.links.append(attributes.get("href"))
        if ("table", "matrix") in self.open and tag == "tr":
            self.lines.append([])
        if ("table", "matrix") in self.open and tag == "td":
            self.lines[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        if ("table", "matrix") in self.open and any(tag == "td" for tag, _ in self.open):
            self.lines[-1][-1] += data


def cell(results, row):
    if row is None:
        return "–"
    verdicts = [r["verdict"] for r in rows(results) if r["id"] == row]
    return verdicts[0] if verdicts else ""


def check_html(path, page):
    results = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    seen = Page()
    seen.feed(pathlib.Path(page).read_text(encoding="utf-8"))
    assert not seen.open, f"left open: {seen.open}"
    entries = [entry for stage in results["stages"] for entry in stage["matrix"]]
    lines = [line for line in seen.lines if line]
    assert len(lines) == len(entries), lines
    for entry, line in zip(entries, lines):
        expected = [entry["row"]] + [cell(results, row) for row in entry["by"].values()]
        assert [text.lstrip("✓✗· ") for text in line[:-1]] == expected, line
        assert not entry["why"] or "– " in line[-1], f"no reason: {line}"
    for link in seen.links:
        assert not link or link[1:] in seen.ids, f"{link} leads nowhere"


OURS = re.compile(
    r"(## Procsmith: \d+ of \d+ points|### [\w\\./-]+: ([\w ]+, \d+ of \d+ points|does not build)"
    r"|</details>|<details><summary>[A-Za-z ]+</summary>"
    r"|\| [^|]*(\\\|[^|]*)* \| [^|]*(\\\|[^|]*)* \|( [-\d/: ]+ \|){4}|\| stage .*|\| :-- .*)")


def check_summary(path):
    fence = 0
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        ticks = re.match(r" {0,3}(`{3,})([^`]*)$", line)
        if fence:
            if ticks and len(ticks[1]) >= fence and not ticks[2].strip():
                fence = 0
        elif ticks:
            assert ticks[2] in ("text", "mermaid"), f"a fence of nobody's: {line}"
            fence = len(ticks[1])
        elif not OURS.fullmatch(line):
            bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", line)
            bare = re.sub(r"^(\*\*.*\*\*|- )|^\(\d+ more bytes .*\)$", "", bare)
            assert not re.search(r"[<>`\[\]|*#]|://|~~~", bare), f"markup: {line}"
    assert not fence, "a fence is left open"


if __name__ == "__main__":
    globals()["check_" + sys.argv[1]](*sys.argv[2:])
