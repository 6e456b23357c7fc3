"""The article on one condition for the person who has it: the pack's own plain words, help, and who can give it."""

from __future__ import annotations

from hickam.model.condition import Condition, Level
from hickam.model.pack import Clinician, Pack
from hickam.writing.articles.assemble import assemble, capital, part
from hickam.writing.articles.document import Article, Line, listed, sections, words
from hickam.writing.articles.topic import FIRST

HOW_SOON = {
    "emergency": "at once",
    "same_day": "the same day",
    "soon": "within two weeks",
    "routine": "at an ordinary visit",
    "self_care": "if you wish",
}


def patient_article(pack: Pack, item: Condition) -> Article:
    """What to know, when to seek help, who can help; the medical name as a fact."""
    first, *rest = item.patient_text or (f"This is about {item.lay_name}.",)
    return assemble(
        pack,
        kind="condition",
        id=item.id,
        title=capital(item.lay_name),
        crumb="for the patient",
        lead=words(first),
        facts=[("Doctors call it", words(item.name))],
        sections=sections(
            listed("what-to-know", "What to know", [words(text) for text in rest]),
            part(pack, "when_to_seek_help", "When to seek help", "help"),
            listed("who-can-help", "Who can help", _helpers(pack, item)),
        ),
        items=(f"conditions/{item.id}", "pack"),
    )


def _helpers(pack: Pack, item: Condition) -> list[Line]:
    """Each clinician once, the soonest first, as the condition's own referrals say."""
    order = list(HOW_SOON)
    steps = sorted((s for s in item.referral if s.clinician in pack.clinicians), key=lambda s: order.index(s.urgency))
    soonest = {step.clinician: step for step in reversed(steps)}
    found = sorted(soonest.items(), key=lambda pair: order.index(pair[1].urgency))
    return [words(_help(pack.clinicians[name], step.urgency)) for name, step in found]


def _help(clinician: Clinician, urgency: Level) -> str:
    """No sign of danger waits for a doctor's letter, and nobody needs one to see the own doctor."""
    when = HOW_SOON[urgency]
    if urgency in ("emergency", "same_day"):
        return f"{capital(clinician.lay_name)}: {when}, when there is a sign of danger."
    return f"{capital(clinician.lay_name)}: {when}{'' if clinician.id == FIRST else ', if your doctor sends you'}."
