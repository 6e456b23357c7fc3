"""The screen for a patient or carer: plain words, natural frequencies, always when to seek help."""

from __future__ import annotations

from hickam.model.assessment import Assessment
from hickam.writing.screen import Style, header
from hickam.writing.words import likelihood_word, out_of


def patient(answer: Assessment, style: Style) -> list[str]:
    """The lines of the screen."""
    lines = header(answer, style)
    level = answer.urgency
    lines += [
        style.bold("HOW SOON  ") + style.level(level.sentence, level.level),
        *style.wrap(answer.route.sentence),
    ]
    for reason in [r for r in level.reasons if r.level == level.level][:2]:
        lines += style.wrap(reason.lay_sentence, "  • ", "    ")
    lines.append("")
    parts = [_may_be(answer, style), _not_missed(answer, style)]
    for part in reversed(parts) if level.level in ("emergency", "same_day") else parts:
        lines += [*part, ""] if part else []
    lines.append(style.bold("WHAT TO KNOW"))
    for text in answer.what_to_tell_the_patient:
        lines += style.wrap(text, "  • ", "    ")
    lines += ["", style.bold("GET HELP AT ONCE IF"), *_alarm(answer, style), ""]
    asked = [s for s in answer.next_steps if s.kind in ("history", "risk_factor") and s.why != "red_flag_screen"][:5]
    if asked:
        lines.append(style.bold("QUESTIONS THAT WOULD HELP"))
        for step in asked:
            lines += style.wrap(step.lay_question or step.question, "  ? ", "    ")
        lines.append("")
    if answer.case.not_understood:
        quoted = "; ".join(f"“{span.text.strip()}”" for span in answer.case.not_understood)
        lines += [style.bold("WHAT WE DID NOT UNDERSTAND"), *style.wrap(quoted), ""]
    return [*lines, *style.wrap(answer.disclaimer, "")]


def _may_be(answer: Assessment, style: Style) -> list[str]:
    lines = [style.bold("WHAT IT MAY BE")]
    if not answer.fit.known_pattern:
        lines += style.wrap("Your story does not fit one clear pattern. A clinician should hear more.")
    for item in [c for c in answer.differential if c.tier in ("most_likely", "other_likely")][:4]:
        name, word = item.condition.lay_name, likelihood_word(item.cause.value)
        chance = out_of(item.cause.value).replace(" of 100 people", " have this.")
        text = f"{name[:1].upper()}{name[1:]}: {word}. Of 100 people with your story, about {chance}"
        lines += style.wrap(text, "  • ", "    ")
    return lines


def _not_missed(answer: Assessment, style: Style) -> list[str]:
    careful = [c for c in answer.differential if c.tier == "do_not_miss"]
    lines = [style.bold("WHAT MUST NOT BE MISSED")] if careful else []
    for item in careful:
        name, word = item.condition.lay_name, likelihood_word(item.cause.value)
        lines += style.wrap(f"{name[:1].upper()}{name[1:]}: {word}, but it needs to be checked.", "  • ", "    ")
    return lines


def _alarm(answer: Assessment, style: Style) -> list[str]:
    """Fixed lines: signs that need care now, whatever the answer says."""
    signs = (
        "one leg becomes swollen, hot, red or suddenly very painful",
        "a leg or foot turns cold, pale, blue or numb, or you cannot move it",
        "you get short of breath, have chest pain or cough blood",
        "you cannot control your bladder or bowels, or feel numb between the legs",
        "your urine turns dark brown, or you become weak, confused or feverish",
    )
    return [line for sign in signs for line in style.wrap(sign, "  ! ", "    ")]
