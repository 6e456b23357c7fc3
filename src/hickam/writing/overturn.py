"""What would overturn the answer, in words."""

from __future__ import annotations

from hickam.model.assessment import Assessment, Overturn
from hickam.writing.screen import Style
from hickam.writing.words import percent

SUBJECTS = {
    "prior": "How common {condition} is",
    "consulting": "How often {condition} brings people with this complaint",
    "finding": "How often people with {condition} have what was found ({finding})",
    "background": "How often people with none of the stated causes have what was found ({finding})",
    "risk": "The odds ratio of {finding} for {condition}",
}


def number_sentence(
    kind: str, condition: str, finding: str, values: tuple[float, float, float, float], within: bool
) -> str:
    """One number: what it is, its value and interval, and how far it would have to move. ``values``: value, low, high,
    needed."""
    value, low, high, needed = values
    subject = SUBJECTS[kind].format(condition=condition, finding=finding)
    if kind == "risk":
        move = f"{value:.2g} (90 % interval {low:.2g}–{high:.2g}) would have to be {needed:.2g}"
    else:
        move = f"{_share(value)} (90 % interval {_share(low)}–{_share(high)}) would have to be {_share(needed)}"
    return f"{subject}: {move}{': its sources allow that' if within else ', beyond its interval'}."


def _share(value: float) -> str:
    """Two digits that count, as a percentage."""
    return f"{100 * value:.2g} %"


def overturn_lines(answer: Assessment, style: Style) -> list[str]:
    """The lines of the screen: one part for each rival, then single answers that change what to do."""
    lines = [style.bold("What would overturn the answer")]
    for item in answer.overturn:
        lines += _rival(item, style)
    changes = [(step, change) for step in answer.next_steps for change in step.could_change if change.overturns]
    if changes:
        lines += style.wrap("Single answers that change the leading cause or the dangers to exclude:")
    for _, change in changes[:8]:
        lines += style.wrap(f"{change.answer}: {change.effect}", "  • ", "    ")
    if not changes:
        lines += style.wrap("No single further finding would change the leading cause or the dangers to exclude.")
    return lines


def _rival(item: Overturn, style: Style) -> list[str]:
    lines = style.wrap(style.bold(f"{item.rival.name} before {item.leader.name} (now {item.odds:.3g} to 1 behind)"))
    if item.added:
        said = "; ".join(found.answer for found in item.added)
        after = f"{item.rival.name} {percent(item.added_rival)}, {item.leader.name} {percent(item.added_leader)}"
        text = f"if also: {said} (probability {percent(item.added_probability)}). Then {after}."
    else:
        text = "no set of up to three further answers was found that would do it."
    lines += style.wrap(text, "  • ", "    ")
    if item.withdrawn:
        said = "; ".join(found.answer for found in item.withdrawn)
        text = f"or without: {said}."
    else:
        text = "taking back up to three of the told findings would not do it."
    lines += style.wrap(text, "  • ", "    ")
    for number in item.numbers[:3]:
        lines += style.wrap(number.sentence, "  • ", "    ")
    if not item.numbers:
        text = (
            f"none of the {item.numbers_tried} numbers it rests on would do it alone, even five times its spread away."
        )
        lines += style.wrap(text, "  • ", "    ")
    return lines
