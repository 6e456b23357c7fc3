"""The article on one condition: all that its file says, and every number with its basis."""

from __future__ import annotations

from collections.abc import Iterator

from hickam.model.condition import Condition, Evidence
from hickam.model.finding import Finding
from hickam.model.numbers import Number
from hickam.model.pack import Pack
from hickam.writing.articles.assemble import LEVEL_NAMES, LINE_NAMES, assemble, capital, link, sentence, statements
from hickam.writing.articles.document import (
    Article,
    Block,
    Bullets,
    Grid,
    Line,
    Notice,
    Paragraph,
    Phrase,
    Section,
    basis_line,
    listed,
    sections,
    words,
)
from hickam.writing.articles.numbers import chance, number_words, share_words, stratum
from hickam.writing.documents.names import CERTAINTIES
from hickam.writing.language import N_, _
from hickam.writing.words import CATEGORY_NAMES

BASES = N_(
    "Intervals are 95 %. Basis: direct, the source states this number for this population; derived, arithmetic on "
    "numbers the source states; extrapolated, the source states it for another population; estimate, the authors' "
    "judgement with a wide interval."
)
STAGES = {"now": N_("at once"), "if_unexplained": N_("if unexplained"), "specialist": N_("specialist")}
CODES = {"icd10cm": "ICD-10-CM", "icd10": "ICD-10", "snomed": "SNOMED CT", "loinc": "LOINC"}


def condition_article(pack: Pack, item: Condition) -> Article:
    """The whole article."""
    body = sections(
        _danger(item),
        listed("red-flags", _("Red flags"), statements(item.red_flags)),
        listed("who-gets-it", _("Who gets it"), statements(item.who)),
        listed("presentation", _("How it presents"), statements(item.presentation)),
        listed("lookalikes", _("What looks like it"), [_lookalike(pack, item, n) for n in range(len(item.lookalikes))]),
        listed("work-up", _("Work-up"), _workup(item)),
        listed("management", _("Management"), _management(pack, item)),
        listed("prevention", _("Prevention"), statements(item.prevention)),
        listed("referral", _("Referral"), _referral(pack, item)),
        listed("pitfalls", _("Pitfalls"), statements(item.pitfalls)),
        _for_the_patient(item),
        Section(
            id="numbers",
            title=_("Numbers the engine uses"),
            blocks=(Paragraph(words(Phrase(_(BASES), "aside"))), *_numbers(pack, item)),
        ),
    )
    return assemble(
        pack,
        kind="condition",
        id=item.id,
        title=item.name,
        crumb=_(CATEGORY_NAMES[item.category]),
        lead=words(item.summary),
        facts=_facts(item),
        sections=body,
        items=(f"conditions/{item.id}",),
        sources=item.sources,
    )


def _facts(item: Condition) -> Iterator[tuple[str, Line]]:
    yield _("In plain words"), words(item.lay_name)
    yield _("Usually seen"), words(_(LEVEL_NAMES[item.urgency]))
    for system, codes in item.codes.items():
        yield CODES.get(system, system), words(", ".join(codes))
    if item.synonyms:
        yield _("Also called"), words(", ".join(item.synonyms))


def _danger(item: Condition) -> Section | None:
    danger = item.do_not_miss
    if danger is None:
        return None
    threshold = danger.test_threshold
    notice = Notice(
        (
            words(sentence(danger.why), sources=danger.sources),
            words(Phrase(_("To exclude it:") + " ", "strong"), danger.exclusion, sources=danger.sources),
        )
    )
    limit = words(
        _("How soon to act: {level}.", level=_(LEVEL_NAMES[danger.harm])) + " ",
        _("Worked up when its probability is above {number}.", number=number_words(threshold)) + " ",
        Phrase(threshold.why, "aside"),
        sources=(threshold.source,) if threshold.source else (),
        basis=threshold.basis,
    )
    return Section(id="do-not-miss", title=_("Do not miss"), blocks=(notice, Paragraph(limit)))


def _lookalike(pack: Pack, item: Condition, place: int) -> Line:
    like = item.lookalikes[place]
    return words(link(pack, "conditions", like.condition), f": {like.difference}", sources=like.sources)


def _workup(item: Condition) -> list[Line]:
    return [
        words(
            Phrase(step.test, "strong"),
            " ",
            Phrase(_(STAGES[step.stage]), "pill"),
            f" {sentence(capital(step.why))}",
            f" {sentence(step.means)}" if step.means else "",
            sources=step.sources,
        )
        for step in item.workup
    ]


def _factor(pack: Pack, name: str) -> str:
    return pack.findings[name].name if name in pack.findings else name


def _management(pack: Pack, item: Condition) -> list[Line]:
    lines = []
    for step in item.management:
        avoid = step.line == "avoid"
        cautions = "".join(
            " " + _("With {factor}: {caution}", factor=_factor(pack, factor), caution=sentence(text))
            for factor, text in step.caution.items()
        )
        certainty = _("certainty {certainty}", certainty=_(CERTAINTIES[step.certainty]))
        certainty = certainty if avoid else f"{_(LINE_NAMES[step.line])}, {certainty}"
        more: list[str | Phrase] = [" ", link(pack, "treatments", step.treatment)] if step.treatment else []
        lines.append(
            words(
                Phrase(_("avoid") + " ", "danger") if avoid else "",
                sentence(step.step),
                Phrase(f" ({certainty})", "aside"),
                *more,
                Phrase(cautions, "aside"),
                sources=step.sources,
                avoid=avoid,
            )
        )
    return lines


def _referral(pack: Pack, item: Condition) -> list[Line]:
    return [
        words(
            link(pack, "clinicians", step.clinician),
            " ",
            Phrase(_(LEVEL_NAMES[step.urgency]), "pill"),
            f" {sentence(step.when)}",
            Phrase(" " + _("First: {steps}.", steps="; ".join(step.before)) if step.before else "", "aside"),
            sources=step.sources,
        )
        for step in item.referral
    ]


def _for_the_patient(item: Condition) -> Section | None:
    blocks: list[Block] = []
    if item.patient_text:
        blocks.append(Bullets(tuple(words(text) for text in item.patient_text)))
    if item.follow_up:
        blocks.append(Paragraph(words(Phrase(_("Follow-up:") + " ", "strong"), item.follow_up)))
    return Section(id="for-the-patient", title=_("For the patient"), blocks=tuple(blocks)) if blocks else None


def _numbers(pack: Pack, item: Condition) -> Iterator[Grid]:
    rows = [_evidence(pack.findings[e.finding], e, pack) for e in item.findings if e.finding in pack.findings]
    if rows:
        ordered = sorted(rows, key=lambda row: -row[0])
        yield Grid(
            caption=_("Findings, those that argue most strongly first"),
            columns=(_("finding"), _("with this condition"), _("usually"), _("ratio"), _("basis and source")),
            rows=tuple(cells for _, cells in ordered),
            numbers=(3,),
        )
    yield Grid(
        caption=_("How common it is, and how often it brings people to a clinician"),
        columns=(_("what"), _("whom"), _("value"), _("basis and source")),
        rows=tuple(_frequencies(pack, item)),
    )


def _evidence(finding: Finding, evidence: Evidence, pack: Pack) -> tuple[float, tuple[Line, ...]]:
    """(strength either way, cells): a likelihood ratio only where one number stands against one background."""
    name = words(link(pack, "findings", finding.id))
    if evidence.value is None and evidence.counts is None:
        usual = share_words(finding.shares, finding) if finding.shares else ""
        text = share_words(evidence.as_shares(), finding)
        return 0.0, (name, words(text), words(usual), words(), basis_line(evidence))
    number, rows = evidence.as_number(), finding.background
    usual = " · ".join(f"{stratum(row)} {chance(row.best)}".strip() for row in rows)
    ratio = number.best / rows[0].best if len(rows) == 1 and rows[0].best else None
    strength = 0.0 if ratio is None else max(ratio, 1 / ratio if ratio else 99.0)
    shown = "" if ratio is None else f"{ratio:.2g}"
    return strength, (name, words(number_words(number)), words(usual), words(shown), basis_line(evidence))


def _frequencies(pack: Pack, item: Condition) -> Iterator[tuple[Line, ...]]:
    def row(what: Line, number: Number, whom: str = "", *, ratio: bool = False) -> tuple[Line, ...]:
        who = stratum(number) or whom or "everyone"
        return what, words(who), words(number_words(number, ratio=ratio)), basis_line(number)

    for number in item.prior.rows if item.prior else ():
        assert item.prior is not None
        yield row(words(item.prior.measure.replace("_", " ")), number)
    if item.exposure:
        yield row(
            words(_("share of those with") + " ", link(pack, "findings", item.exposure.factor)), item.exposure.share
        )
    days = f"{pack.manifest.window_days:g}"
    having = _("those who have it")
    leg = _("comes with a leg symptom because of it within {days} days", days=days)
    anything = _("comes for anything because of it within {days} days", days=days)
    yield row(words(leg), item.complaint.leg, having)
    yield row(words(anything), item.complaint.any, having)
    for parent in item.parents:
        what = words(_("brought about by") + " ", link(pack, "conditions", parent.condition))
        yield row(what, parent.rho, _("those who have that"))
    for modifier in item.modifiers:
        what = words(_("odds ratio with") + " ", link(pack, "findings", modifier.factor))
        yield row(what, modifier.odds_ratio, ratio=True)
