"""One document: a template filled with one case's content, in the format that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from markupsafe import Markup

from hickam.knowledge.translations import Localised
from hickam.model.assessment import Candidate, Estimate, PackStamp, Reference
from hickam.model.condition import Level
from hickam.model.pack import Clinician, Exercise
from hickam.writing.content import Content, Said
from hickam.writing.documents import names
from hickam.writing.documents.escape import escape
from hickam.writing.documents.sheet import FOR_PATIENTS, Format, Sheet, look_of, title_of
from hickam.writing.documents.templates import environment, render, sayer
from hickam.writing.language import N_, Language, lower_state, speaking
from hickam.writing.words import decibans, interval, likelihood_word, percent

Kind = Literal["report", "soap", "referral", "handout", "result"]
BLANK = Markup("_" * 16)
DRAWINGS = Path(__file__).parents[1] / "drawings"
TITLES: dict[Kind, str] = {
    "report": N_("Assessment of a leg symptom"),
    "soap": N_("SOAP note"),
    "referral": N_("Referral letter"),
    "handout": N_("Your leg: what to do now"),
    "result": N_("Your test results"),
}


@dataclass(frozen=True)
class Letter:
    """What a referral letter adds: to whom, how soon, for which conditions, on which criteria, after which steps."""

    clinician: Clinician
    level: Level
    causes: tuple[Candidate, ...]
    criteria: tuple[tuple[str, tuple[str, ...]], ...]
    before: tuple[str, ...]


@dataclass
class Document:
    """A document in the making: Markdown, the figures it names (SVG by name), the sources it cites in order."""

    kind: Kind
    content: Content
    language: Language
    letter: Letter | None = None
    local: Localised | None = None
    """The translation of the pack, when the document is not in English."""
    site: Path | None = None
    full: bool = False
    """A patient has chosen to read the names that a clinician would tell face to face."""
    cited: dict[str, int] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)
    theme: Literal["", "auto", "light"] = ""
    """How figures are coloured; '' leaves them out, as text and Markdown do: their content is in the words beside."""

    @property
    def for_patients(self) -> bool:
        """Set larger, in plain words."""
        return self.kind in FOR_PATIENTS or self.content.answer.reader == "patient"

    def __post_init__(self) -> None:
        if self.for_patients and not self.full:
            self.content = self.content.until_told()

    def markdown(self) -> str:
        """The template filled in; figures stay as ``![words](figure:name)``."""
        return render(environment(self.language, self.site), f"{self.kind}.md", self._values())

    def write(self, form: Format) -> bytes:
        """The finished document."""
        self.theme = "auto" if form == "html" else "light" if form == "pdf" else ""
        text = self.markdown()
        answer = self.content.answer
        sheet = Sheet(
            title=title_of(text, self.language.text(TITLES[self.kind])),
            language=self.language,
            foot=foot(answer.pack, answer.engine_version, self.language),
            date=answer.as_of,
            look=look_of(self.kind, self.content.answer.reader),
        )
        return sheet.write(text if self.theme else _without_figures(text), form, self.drawn)

    def _values(self) -> dict[str, Any]:
        content, text = self.content, self.language.text
        values: dict[str, Any] = {
            "c": content,
            "answer": content.answer,
            "case": content.case,
            "pack": content.pack,
            "reader": "patient" if self.for_patients else content.answer.reader,
            "date": self.language.date(content.answer.as_of),
            "language_state": self._language_state(),
            "untranslated": self.local.missing if self.local else 0,
            "blank": BLANK,
            "short_blank": BLANK[:8],
            "cite": self._cite,
            "cited": self._cited,
            "figure": self._figure,
            "drawing": self._drawing,
            "frequency": partial(frequency, sayer(self.language)),
            "result_value": result_value,
            "likelihood": likelihood_word,
            "percent": percent,
            "interval": interval,
            "decibans": decibans,
            "exact_decibans": lambda value: f"{value:+.1f}",
            "number": lambda value: f"{value:g}",
            "codes": _codes,
        }
        scales = {"tier_name": names.TIERS, "basis": names.BASES, "certainty": names.CERTAINTIES}
        scales |= {"status": names.STATUSES, "category": names.CATEGORIES}
        values |= {key: _scale(text, scale) for key, scale in scales.items()}
        if self.letter:
            values |= {
                "clinician": self.letter.clinician,
                "letter_level": self.letter.level,
                "letter_causes": self.letter.causes,
                "letter_criteria": self.letter.criteria,
                "letter_before": self.letter.before,
                "letter_conditions": ", ".join(c.condition.name for c in self.letter.causes),
            }
        return values

    def _language_state(self) -> str:
        """The lower of the states of catalogue and pack translation; '' for English."""
        return lower_state(self.language.review_state, self.local.review_state if self.local else "")

    def _cite(self, keys: tuple[str, ...]) -> Markup:
        known = {ref.key for ref in self.content.answer.references}
        numbers = [self.cited.setdefault(key, len(self.cited) + 1) for key in keys if key in known]
        return Markup(f" [{', '.join(map(str, numbers))}]" if numbers else "")

    def _cited(self) -> list[tuple[int, Reference]]:
        by_key = {ref.key: ref for ref in self.content.answer.references}
        return [(number, by_key[key]) for key, number in self.cited.items()]

    def _figure(self, name: str) -> Markup:
        if not self.theme:
            return Markup("")
        from hickam.writing.documents.pictures import picture

        with speaking(self.language):
            svg, words = picture(self.content, sayer(self.language), name, self.theme)
        if not svg:
            return Markup("")
        self.drawn[name] = svg
        return Markup(f"![{escape(words)}](figure:{name})")

    def _drawing(self, exercise: Exercise) -> Markup:
        path = DRAWINGS / f"{exercise.drawing}.svg"
        if not exercise.drawing or not path.is_file():
            return Markup("")
        self.drawn[f"drawing-{exercise.drawing}"] = path.read_text()
        return Markup(f"![{escape(exercise.shows)}](figure:drawing-{exercise.drawing})")


def foot(pack: PackStamp, engine_version: str, language: Language) -> str:
    """Which knowledge a document was written from, and how far people have reviewed it."""
    states = {"approved": N_("approved"), "under_review": N_("under review")}
    state = language.text(states.get(pack.review_state, N_("submitted, pending human review")))
    return f"{pack.id} {pack.version} ({pack.hash[:12]}) · Hickam {engine_version} · {state}"


def frequency(say: Callable[..., Markup], estimate: Estimate) -> Markup:
    """The chance as people of a hundred, with how far it is uncertain."""
    best, low, high = (round(100 * chance) for chance in (estimate.value, estimate.low, estimate.high))
    if best < 1:
        return say(N_("Of 100 people with a story like yours, it is the cause in fewer than 1."))
    message = N_("Of 100 people with a story like yours, it is the cause in about {n}.")
    if low == high:
        return say(message, n=best)
    spread = N_("It could be as few as {low} or as many as {high}.")
    return Markup(f"{say(message, n=best)} {say(spread, low=low, high=high)}")


def result_value(item: Said) -> str:
    """'2.9 mmol/L'; a ratio has no unit to print."""
    value = item.observation.value
    unit = "" if item.observation.unit == "ratio" else item.observation.unit
    return "" if value is None else f"{value:.4g} {unit}".strip()


def _scale(text: Callable[[str], str], scale: Mapping[str, str]) -> Callable[[str], str]:
    return lambda key: text(scale[key])


def _codes(codes: Mapping[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{system} {', '.join(values)}" for system, values in codes.items()) or "–"


def _without_figures(text: str) -> str:
    """Where no picture can be, its words."""
    lines = []
    for line in text.splitlines():
        if line.startswith("![") and "](figure:" in line:
            line = line[2:].rsplit("](figure:", 1)[0]
        lines.append(line)
    return "\n".join(lines) + "\n"
