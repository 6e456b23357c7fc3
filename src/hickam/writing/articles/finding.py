"""The article on one finding: how to ask or look for it, how usual it is, which conditions have it."""

from __future__ import annotations

from collections.abc import Iterator

from hickam.model.condition import Condition, Evidence
from hickam.model.finding import Finding
from hickam.model.pack import Pack
from hickam.writing.articles.assemble import LEVEL_NAMES, assemble, capital, link
from hickam.writing.articles.document import (
    Article,
    Grid,
    Line,
    Paragraph,
    Phrase,
    Section,
    basis_line,
    joined,
    sections,
    words,
)
from hickam.writing.articles.numbers import number_words, share_words, stratum
from hickam.writing.language import N_, _

KIND_NAMES = {
    "history": N_("history"),
    "examination": N_("examination"),
    "test": N_("test"),
    "risk_factor": N_("risk factor"),
}
ABOUT = {
    "episode": N_("the cause of the complaint"),
    "patient": N_("the conditions present"),
    "risk": N_("how likely conditions are beforehand"),
}
USUAL = {
    "episode": N_("Among visits for this complaint; used for every condition that states no number of its own."),
    "patient": N_("In people with none of the pack's conditions."),
    "risk": N_("In the population."),
}


def finding_article(pack: Pack, item: Finding) -> Article:
    """The whole article."""
    stated = [(c, e) for c in pack.conditions.values() for e in c.findings if e.finding == item.id]
    factors = [(c, m) for c in pack.conditions.values() for m in c.modifiers if m.factor == item.id]
    return assemble(
        pack,
        kind="finding",
        id=item.id,
        title=capital(item.name),
        crumb=_(KIND_NAMES[item.kind]),
        lead=words(item.meaning) if item.meaning else None,
        facts=_facts(pack, item),
        sections=sections(
            _usual(item),
            _table(
                "conditions",
                _("With which conditions"),
                (_("condition"), _("how often"), _("basis and source")),
                [_stated(pack, item, c, e) for c, e in sorted(stated, key=_frequency)],
            ),
            _table(
                "risk",
                _("Raises or lowers"),
                (_("condition"), _("odds ratio"), _("basis and source")),
                [
                    (
                        words(link(pack, "conditions", c.id), f" ({who})" if (who := stratum(m.odds_ratio)) else ""),
                        words(number_words(m.odds_ratio, ratio=True)),
                        basis_line(m.odds_ratio),
                    )
                    for c, m in factors
                ],
            ),
            _table("answered-by", _("Tests that answer it"), (_("test"), _("what it is for")), _tests(pack, item)),
            _table("ranges", _("Ranges"), (_("range"), _("in people without these conditions")), _ranges(item)),
        ),
        items=(f"findings/{item.id}",),
        sources=item.sources,
    )


def _facts(pack: Pack, item: Finding) -> Iterator[tuple[str, Line]]:
    yield _("In plain words"), words(item.lay_name)
    if item.question:
        yield _("Question"), words(item.question)
    if item.lay_question:
        yield _("To the patient"), words(item.lay_question)
    if item.how_to:
        yield _("How"), words(item.how_to)
    yield _("Tells about"), words(_(ABOUT[item.about]))
    for title, names in ((_("Implies"), item.implies), (_("Excludes"), item.implies_absent)):
        known = [link(pack, "findings", name) for name in names if name in pack.findings]
        if known:
            yield title, words(*joined(known))
    if item.floor:
        yield _("Danger sign"), words(_("at least {level}, whatever explains it", level=_(LEVEL_NAMES[item.floor])))
    if item.synonyms:
        yield _("Also called"), words(", ".join(item.synonyms))


def _usual(item: Finding) -> Section | None:
    rows = [(words(stratum(n) or "everyone"), words(number_words(n)), basis_line(n)) for n in item.background]
    if item.shares:
        rows.append((words("everyone"), words(share_words(item.shares, item)), basis_line(item.shares)))
    if not rows:
        return None
    columns = (_("whom"), _("how often"), _("basis and source"))
    grid = Grid(caption=_("How usual it is"), columns=columns, rows=tuple(rows))
    note = Paragraph(words(Phrase(_(USUAL[item.about]), "aside")))
    return Section(id="usual", title=_("How usual it is"), blocks=(note, grid))


def _table(id: str, title: str, columns: tuple[str, ...], rows: list[tuple[Line, ...]]) -> Section | None:
    grid = Grid(caption=title, columns=columns, rows=tuple(rows))
    return Section(id=id, title=title, blocks=(grid,)) if rows else None


def _stated(pack: Pack, item: Finding, condition: Condition, evidence: Evidence) -> tuple[Line, ...]:
    yes_no = evidence.value is not None or evidence.counts is not None
    text = number_words(evidence.as_number()) if yes_no else share_words(evidence.as_shares(), item)
    return words(link(pack, "conditions", condition.id)), words(text), basis_line(evidence)


def _frequency(pair: tuple[Condition, Evidence]) -> float:
    evidence = pair[1]
    yes_no = evidence.value is not None or evidence.counts is not None
    return -evidence.as_number().best if yes_no else 1.0


def _tests(pack: Pack, item: Finding) -> list[tuple[Line, ...]]:
    return [
        (words(link(pack, "tests", test.id)), words(test.summary, sources=test.sources))
        for test in pack.tests.values()
        if item.id in test.answers
    ]


def _ranges(item: Finding) -> list[tuple[Line, ...]]:
    shares = item.shares.shares if item.shares else {}
    return [
        (words(part.name), words(f"{100 * shares[part.id]:.2g} %" if part.id in shares else "")) for part in item.ranges
    ]
