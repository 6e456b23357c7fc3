"""What every resource of an answer shares: which answer and case it is about, its stamp, its references."""

from __future__ import annotations

from dataclasses import dataclass

from hickam.interfaces.fhir.resources import Document, Json, ai_label, extend
from hickam.interfaces.fhir.systems import OWN
from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.model.pack import Pack
from hickam.writing.words import stamp_state

REVIEW_STATES = OWN + "review-state"


@dataclass(frozen=True)
class Answer:
    """An assessment on its way into a document. ``recorded`` is the instant of writing, with a zone."""

    pack: Pack
    case: Case
    assessment: Assessment
    document: Document
    recorded: str
    basis: list[Json]

    @property
    def subject(self) -> Json:
        """The patient."""
        return self.document.reference("patient")

    @property
    def device(self) -> Json:
        """The engine."""
        return self.document.reference("device")

    @property
    def meta(self) -> Json:
        """Review state, and the label of who drafted it, on every resource that holds knowledge."""
        made_from = self.assessment.pack
        tag = {"system": REVIEW_STATES, "code": made_from.review_state, "display": stamp_state(made_from)}
        label = ai_label(self.pack)
        return {"tag": [tag], **({"security": label} if label else {})}

    @property
    def stamp(self) -> str:
        """Pack, hash, engine and review state in one line."""
        a = self.assessment
        return (
            f"Hickam engine {a.engine_version}, pack {a.pack.id} {a.pack.version} ({a.pack.hash}), "
            f"{stamp_state(a.pack)}, as of {a.as_of}."
        )

    @property
    def notes(self) -> list[Json]:
        """Stamp and disclaimer, for a resource's note."""
        return [{"text": self.stamp}, {"text": self.assessment.disclaimer}]

    def cite(self, keys: tuple[str, ...]) -> list[Json]:
        """Extensions that name the sources of a statement, as cited."""
        known = {r.key: r.citation for r in self.assessment.references}
        return [extend("source", valueString=known[key]) for key in keys if key in known]
