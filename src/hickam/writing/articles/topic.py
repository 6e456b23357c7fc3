"""Two articles in plain words: the topic page, and which clinician treats this."""

from __future__ import annotations

from collections.abc import Iterator

from hickam.model.condition import Condition, Referral
from hickam.model.pack import Clinician, Pack
from hickam.writing.articles.assemble import LEVEL_NAMES, assemble, link, part, sentence, statements
from hickam.writing.articles.document import (
    Article,
    Block,
    Bullets,
    Paragraph,
    Phrase,
    Section,
    joined,
    sections,
    words,
)
from hickam.writing.language import N_, _

FIRST, EMERGENCY = "primary_care", "emergency_department"
TOPIC_PARTS = (
    ("causes_and_risk_factors", N_("Causes and risk factors"), "causes"),
    ("symptoms", N_("Symptoms"), "symptoms"),
    ("when_to_seek_help", N_("When to seek help"), "help"),
    ("diagnosis", N_("Diagnosis"), "diagnosis"),
    ("treatment", N_("Treatment and management"), "treatment"),
    ("prevention_in_plain_words", N_("Prevention"), "prevention"),
)
"""Part of the pack's articles, heading and anchor of each section of the topic page."""
PLAIN_PARTS = (*(name for name, _, _ in TOPIC_PARTS), "first_visit", "tests_by_suspicion", "treatments_by_cause")
"""Parts that anybody must be able to read (tests/packs/test_readability.py)."""


def topic_article(pack: Pack) -> Article:
    """Causes and risk factors, symptoms, when to seek help, diagnosis, treatment, prevention."""
    definition = pack.manifest.articles.get("definition", ())
    return assemble(
        pack,
        kind="topic",
        id=pack.manifest.id,
        title=pack.manifest.title.split(" and ")[0],
        crumb=_("overview"),
        lead=words(definition[0].text, sources=definition[0].sources) if definition else None,
        sections=sections(*(part(pack, name, _(title), id) for name, title, id in TOPIC_PARTS)),
        items=("pack",),
    )


def clinicians_article(pack: Pack) -> Article:
    """Primary care first, then the specialists by system, the tests on the way, the treatments, when not to wait."""
    groups = [
        Section(
            id=f"system-{place}",
            title=group.title,
            sections=tuple(
                _clinician(pack, pack.clinicians[name]) for name in group.clinicians if name in pack.clinicians
            ),
        )
        for place, group in enumerate(pack.presentation.clinicians, 1)
    ]
    named = {name for group in pack.presentation.clinicians for name in group.clinicians} | {FIRST, EMERGENCY}
    others = [_clinician(pack, item) for item in pack.clinicians.values() if item.id not in named]
    if others:
        groups.append(Section(id="system-others", title=_("Others"), sections=tuple(others)))
    return assemble(
        pack,
        kind="clinicians",
        id=pack.manifest.id,
        title=_("Which clinician treats leg cramps?")
        if pack.manifest.id == "leg_cramps"
        else _("Which clinician treats this?"),
        crumb=_("care"),
        sections=sections(
            part(pack, "who_to_see", _("In short")),
            _first_visit(pack),
            _emergency(pack),
            Section(id="specialists", title=_("Specialised care by underlying cause"), sections=tuple(groups)),
            part(pack, "tests_by_suspicion", _("Diagnostic steps"), "tests"),
            part(pack, "treatments_by_cause", _("Treatments"), "treatments"),
        ),
        items=("pack", "presentation", *(f"clinicians/{name}" for name in pack.clinicians)),
    )


def _first_visit(pack: Pack) -> Section:
    texts = tuple(statements(pack.manifest.articles.get("first_visit", ())))
    first = pack.clinicians.get(FIRST)
    own = _blocks(pack, first) if first else ()
    blocks = (*own[:1], *((Bullets(texts),) if texts else ()), *own[1:])
    return Section(id=FIRST, title=_("Starting the search: primary care"), blocks=blocks)


def _emergency(pack: Pack) -> Section | None:
    item = pack.clinicians.get(EMERGENCY)
    return (
        Section(id=EMERGENCY, title=_("When not to wait: emergency department"), blocks=_blocks(pack, item))
        if item
        else None
    )


def _clinician(pack: Pack, item: Clinician) -> Section:
    return Section(id=item.id, title=item.name, blocks=_blocks(pack, item))


def _blocks(pack: Pack, item: Clinician) -> tuple[Block, ...]:
    """What the clinician treats, when to go, when not to; and the conditions whose files send people there."""
    lines = statements(item.refer_when)
    lines += [
        words(Phrase(_("not here:") + " ", "danger"), text.text, sources=text.sources, avoid=True)
        for text in item.unsafe_when
    ]
    blocks: list[Block] = [
        Paragraph(words(sentence(item.treats), Phrase(" " + _("In plain words: {name}.", name=item.lay_name), "aside")))
    ]
    if lines:
        blocks.append(Bullets(tuple(lines)))
    sent = list(_sent(pack, item.id))
    if sent:
        names = joined([link(pack, "conditions", condition.id) for condition, _ in sent])
        soonest = max((step for _, step in sent), key=_order)
        level = _(LEVEL_NAMES[soonest.urgency])
        note = " " + _("The most urgent of these: {level}.", level=level) if len(sent) > 1 else ""
        blocks.append(Paragraph(words(_("For:") + " ", *names, ".", Phrase(note, "aside"))))
    return tuple(blocks)


def _sent(pack: Pack, clinician: str) -> Iterator[tuple[Condition, Referral]]:
    """The conditions whose files send people to this clinician; to the emergency department only emergencies."""
    for condition in pack.conditions.values():
        danger = condition.do_not_miss
        if clinician == EMERGENCY and not (danger and danger.harm == "emergency"):
            continue
        step = next((step for step in condition.referral if step.clinician == clinician), None)
        if step is not None:
            yield condition, step


def _order(step: Referral) -> int:
    return ["self_care", "routine", "soon", "same_day", "emergency"].index(step.urgency)
