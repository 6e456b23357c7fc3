"""Articles by kind and id, with the shares of causes that the article on the complaint needs from the engine."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from hickam.clinic.prevalence import prevalence
from hickam.clinic.tiers import MOST_LINES, RARE_PREVALENCE
from hickam.errors import HickamError
from hickam.knowledge.translations import localise
from hickam.model.case import Case
from hickam.model.pack import Pack, VisitShare
from hickam.services.case_mix import FILE as CASE_MIX_FILE
from hickam.services.case_mix import Line as CaseMixLine
from hickam.services.case_mix import read_case_mix
from hickam.services.knowledge import Knowledge
from hickam.writing.articles.condition import condition_article
from hickam.writing.articles.document import Article
from hickam.writing.articles.finding import finding_article
from hickam.writing.articles.patient import for_clinicians, patient_article
from hickam.writing.articles.presentation import Tiers, TierShare, presentation_article
from hickam.writing.articles.remedies import drug_article, test_article, treatment_article
from hickam.writing.articles.topic import clinicians_article, topic_article
from hickam.writing.language import SOURCE_LANGUAGE, _, lower_state, spoken

ITEM_KINDS: dict[str, tuple[str, Callable[[Pack, Any], Article]]] = {
    "condition": ("conditions", condition_article),
    "finding": ("findings", finding_article),
    "test": ("tests", test_article),
    "drug": ("drugs", drug_article),
    "treatment": ("treatments", treatment_article),
}
"""Kinds of which there is one article an item, with the pack's folder."""
WHOLE_KINDS = ("presentation", "topic", "clinicians")
"""Kinds of which a pack has one article."""
LEADING = 3
RARE_SHARE = 0.001
"""A rare cause brings fewer than one visit in a thousand: new strains are rare among people and common among visits."""


def article(knowledge: Knowledge, kind: str, id: str = "", *, patient: bool = False) -> Article:
    """One article; ``id`` is an id, a name or a synonym. Raises HickamError naming what there is.

    ``patient``: a condition in plain words for the person who has it, and the topic page in place of the differential.
    Fixed words, and what the pack says in it, are in the language of the moment (``language.speaking``).
    """
    if spoken().code == SOURCE_LANGUAGE:
        return _article(knowledge, knowledge.pack, kind, id, patient)
    local = localise(knowledge.root, knowledge.pack, spoken().code)
    made = _article(knowledge, local.pack, kind, id, patient)
    return replace(made, translation=lower_state(spoken().review_state, local.review_state))


def _article(knowledge: Knowledge, pack: Pack, kind: str, id: str, patient: bool) -> Article:
    if patient and kind == "condition":
        return patient_article(pack, pack.conditions[find_item(pack.conditions, kind, id)])
    if patient and kind == "presentation":
        return topic_article(pack)
    if kind == "presentation":
        return presentation_article(pack, tiers(knowledge, spoken().code))
    if kind == "topic":
        return topic_article(pack)
    if kind == "clinicians":
        return clinicians_article(pack)
    folder, build = ITEM_KINDS[kind]
    items: dict[str, Any] = getattr(pack, folder)
    item = items[find_item(items, kind, id)]
    made = build(pack, item)
    return replace(made, sections=(for_clinicians(item.lay_name), *made.sections)) if patient else made


def all_articles(knowledge: Knowledge) -> Iterator[Article]:
    """Every article of the pack."""
    for kind in WHOLE_KINDS:
        yield article(knowledge, kind)
    for kind, (folder, _build) in ITEM_KINDS.items():
        for id in getattr(knowledge.pack, folder):
            yield article(knowledge, kind, id)


def find_item(items: dict[str, Any], kind: str, wanted: str) -> str:
    """The id of the item of this id, name, plain name, synonym or member."""
    if wanted in items:
        return wanted
    key = wanted.lower().replace("_", " ").strip()
    names = {id: {name.lower() for name in _names(item)} for id, item in items.items()}
    exact = [id for id, known in names.items() if key in known]
    part = [id for id, known in names.items() if key and any(key in name for name in known)]
    if len(exact) == 1 or (not exact and len(part) == 1):
        return (exact or part)[0]
    near = exact or part or difflib.get_close_matches(key.replace(" ", "_"), items, n=8)
    raise HickamError(
        code="no-such-article",
        where=f"article {kind}",
        what=f"{wanted!r} is not one {kind} of this pack" if wanted else f"which {kind}?",
        why="each has an article of its own",
        fix=f"name one of: {', '.join(near or sorted(items))}",
    )


def _names(item: Any) -> Iterator[str]:
    yield from (item.id.replace("_", " "), item.name, item.lay_name)
    for field in ("synonyms", "members", "brands"):
        yield from getattr(item, field, ())


@lru_cache(maxsize=4)
def tiers(knowledge: Knowledge, language: str = SOURCE_LANGUAGE) -> Tiers:
    """Causes of a primary-care visit with nothing else known, in tiers; ``language`` is that of the moment.

    The most likely cause and the next six by mean share; everything dangerous if missed; and what fewer than one
    person in 2,000 has and fewer than one visit in 1,000 is for. Mean over ``visits`` of the pack (age bands and
    sexes, weighted), each at its middle age.
    """
    pack = knowledge.pack
    cells = [(visit, _alone(knowledge, visit)) for visit in pack.manifest.visits]
    weight = sum(visit.share for visit, _ in cells)
    shares = {name: sum(v.share * causes[name] for v, causes in cells) / weight for name in pack.conditions}
    ranked = sorted(shares, key=lambda name: (-shares[name], name))
    arguments = {name: line for line in _case_mix(knowledge) for name in line.causes}
    anyone = Case(age=None, sex=None, setting="primary_care")

    def line(name: str) -> TierShare:
        values = [causes[name] for _, causes in cells]
        found = arguments.get(name)
        return TierShare(
            condition=name,
            share=shares[name],
            low=min(values),
            high=max(values),
            argument=found.argument if found else "",
            sources=found.sources if found else (),
        )

    dangerous = [name for name in ranked if pack.conditions[name].do_not_miss]
    others = [name for name in ranked[1:] if name not in dangerous][:MOST_LINES]
    shown = {ranked[0], *others, *dangerous}
    return Tiers(
        most_likely=line(ranked[0]),
        other_likely=tuple(line(name) for name in others),
        do_not_miss=tuple(line(name) for name in dangerous),
        rare=tuple(line(n) for n in ranked if n not in shown and _rare(prevalence(pack, anyone, n), shares[n])),
        shares=shares,
        leading=tuple((_who(visit), _first(causes)) for visit, causes in cells),
    )


def _rare(prevalence: float, share: float) -> bool:
    return prevalence < RARE_PREVALENCE and share < RARE_SHARE


def _alone(knowledge: Knowledge, visit: VisitShare) -> dict[str, float]:
    age = (visit.age[0] + visit.age[1]) / 2
    case = Case(age=age, sex=visit.sex, setting="primary_care", completeness=0.0)
    return dict(knowledge.engine.k_only(case).cause)


def _first(causes: dict[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(causes.items(), key=lambda pair: (-pair[1], pair[0]))[:LEADING])


def _who(visit: VisitShare) -> str:
    low, high = visit.age
    words = {"female": (_("girls"), _("women")), "male": (_("boys"), _("men"))}[visit.sex][high >= 18]
    return _("{people} {low}–{high} years", people=words, low=f"{low:g}", high=f"{high:g}")


def _case_mix(knowledge: Knowledge) -> list[CaseMixLine]:
    """The lines of the pack's case-mix table for primary care; none where the pack has no table."""
    if not (knowledge.root / CASE_MIX_FILE).exists():
        return []
    return [line for line in read_case_mix(knowledge.root).lines if line.setting == "primary_care"]
