"""Which item of the pack a code stands for.

A code that several conditions share names none of them. ICD-10-CM is a tree: a code below one the pack lists is the
same thing told more exactly; a code above it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from hickam.interfaces.fhir.elements import CodeableConcept
from hickam.interfaces.fhir.systems import ICD10CM_NAMES, LOINC_NAMES, RXNORM_NAMES, own
from hickam.model.pack import Pack

Folder = Literal["measurements", "findings", "conditions", "drugs"]
_RESIDUAL = re.compile(r"\.\w*[89]X*[ADS]?$")
"""Other and unspecified: which of the disorders is meant is in the words, not in the code."""
PREGNANT, PREGNANT_DAYS = "Z33.1", 300
"""ICD-10-CM's code of pregnancy, and how long one told of once can last: 42 weeks and a few days."""
SYMPTOM_CHAPTERS = ("R", "S", "T", "V", "W", "X", "Y", "Z")
"""Chapters of symptoms, injuries, causes and circumstances: as the code of a condition they name more than it."""


class Named(NamedTuple):
    """An item of the pack, by id."""

    folder: Folder
    id: str


class CodeIndex:
    """Codes of one pack, for looking up."""

    def __init__(self, pack: Pack) -> None:
        name = pack.manifest.id
        self.own: dict[str, Folder] = {
            own(name, folder): folder for folder in ("measurements", "findings", "conditions", "drugs")
        }
        self.known: dict[Folder, Mapping[str, object]] = {
            "measurements": pack.measurements,
            "findings": pack.findings,
            "conditions": pack.conditions,
            "drugs": pack.drugs,
        }
        numbers, asked = pack.measurements.values(), pack.findings.values()
        self.loinc = _unique(
            [
                *((code, Named("measurements", m.id)) for m in numbers for code in m.codes.get("loinc", ())),
                *((code, Named("findings", f.id)) for f in asked for code in f.codes.get("loinc", ())),
            ]
        )
        self.ingredients = {code: member for d in pack.drugs.values() for member, code in d.rxnorm.items()}
        self.rxnorm = _unique((code, Named("drugs", d.id)) for d in pack.drugs.values() for code in d.rxnorm.values())
        findings = [
            (code, Named("findings", f.id)) for f in pack.findings.values() for code in f.codes.get("icd10cm", ())
        ]
        conditions = [
            (code, Named("conditions", c.id))
            for c in pack.conditions.values()
            for code in c.codes.get("icd10cm", ())
            if not (code.startswith(SYMPTOM_CHAPTERS) or _RESIDUAL.search(code))
        ]
        taken = {code for code, _ in findings}
        self.icd = _unique([*findings, *((code, item) for code, item in conditions if code not in taken)])

    def find(self, concept: CodeableConcept) -> Named | None:
        """The item that a concept's codes name, our own codes first; None when they name none or several."""
        for coding in concept.coding:
            folder = self.own.get(coding.system)
            if folder is not None and coding.code in self.known[folder]:
                return Named(folder, coding.code)
        drugs = {self.rxnorm[c] for c in concept.codes(RXNORM_NAMES) if c in self.rxnorm}
        if len(drugs) == 1:
            return drugs.pop()
        loinc = {self.loinc[c] for c in concept.codes(LOINC_NAMES) if c in self.loinc}
        if len(loinc) == 1:
            return loinc.pop()
        icd = {found for c in concept.codes(ICD10CM_NAMES) if (found := self._icd(c)) is not None}
        return icd.pop() if len(icd) == 1 else None

    def medicine_words(self, concept: CodeableConcept) -> list[str]:
        """Wordings of a medicine; without any, the ingredients that its RxNorm codes name, else its codes."""
        named = [self.ingredients[c] for c in concept.codes(RXNORM_NAMES) if c in self.ingredients]
        return concept.words() or named or [c.code for c in concept.coding if c.code]

    def findings_within(self, concept: CodeableConcept) -> list[str]:
        """Findings that a more exact diagnosis says too: diabetes, in diabetes with polyneuropathy (E11.42)."""
        found = []
        for code in concept.codes(ICD10CM_NAMES):
            for length in range(3, len(code) + 1):
                item = self.icd.get(code[:length].rstrip("."))
                if item is not None and item.folder == "findings" and item.id not in found:
                    found.append(item.id)
        return found

    def _icd(self, code: str) -> Named | None:
        plain = code.strip().upper()
        if "." not in plain and len(plain) > 3:
            plain = f"{plain[:3]}.{plain[3:]}"
        for length in range(len(plain), 2, -1):
            found = self.icd.get(plain[:length].rstrip("."))
            if found is not None:
                return found
        return None


def _unique(pairs: Iterable[tuple[str, Named]]) -> dict[str, Named]:
    """Codes that stand for exactly one item."""
    found: dict[str, set[Named]] = {}
    for code, item in pairs:
        found.setdefault(code, set()).add(item)
    return {code: next(iter(items)) for code, items in found.items() if len(items) == 1}
