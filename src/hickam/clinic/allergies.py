"""Advice against the patient's allergies and intolerances: by a medicine's names, by its class, by cross-reaction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hickam.clinic.view import CaseView
from hickam.model.assessment import Advice
from hickam.model.case import Allergy, Case
from hickam.model.condition import Condition
from hickam.model.pack import Drug, Pack, Treatment


class Concern(NamedTuple):
    """Why a medicine is a concern: the allergy, and what joins the two when they are not the same medicine."""

    allergy: Allergy
    why: str = ""
    sources: tuple[str, ...] = ()


class Against(NamedTuple):
    """Names of medicines, in lower case, that the patient's allergies speak against; and words of their classes."""

    names: dict[str, Concern]
    classes: dict[str, Concern]


def allergens(view: CaseView) -> Against:
    """What the allergies of this case speak against, worked out once."""
    if "allergens" not in view.memo:
        view.memo["allergens"] = _allergens(view)
    found: Against = view.memo["allergens"]
    return found


def _allergens(view: CaseView) -> Against:
    found = Against({}, {})
    for allergy in view.case.allergies:
        meant = _meant(view.pack, allergy)
        for name in meant:
            found.names.setdefault(name, Concern(allergy))
        for drug in view.pack.drugs.values():
            groups = [g for g in drug.cross_allergy if {m.lower() for m in g.members} & meant]
            for group in groups:
                for name in sorted({m.lower() for m in group.members} - meant):
                    found.names.setdefault(name, Concern(allergy, group.text, group.sources))
            if groups or names(drug) & meant:
                for word in drug.class_words:
                    found.classes.setdefault(word.lower(), Concern(allergy))
    return found


def _meant(pack: Pack, allergy: Allergy) -> set[str]:
    """The names in the words of an allergy; all of a drug's when its words name the class only."""
    known = {n for drug in pack.drugs.values() for n in names(drug)}
    known |= {m.lower() for drug in pack.drugs.values() for group in drug.cross_allergy for m in group.members}
    said = {name for name in known if _names(allergy.name, name)}
    drug = pack.drugs.get(allergy.drug)
    return said or (names(drug) if drug is not None else set())


def names(drug: Drug) -> set[str]:
    """What a record calls the drug: members and brands, in lower case."""
    return {name.lower() for name in (*drug.members, *drug.brands)}


def _names(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}s?\b", text, re.I) is not None


def treatment_concern(view: CaseView, treatment: Treatment) -> Concern | None:
    """The first allergy that speaks against a medicine of this treatment."""
    against = allergens(view).names
    given = {name for drug in treatment.drugs for name in names(view.pack.drugs[drug])}
    concerns = (against[name] for name in sorted(against) if name in given or _names(treatment.name, name))
    return next(concerns, None)


def _text_concern(view: CaseView, text: str) -> Concern | None:
    """The first allergy against a medicine, or the class of one, that a text names."""
    against = allergens(view)
    concerns = {**against.classes, **against.names}
    return next((concerns[name] for name in sorted(concerns) if _names(text, name)), None)


def advice_against(pack: Pack, case: Case, items: Sequence[str], text: str) -> Advice | None:
    """What an allergy of the case says against treatments ('treatments/id') or against a medicine that a text names."""
    if not case.allergies:
        return None
    view = CaseView(pack, case)
    treatments = [pack.treatments[i.split("/")[1]] for i in items if i.startswith("treatments/")]
    found = [(t.name, concern) for t in treatments if (concern := treatment_concern(view, t)) is not None]
    if (named := _text_concern(view, text)) is not None:
        found.append(("Asked for", named))
    return _advice(*found[0]) if found else None


def allergy_cautions(view: CaseView, shown: list[Condition]) -> Iterator[Advice]:
    """One for each shown treatment or step, and each medicine taken, that an allergy speaks against."""
    if not view.case.allergies:
        return
    for item in shown:
        for step in item.management:
            if step.line == "avoid":
                continue
            treatment = view.pack.treatments.get(step.treatment)
            concern = treatment_concern(view, treatment) if treatment else _text_concern(view, step.step)
            if concern is not None:
                yield _advice(treatment.name if treatment else step.step.rstrip("."), concern)
    for medicine in view.case.medications:
        taken = _text_concern(view, medicine.name)
        if medicine.current and taken is not None:
            yield _advice(f"{medicine.name} is taken", taken)


def _advice(what: str, concern: Concern) -> Advice:
    allergy = concern.allergy
    said = "an allergy or intolerance" if allergy.confirmed else "a possible allergy or intolerance, not confirmed,"
    why = f" {concern.why}" if concern.why else ""
    text = f"{what}: {said} to {allergy.name} is recorded.{why} Check what happened before it is given."
    return Advice(text=text, because=(f"allergy: {allergy.name}",), sources=concern.sources)
