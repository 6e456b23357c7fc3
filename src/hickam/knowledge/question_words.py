"""``question_words.yaml`` of a pack: everyday words in questions and the items they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from hickam.knowledge.issues import Issue
from hickam.knowledge.loading import convert
from hickam.knowledge.yaml12 import read_yaml
from hickam.model.pack import Pack

FILE = "question_words.yaml"


class QuestionWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``words``: a wording and its items ('folder/id'). ``treatments``: drug id -> treatment id that covers it."""

    words: dict[str, tuple[str, ...]] = {}
    treatments: dict[str, str] = {}


def read_question_words(root: Path) -> tuple[QuestionWords, list[Issue]]:
    """The file, or an empty table when the pack has none; and its structural problems."""
    path = root / FILE
    if not path.exists():
        return QuestionWords(), []
    issues: list[Issue] = []
    found = convert(FILE, read_yaml(path.read_bytes()) or {}, QuestionWords, issues)
    return (found if isinstance(found, QuestionWords) else QuestionWords()), issues


def check_question_words(root: Path, pack: Pack) -> Iterator[Issue]:
    """Items that do not exist."""
    found, issues = read_question_words(root)
    yield from issues
    items = [(word, item) for word, named in found.words.items() for item in named]
    items += [(drug, f"drugs/{drug}") for drug in found.treatments]
    items += [(drug, f"treatments/{name}") for drug, name in found.treatments.items()]
    for where, item in items:
        folder, _, name = item.partition("/")
        if name not in getattr(pack, folder, {}):
            yield Issue(
                file=FILE,
                path=where,
                what=f"no item {item!r}",
                why="a question with this word would find nothing",
                fix="name an existing folder/id, or remove the line",
            )
