"""The screen of one answer: what cannot wait, the short answer and its support, or that the knowledge does not say."""

from __future__ import annotations

from hickam.model.answer import CitedAnswer, Sentence
from hickam.writing.screen import Style, references, stamp_line

REFUSED = "The knowledge does not say."
URGENT = "Your question waits: see to this first."


def answer_screen(answer: CitedAnswer, style: Style) -> str:
    """The whole screen."""
    lines = [stamp_line(answer.pack, answer.engine_version, answer.as_of, style), ""]
    if answer.urgent is not None:
        lines += [*_urgent(answer, style), ""]
    if answer.standing == "urgent":
        lines += style.wrap(URGENT)
        lines.append("")
    elif answer.standing == "refused":
        lines += [*_refused(answer, style), ""]
    else:
        lines += [*_answered(answer, style), ""]
    if answer.counted:
        lines += style.wrap("; ".join(answer.counted), style.bold("COUNTED") + "  ", "         ")
    for note in answer.notes if answer.standing != "refused" else ():
        lines += style.wrap(note, "  note: ", "        ")
    lines += [""] if answer.counted or (answer.notes and answer.standing != "refused") else []
    if style.cited:
        lines += references(answer, style)
    return "\n".join([*lines, *style.wrap(answer.disclaimer, ""), ""])


def _urgent(answer: CitedAnswer, style: Style) -> list[str]:
    urgent = answer.urgent
    assert urgent is not None
    lines = [style.bold("FIRST  ") + style.level(urgent.sentence, urgent.level)]
    for reason in urgent.reasons:
        lines += style.wrap(f"{reason}{style.cite(answer, urgent.sources)}", "  • ", "    ")
    return lines


def _answered(answer: CitedAnswer, style: Style) -> list[str]:
    lines = [style.bold("ANSWER")]
    for sentence in answer.short:
        lines += style.wrap(_said(answer, sentence, style), "  ", "  ")
    if answer.support:
        lines += ["", style.bold("THE SOURCES DISAGREE" if answer.disagree else "WHAT THE KNOWLEDGE ALSO SAYS")]
        for sentence in answer.support:
            lines += style.wrap(_said(answer, sentence, style), "  • ", "    ")
    for text in answer.ask_a_clinician:
        lines += style.wrap(text, "  → ", "    ")
    return lines


def _refused(answer: CitedAnswer, style: Style) -> list[str]:
    lines = [style.bold(REFUSED), *(line for note in answer.notes for line in style.wrap(note))]
    if answer.nearest:
        lines += ["", style.bold("THE NEAREST THING IT DOES SAY")]
        for sentence in answer.nearest:
            lines += style.wrap(_said(answer, sentence, style), "  • ", "    ")
    lines += ["", style.bold("WHAT TO DO INSTEAD")]
    for text in answer.ask_a_clinician:
        lines += style.wrap(text, "  → ", "    ")
    return lines


def _said(answer: CitedAnswer, sentence: Sentence, style: Style) -> str:
    """The sentence with its certainty and its citations; what has no source says so."""
    certainty = f" ({sentence.certainty})" if sentence.certainty and sentence.certainty not in sentence.text else ""
    cited = style.cite(answer, sentence.sources)
    certainty += " (reworded by the language model; checked)" if sentence.reworded else ""
    own = any(c.startswith("case#") for c in sentence.claims)
    return f"{sentence.text}{certainty}{cited}" + ("" if cited or own or certainty else " [no source given]")
