"""The article on one condition for the person who has it: the pack's own plain words, help, and who can give it."""

from __future__ import annotations

from hickam.model.condition import Condition, Level
from hickam.model.pack import Clinician, Pack
from hickam.writing.articles.assemble import assemble, capital, part
from hickam.writing.articles.document import Article, Line, Paragraph, Section, listed, sections, words
from hickam.writing.articles.topic import FIRST
from hickam.writing.language import N_, _

HOW_SOON = {
    "emergency": N_("at once"),
    "same_day": N_("the same day"),
    "soon": N_("within two weeks"),
    "routine": N_("at an ordinary visit"),
    "self_care": N_("if you wish"),
}


def patient_article(pack: Pack, item: Condition) -> Article:
    """What to know, when to seek help, who can help; the medical name as a fact."""
    first, *rest = item.patient_text or (_("This is about {condition}.", condition=item.lay_name),)
    return assemble(
        pack,
        kind="condition",
        id=item.id,
        title=capital(item.lay_name),
        crumb=_("for the patient"),
        lead=words(first),
        facts=[(_("Doctors call it"), words(item.name))],
        sections=sections(
            listed("what-to-know", _("What to know"), [words(text) for text in rest]),
            part(pack, "when_to_seek_help", _("When to seek help"), "help"),
            listed("who-can-help", _("Who can help"), _helpers(pack, item)),
        ),
        items=(f"conditions/{item.id}", "pack"),
    )


def for_clinicians(lay_name: str) -> Section:
    """What a patient reads first on a page that has no plain form."""
    said = _("This page is written for clinicians. It is about this: {name}. Ask what it means for you.", name=lay_name)
    return Section(id="for-you", title=_("For you"), blocks=(Paragraph(words(said)),))


def _helpers(pack: Pack, item: Condition) -> list[Line]:
    """Each clinician once, the soonest first, as the condition's own referrals say."""
    order = list(HOW_SOON)
    steps = sorted((s for s in item.referral if s.clinician in pack.clinicians), key=lambda s: order.index(s.urgency))
    soonest = {step.clinician: step for step in reversed(steps)}
    found = sorted(soonest.items(), key=lambda pair: order.index(pair[1].urgency))
    return [words(_help(pack.clinicians[name], step.urgency)) for name, step in found]


def _help(clinician: Clinician, urgency: Level) -> str:
    """No sign of danger waits for a doctor's letter, and nobody needs one to see the own doctor."""
    who, when = capital(clinician.lay_name), _(HOW_SOON[urgency])
    if urgency in ("emergency", "same_day"):
        return _("{who}: {when}, when there is a sign of danger.", who=who, when=when)
    if clinician.id == FIRST:
        return _("{who}: {when}.", who=who, when=when)
    return _("{who}: {when}, if your doctor sends you.", who=who, when=when)
