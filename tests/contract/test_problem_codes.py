"""Every code of a problem that the web itself raises is in the reference, with its status; none there is made up."""

from __future__ import annotations

import re
from pathlib import Path

from hickam.interfaces.web.problems import HTTP_CODES, STATUS

ROOT = Path(__file__).parents[2]
RAISED = {
    (int(status), code)
    for path in (ROOT / "src" / "hickam" / "interfaces").rglob("*.py")
    for status, code in re.findall(r"ProblemError\(\s*(\d+),\s*\"([a-z-]+)\"", path.read_text())
} | set(HTTP_CODES.items())
ROWS = re.findall(r"^\| (\d{3}) \| (.+?) \|", (ROOT / "docs" / "reference" / "api.md").read_text(), re.M)
DOCUMENTED = {(int(status), code) for status, cell in ROWS for code in re.findall(r"`([a-z-]+)`", cell)}


def test_every_problem_is_documented() -> None:
    undocumented = RAISED - DOCUMENTED
    assert not undocumented, "add them to docs/reference/api.md"


def test_no_documented_problem_is_made_up() -> None:
    made_up = {(status, code) for status, code in DOCUMENTED - RAISED if STATUS.get(code) != status}
    assert not made_up
