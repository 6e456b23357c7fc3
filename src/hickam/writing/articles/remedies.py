"""The articles on one drug, one test and one treatment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hickam.model.condition import Condition, ManagementStep, Modifier
from hickam.model.pack import Drug, Pack, Test, Treatment
from hickam.writing.articles.assemble import LINE_NAMES, assemble, capital, link, sentence, statements
from hickam.writing.articles.document import (
    Article,
    Grid,
    Line,
    Notice,
    Phrase,
    Section,
    basis_line,
    listed,
    sections,
    words,
)
from hickam.writing.articles.numbers import number_words
from hickam.writing.documents.names import CERTAINTIES
from hickam.writing.language import _


def drug_article(pack: Pack, item: Drug) -> Article:
    """Its part in cramps, what to do about it, what it does together with others."""
    return assemble(
        pack,
        kind="drug",
        id=item.id,
        title=item.name,
        crumb=item.drug_class,
        lead=words(sentence(item.mechanism)) if item.mechanism else None,
        facts=_drug_facts(item),
        sections=sections(
            listed("effects", _("Its part in cramps"), [_effect(item, place) for place in range(len(item.effects))]),
            listed("what-to-do", _("What to do"), [words(item.action, sources=item.sources)] if item.action else []),
            listed("check", _("Check"), [words(capital(text)) for text in item.check]),
            listed("interactions", _("Together with other medicines"), _interactions(pack, item)),
            _conditions_raised(pack, item),
            listed("treatments", _("Treatments that it bears on"), _of_treatments(pack, item.id)),
        ),
        items=(f"drugs/{item.id}",),
        sources=item.sources,
    )


def _drug_facts(item: Drug) -> Iterator[tuple[str, Line]]:
    yield _("In plain words"), words(item.lay_name)
    yield _("Class"), words(item.drug_class)
    yield _("Medicines"), words(", ".join(item.members))
    if item.brands:
        yield _("Brand names"), words(", ".join(item.brands))


def _effect(item: Drug, place: int) -> Line:
    effect = item.effects[place]
    number = effect.odds_ratio
    if number is None:
        return words(effect.text, sources=effect.sources)
    keys = dict.fromkeys((*effect.sources, *((number.source,) if number.source else ())))
    note = " ".join(f"{text.rstrip('.')}." for text in (number.population, number.why) if text)
    ratio = Phrase(" " + _("Odds ratio {ratio}.", ratio=number_words(number, ratio=True)) + " ", "strong")
    return words(effect.text, ratio, Phrase(note, "aside"), sources=tuple(keys), basis=number.basis)


def _interactions(pack: Pack, item: Drug) -> list[Line]:
    """Stated in this drug's file, and in those of others about it."""
    own = [words(link(pack, "drugs", other), f": {text}") for other, text in item.interactions.items()]
    others = [
        words(link(pack, "drugs", other.id), f": {other.interactions[item.id]}")
        for other in pack.drugs.values()
        if item.id in other.interactions and other.id not in item.interactions
    ]
    return own + others


def _conditions_raised(pack: Pack, item: Drug) -> Section | None:
    """Conditions whose frequency the drug's risk findings change, or that exist only under it."""
    rows: list[tuple[Line, ...]] = []
    for condition in pack.conditions.values():
        rows += [_modified(pack, condition, m) for m in condition.modifiers if m.factor in item.factors]
        if condition.exposure and condition.exposure.factor in item.factors:
            share = condition.exposure.share
            rows.append(
                (
                    words(link(pack, "conditions", condition.id)),
                    words(_("share of those taking it {share}", share=number_words(share))),
                    basis_line(share),
                )
            )
    columns = (_("condition"), _("how much"), _("basis and source"))
    grid = Grid(caption=_("Conditions that it makes more or less likely"), columns=columns, rows=tuple(rows))
    return Section(id="conditions", title=_("Conditions that it bears on"), blocks=(grid,)) if rows else None


def _modified(pack: Pack, condition: Condition, modifier: Modifier) -> tuple[Line, ...]:
    number = modifier.odds_ratio
    return (
        words(link(pack, "conditions", condition.id)),
        words(_("odds ratio {ratio}", ratio=number_words(number, ratio=True))),
        basis_line(number),
    )


def _of_treatments(pack: Pack, drug: str) -> list[Line]:
    return [
        words(link(pack, "treatments", item.id), f": {item.interactions[drug]}", sources=item.sources)
        for item in pack.treatments.values()
        if drug in item.interactions
    ]


def test_article(pack: Pack, item: Test) -> Article:
    """What it is for, how good it is, when it is not worth doing, which findings it answers."""
    answered = [link(pack, "findings", name) for name in item.answers]
    kinds = [
        words(link(pack, "conditions", condition.id), f": {sentence(danger.exclusion)}", sources=danger.sources)
        for condition in pack.conditions.values()
        if (danger := condition.do_not_miss)
        and any(term.removeprefix("not ").split(" ")[0] in item.answers for term in danger.excluded_by)
    ]
    return assemble(
        pack,
        kind="test",
        id=item.id,
        title=item.name,
        crumb=item.kind,
        lead=words(item.summary, sources=item.sources),
        facts=[(_("In plain words"), words(item.lay_name)), (_("Kind"), words(item.kind))],
        sections=sections(
            listed("accuracy", _("How good it is"), statements(item.accuracy)),
            listed("not-worth", _("When it is not worth doing"), statements(item.not_worth)),
            listed("how", _("How"), [words(item.how, sources=item.sources)] if item.how else []),
            listed("answers", _("Findings that it answers"), [words(phrase) for phrase in answered]),
            listed("excludes", _("Dangers that it helps to exclude"), kinds),
        ),
        items=(f"tests/{item.id}",),
        sources=item.sources,
    )


def treatment_article(pack: Pack, item: Treatment) -> Article:
    """What it does, how sure that is, its harms and cautions, the conditions it is used for."""
    used = [(c, step) for c in pack.conditions.values() for step in c.management if step.treatment == item.id]
    avoid = Notice((words(Phrase(_("Not to be used for leg cramps."), "strong"), sources=item.sources),))
    return assemble(
        pack,
        kind="treatment",
        id=item.id,
        title=item.name,
        crumb=_("treatment"),
        lead=words(item.summary, sources=item.sources),
        facts=[(_("In plain words"), words(item.lay_name)), (_("Certainty"), words(_(CERTAINTIES[item.certainty])))],
        sections=sections(
            Section(id="avoid", title=_("Avoid"), blocks=(avoid,)) if item.avoid else None,
            listed("how", _("How"), [words(item.how, sources=item.sources)] if item.how else []),
            listed("effects", _("What it does"), statements(item.effects)),
            listed("harms", _("Harms"), statements(item.harms)),
            listed("cautions", _("Cautions"), _cautions(pack, item)),
            listed("interactions", _("Together with medicines"), _with_drugs(pack, item)),
            listed("conditions", _("Used for"), list(_used(pack, used))),
        ),
        items=(f"treatments/{item.id}",),
        sources=item.sources,
    )


def _cautions(pack: Pack, item: Treatment) -> list[Line]:
    return [words(link(pack, "findings", factor), f": {text}") for factor, text in item.caution.items()]


def _with_drugs(pack: Pack, item: Treatment) -> list[Line]:
    return [words(link(pack, "drugs", drug), f": {text}") for drug, text in item.interactions.items()]


def _used(pack: Pack, used: Iterable[tuple[Condition, ManagementStep]]) -> Iterator[Line]:
    for condition, step in used:
        avoid = step.line == "avoid"
        yield words(
            link(pack, "conditions", condition.id),
            f": {sentence(step.step)} ",
            Phrase(_("avoid") if avoid else _(LINE_NAMES[step.line]), "danger" if avoid else "pill"),
            sources=step.sources,
            avoid=avoid,
        )
