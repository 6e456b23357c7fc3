"""The article on the complaint: what it is, its causes in tiers and groups, how to tell them apart, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import msgspec

from hickam.model.condition import Category, Condition, ManagementStep
from hickam.model.numbers import Basis, Provenance
from hickam.model.pack import Pack
from hickam.writing.articles.assemble import LEVEL_NAMES, assemble, capital, link, part, sentence, statements
from hickam.writing.articles.document import (
    Article,
    Block,
    Bullets,
    Grid,
    Line,
    Matrix,
    Paragraph,
    Phrase,
    Section,
    basis_line,
    listed,
    sections,
    words,
)
from hickam.writing.articles.numbers import number_words, share_of_visits
from hickam.writing.language import _
from hickam.writing.sentences import WEAKNESS
from hickam.writing.words import CATEGORY_NAMES

MENTIONED = 0.002
"""A condition with this share of visits, or dangerous if missed, gets its own line; the others are named."""
TREATED = 0.01
"""A cause with this share of visits has its first steps in the section on management."""
STEPS = 3
HARMS = ("emergency", "same_day", "soon", "routine", "self_care")


class TierShare(msgspec.Struct, frozen=True, kw_only=True):
    """P(cause) with nothing else known: the mean over visits, and the lowest and highest over age bands and sexes.

    ``argument`` and ``sources``: what published rates say, from the case-mix table; '' and () where it is silent.
    """

    condition: str
    share: float
    low: float
    high: float
    argument: str = ""
    sources: tuple[str, ...] = ()


class Tiers(msgspec.Struct, frozen=True, kw_only=True):
    """The causes of a visit to primary care with nothing else known, as the engine gives them.

    ``leading``: for each age band and sex in words the first causes with their shares.
    """

    most_likely: TierShare
    other_likely: tuple[TierShare, ...]
    do_not_miss: tuple[TierShare, ...]
    rare: tuple[TierShare, ...]
    shares: dict[str, float]
    leading: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]


def presentation_article(pack: Pack, tiers: Tiers) -> Article:
    """The whole article."""
    used = [f"conditions/{name}" for name in pack.conditions]
    return assemble(
        pack,
        kind="presentation",
        id=pack.manifest.id,
        title=_("{complaint}: differential diagnosis and approach", complaint=pack.manifest.title),
        crumb=_("the complaint"),
        lead=_lead(pack),
        facts=[(_("For"), words(pack.manifest.population))],
        sections=sections(
            part(pack, "definition", _("Definition")),
            part(pack, "statistics", _("How common it is")),
            _differential(pack, tiers),
            _categories(pack, tiers),
            _distinguishing(pack),
            _medicines(pack),
            Section(
                id="approach",
                title=_("Critical diagnostic approach"),
                sections=sections(
                    part(pack, "history", _("History")),
                    part(pack, "examination", _("Physical examination")),
                    part(pack, "laboratory", _("Laboratory")),
                    part(pack, "imaging", _("Imaging and special tests")),
                    _red_flags(pack),
                ),
            ),
            _management(pack, tiers),
            part(pack, "prevention", _("Prevention")),
            part(pack, "pitfalls", _("Pitfalls")),
            part(pack, "who_to_see", _("Who to see")),
        ),
        items=("pack", "presentation", *used, *(f"rules/{name}" for name in pack.rules)),
    )


def _lead(pack: Pack) -> Line:
    """The first thing to decide about this complaint."""
    found = pack.manifest.articles.get("distinguishing", ())
    return words(found[0].text, sources=found[0].sources) if found else words(capital(pack.manifest.complaint))


def _differential(pack: Pack, tiers: Tiers) -> Section:
    how = words(
        Phrase(
            _(
                "Shares are of visits to primary care for this complaint when nothing is known but age and sex, "
                "averaged over the people who come; in brackets the lowest and highest over age bands and sexes. "
                "The engine computes them from the priors and consulting rates of the pack; the basis is the weakest "
                "among these. Each patient's own findings decide the order for that patient."
            ),
            "aside",
        )
    )
    return Section(
        id="differential",
        title=_("Differential diagnosis in tiers"),
        blocks=(Paragraph(how),),
        sections=sections(
            listed("most-likely", _("Single most likely"), [_tier_line(pack, tiers.most_likely)]),
            listed("other-likely", _("Other likely"), [_tier_line(pack, item) for item in tiers.other_likely]),
            Section(id="do-not-miss", title=_("Do not miss"), sections=sections(*_dangers(pack, tiers))),
            listed("rare", _("Rare"), [_tier_line(pack, item) for item in tiers.rare]),
            _leading(pack, tiers),
        ),
    )


def _tier_line(pack: Pack, item: TierShare) -> Line:
    condition = pack.conditions[item.condition]
    low, high = (share_of_visits(bound).removesuffix(" %") for bound in (item.low, item.high))
    share = f": {share_of_visits(item.share)} ({low}–{high}). "
    return words(
        link(pack, "conditions", condition.id),
        share,
        first_sentence(condition.summary),
        Phrase(f" {sentence(item.argument)}" if item.argument else "", "aside"),
        sources=item.sources or condition.sources[:3],
        basis=weakest(condition),
    )


def weakest(condition: Condition) -> Basis:
    """The weakest basis among prior and consulting rate, on which the share of visits rests."""
    numbers: list[Provenance] = [condition.complaint.leg, *(condition.prior.rows if condition.prior else ())]
    if condition.exposure:
        numbers.append(condition.exposure.share)
    return max((number.basis for number in numbers), key=WEAKNESS.index)


def _dangers(pack: Pack, tiers: Tiers) -> Iterator[Section | None]:
    for harm in HARMS:
        lines = []
        for item in tiers.do_not_miss:
            condition = pack.conditions[item.condition]
            danger = condition.do_not_miss
            if danger is None or danger.harm != harm:
                continue
            lines.append(
                words(
                    link(pack, "conditions", condition.id),
                    f": {sentence(danger.why)} ",
                    Phrase(_("To exclude it:") + " ", "strong"),
                    sentence(danger.exclusion),
                    Phrase(" " + _("{share} of visits.", share=share_of_visits(item.share)), "aside"),
                    sources=danger.sources,
                )
            )
        yield listed(f"do-not-miss-{harm}", capital(_(LEVEL_NAMES[harm])), lines)


def _leading(pack: Pack, tiers: Tiers) -> Section | None:
    rows = tuple(
        (
            words(who),
            *(
                words(
                    link(pack, "conditions", name), f" {share_of_visits(share)}", basis=weakest(pack.conditions[name])
                )
                for name, share in found
            ),
        )
        for who, found in tiers.leading
    )
    if not rows:
        return None
    columns = (_("who"), *(_("first"), _("second"), _("third"))[: len(rows[0]) - 1])
    grid = Grid(
        caption=_("Leading causes of a visit to primary care with nothing else known"), columns=columns, rows=rows
    )
    return Section(id="by-age", title=_("By age and sex"), blocks=(grid,))


def _categories(pack: Pack, tiers: Tiers) -> Section:
    categories: dict[Category, list[Section]] = {}
    for place, group in enumerate(pack.presentation.groups, 1):
        found = listed(f"group-{place}", group.title, list(_group(pack, tiers, group.conditions)))
        if found:
            categories.setdefault(group.category, []).append(found)
    placed = {name for group in pack.presentation.groups for name in group.conditions}
    for category in get_args(Category):
        rest = tuple(c.id for c in pack.conditions.values() if c.category == category and c.id not in placed)
        if rest:
            others = listed(f"group-{category}", _("Others"), list(_group(pack, tiers, rest)))
            categories[category] = [*categories.get(category, []), *([others] if others else [])]
    overview = tuple(statements(pack.manifest.articles.get("categories", ())))
    return Section(
        id="categories",
        title=_("Primary categories"),
        blocks=(Bullets(overview),) if overview else (),
        sections=tuple(
            Section(id=f"category-{category}", title=capital(_(CATEGORY_NAMES[category])), sections=tuple(groups))
            for category, groups in categories.items()
        ),
    )


def _group(pack: Pack, tiers: Tiers, names: tuple[str, ...]) -> Iterator[Line]:
    """A line for each condition that is common enough or dangerous, one line that names the rest."""
    rest: list[Phrase] = []
    for name in names:
        condition = pack.conditions.get(name)
        if condition is None:
            continue
        if condition.do_not_miss or tiers.shares.get(name, 0.0) >= MENTIONED or len(names) <= 4:
            shown = condition.presentation[0] if condition.presentation else None
            text = shown.text if shown else first_sentence(condition.summary)
            sources = (shown.sources if shown else ()) or condition.sources[:3]
            yield words(link(pack, "conditions", name), f": {sentence(text)}", sources=sources)
        else:
            rest += [link(pack, "conditions", name), Phrase(", ")]
    if rest:
        yield words(_("Also:") + " ", *rest[:-1], ".")


def _distinguishing(pack: Pack) -> Section | None:
    comparison = pack.presentation.comparison
    blocks: list[Block] = []
    lines = statements(pack.manifest.articles.get("distinguishing", ())[1:])
    if lines:
        blocks.append(Bullets(tuple(lines)))
    if comparison is not None:
        columns = tuple(comparison.columns)
        rows = tuple(
            (
                words(link(pack, "conditions", row.condition)),
                *(words(row.cells[key].text, sources=row.cells[key].sources) for key in columns),
            )
            for row in comparison.rows
        )
        names = (_("condition"), *(comparison.columns[key] for key in columns))
        blocks.append(Grid(caption=comparison.title, columns=names, rows=rows))
        blocks += [matrix for matrix in [comparison_numbers(pack)] if matrix]
    return (
        Section(id="distinguishing", title=_("Key distinguishing features"), blocks=tuple(blocks)) if blocks else None
    )


def comparison_numbers(pack: Pack) -> Matrix | None:
    """P(finding | condition) of the pack's comparison; None where it has none."""
    comparison = pack.presentation.comparison
    if comparison is None:
        return None
    features, estimates, total = [], 0, 0
    for name in comparison.findings:
        shares: dict[str, float] = {}
        keys: dict[str, None] = {}
        for condition in (pack.conditions[c] for c in comparison.conditions):
            evidence = next((e for e in condition.findings if e.finding == name), None)
            if evidence is None or (evidence.value is None and evidence.counts is None):
                continue
            shares[condition.name] = evidence.as_number().best
            keys |= dict.fromkeys([evidence.source] if evidence.source else [])
            estimates, total = estimates + (evidence.basis == "estimate"), total + 1
        features.append((capital(pack.findings[name].name), shares, tuple(keys)))
    return Matrix(
        title=_("How often each cause shows each feature"),
        names=tuple(pack.conditions[c].name for c in comparison.conditions),
        features=tuple(features),
        note=_(
            "The numbers that the engine uses. {estimates} of these {total} are the authors' estimates; the page of "
            "each condition gives interval, basis and source. An empty place: the condition states no number, and the "
            "feature is as common as usual.",
            estimates=estimates,
            total=total,
        ),
    )


def _management(pack: Pack, tiers: Tiers) -> Section | None:
    """What holds for all, then the first steps for each cause that is common or easily confused."""
    comparison = pack.presentation.comparison
    common = sorted((n for n, share in tiers.shares.items() if share >= TREATED), key=lambda n: -tiers.shares[n])
    names = dict.fromkeys([*common, *(comparison.conditions if comparison else ())])
    lines = [line for name in names if (line := _first_steps(pack, pack.conditions[name]))]
    general = tuple(statements(pack.manifest.articles.get("management", ())))
    return Section(
        id="management",
        title=_("Management"),
        blocks=(Bullets(general),) if general else (),
        sections=sections(listed("management-by-cause", _("First steps by cause"), lines)),
    )


def _first_steps(pack: Pack, condition: Condition) -> Line | None:
    steps = [step for step in condition.management if step.line == "first"][:STEPS]
    avoid = next((step for step in condition.management if step.line == "avoid"), None)
    if not steps:
        return None
    keys = dict.fromkeys(key for step in (*steps, *([avoid] if avoid else [])) for key in step.sources)
    return words(
        link(pack, "conditions", condition.id),
        ":",
        *(part for step in steps for part in _step(pack, step)),
        *((" ", Phrase(_("avoid"), "danger"), f" {sentence(avoid.step)}") if avoid else ()),
        sources=tuple(keys),
    )


def _step(pack: Pack, step: ManagementStep) -> list[Phrase]:
    """The step, with its treatment where the sentence does not name it."""
    treatment = pack.treatments.get(step.treatment)
    said = Phrase(f" {sentence(step.step)}")
    if treatment is None or treatment.name.split()[0].lower() in step.step.lower():
        return [said]
    return [said, Phrase(" ("), link(pack, "treatments", treatment.id), Phrase(")")]


def _medicines(pack: Pack) -> Section | None:
    rows = []
    for drug in pack.drugs.values():
        for effect in drug.effects:
            if effect.odds_ratio is not None:
                number = effect.odds_ratio
                cells = (
                    words(link(pack, "drugs", drug.id)),
                    words(number_words(number, ratio=True)),
                    words(effect.text, sources=effect.sources),
                    basis_line(number),
                )
                rows.append((-number.best, cells))
    if not rows:
        return None
    rows.sort(key=lambda row: row[0])
    grid = Grid(
        caption=_("Medicines and cramps, or what brings cramps on; the strongest link first"),
        columns=(_("medicine"), _("odds ratio"), _("what is known"), _("basis and source")),
        rows=tuple(cells for _, cells in rows),
    )
    return Section(id="medicines", title=_("Medicines that bring on cramps"), blocks=(grid,))


def _red_flags(pack: Pack) -> Section | None:
    flags = [rule for rule in pack.rules.values() if rule.kind == "red_flag"]
    flags.sort(key=lambda rule: HARMS.index(rule.level or "routine"))
    lines = [
        words(Phrase(_(LEVEL_NAMES[rule.level or "routine"]), "danger"), f" {rule.sentence}", sources=rule.sources)
        for rule in flags
    ]
    return listed("red-flags", _("Red flags"), lines)


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence."""
    found = re.match(r"(.+?[.!?])(?:\s+[A-Z]|$)", text, re.S)
    return found[1] if found else sentence(text)
