"""What people say for each finding of the leg cramps pack: every sentence kept here was once misread or carries much."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
import pytest
from leg_cramps_words import vocabulary

from hickam.intake import parse

FILES = sorted(Path(__file__).with_name("wordings").glob("*.yaml"))
Kind = Literal["present", "absent", "not"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_sentences_are_read_as_they_are_meant(file: Path) -> None:
    wordings = msgspec.yaml.decode(file.read_bytes(), type=dict[str, dict[Kind, list[str]]])
    wrong = []
    for told, kinds in wordings.items():
        finding, _, value = told.partition("=")
        assert finding in vocabulary().findings
        for kind, sentences in kinds.items():
            for sentence in sentences:
                observations = parse(f"I have leg pain. {sentence}", vocabulary()).observations
                state = next(
                    (o.state for o in observations if o.finding == finding and (not value or value in o.values)), None
                )
                if state == "present" if kind == "not" else state != kind:
                    wrong.append(f"{told} {kind}: {sentence} (read as {state or 'not told'})")
    assert not wrong, "\n".join(wrong)
