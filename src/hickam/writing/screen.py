"""What every text screen has: colours or none, width, numbered citations, the header that says whose answer it is."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from hickam.model.answer import CitedAnswer
from hickam.model.assessment import Assessment, PackStamp
from hickam.model.condition import Level
from hickam.writing.words import stamp_state


@dataclass(frozen=True)
class Style:
    """ANSI colours when the output is a terminal, none otherwise."""

    colour: bool = False
    width: int = 100
    cited: dict[str, int] = field(default_factory=dict)
    """Source key -> number, in order of first use on this screen; only these are listed."""

    def cite(self, answer: Assessment | CitedAnswer, keys: tuple[str, ...]) -> str:
        """' [1,3]' for the sources that the answer lists."""
        known = {ref.key for ref in answer.references}
        numbers = [self.cited.setdefault(key, len(self.cited) + 1) for key in keys if key in known]
        return f" [{','.join(map(str, numbers))}]" if numbers else ""

    def paint(self, text: str, code: str) -> str:
        """Text in an ANSI style."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def bold(self, text: str) -> str:
        """Bold text."""
        return self.paint(text, "1")

    def faint(self, text: str) -> str:
        """Faint text."""
        return self.paint(text, "2")

    def level(self, text: str, level: Level) -> str:
        """Text in the colour of an urgency level."""
        return self.paint(text, {"emergency": "1;31", "same_day": "1;33", "soon": "1;36"}.get(level, "1;32"))

    def wrap(self, text: str, indent: str = "  ", hang: str | None = None) -> list[str]:
        """Wrapped lines."""
        return textwrap.wrap(
            text,
            self.width,
            initial_indent=indent,
            subsequent_indent=indent if hang is None else hang,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [indent]


def header(answer: Assessment, style: Style) -> list[str]:
    """Program, pack, version, hash, review state, date; who and where."""
    who = [
        f"{answer.case.age:g} years" if answer.case.age is not None else "age not given",
        answer.case.sex or "sex not given",
    ]
    return [
        stamp_line(answer.pack, answer.engine_version, answer.as_of, style),
        f"{', '.join(who)} · {answer.case.setting.replace('_', ' ')}",
        "",
    ]


def stamp_line(pack: PackStamp, engine: str, as_of: str, style: Style) -> str:
    """Program, pack, version, hash, review state, date."""
    knowledge = f"pack {pack.id} {pack.version} ({pack.hash[:12]})"
    return style.bold("HICKAM") + style.faint(f"  {knowledge} · engine {engine} · {stamp_state(pack)} · as of {as_of}")


def references(answer: Assessment | CitedAnswer, style: Style) -> list[str]:
    """The sources cited above; the JSON answer lists all that it rests on."""
    by_key = {ref.key: ref for ref in answer.references}
    lines = [style.bold("REFERENCES")]
    for key, number in style.cited.items():
        ref = by_key[key]
        unread = "" if ref.opened else " (nobody has opened it yet)"
        lines += style.wrap(f"{ref.citation} {ref.url}{unread}", f"  [{number}] ", "      ")
    return [*lines, ""]
