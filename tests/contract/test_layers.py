"""Arrows point one way: interfaces -> services -> {clinic, writing, answers, intake, store} -> inference -> knowledge
-> model. The check reads the imports, and is itself shown to fail on a wrong one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src" / "hickam"
ALLOWED: dict[str, set[str]] = {
    "model": set(),
    "knowledge": {"model"},
    "inference": {"model", "knowledge"},
    "clinic": {"model", "knowledge", "inference"},
    "writing": {"model", "knowledge", "inference"},
    "answers": {"model", "knowledge", "inference"},
    "intake": {"model", "knowledge", "inference"},
    "store": {"model", "knowledge", "inference"},
    "services": {"model", "knowledge", "inference", "clinic", "writing", "answers", "intake", "store"},
    "interfaces": {"model", "knowledge", "inference", "services", "writing", "intake"},
}
"""Interfaces may use intake's errors and parsing and writing's renderers directly; they may not reason (clinic)."""
EVERYWHERE = {"errors", ""}


def imported_layers(source: str) -> set[str]:
    """Layers of hickam that a module imports, function-local imports included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "relative import: write the full name"
            names = [node.module] if node.module != "hickam" else [f"hickam.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {[*name.split("."), ""][1] for name in names if name.split(".")[0] == "hickam"}
    return found


def wrong_arrows(layer: str, source: str) -> set[str]:
    """Layers that this layer must not know."""
    return {other for other in imported_layers(source) - ALLOWED[layer] - EVERYWHERE - {layer} if other in ALLOWED}


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_only_point_down(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    if layer not in ALLOWED:
        assert layer in {"__init__.py", "errors.py", "api.py"}, f"{layer} is not in the table of layers"
        return
    assert wrong_arrows(layer, path.read_text()) == set()


@pytest.mark.parametrize(
    ("layer", "line", "expected"),
    [
        ("model", "from hickam.services.assess import assess", {"services"}),
        ("inference", "import hickam.clinic.tiers", {"clinic"}),
        ("clinic", "def f():\n    from hickam.intake import text\n", {"intake"}),
        ("interfaces", "from hickam.clinic.tiers import tiers", {"clinic"}),
        ("services", "from hickam.inference.engine import Engine", set()),
    ],
)
def test_the_check_itself_can_fail(layer: str, line: str, expected: set[str]) -> None:
    assert wrong_arrows(layer, line) == expected
