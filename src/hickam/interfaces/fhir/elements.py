"""The parts of R4 resources that are read, as types: anything else in a resource is left alone.

A resource that does not fit its type is refused with the place and what was expected, never with its content.
Elements that change the meaning of a resource and are not understood (modifierExtension, implicitRules) are here so
that such a resource can be set aside.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Element(msgspec.Struct, rename="camel", kw_only=True):
    """Anything in a resource."""


class Coding(Element, kw_only=True):
    """One code of one system."""

    system: str = ""
    code: str = ""
    display: str = ""


class CodeableConcept(Element, kw_only=True):
    """Codes and words for the same thing."""

    coding: list[Coding] = []
    text: str = ""

    def words(self) -> list[str]:
        """The wordings, the clinician's own first."""
        return list(dict.fromkeys(w for w in (self.text, *(c.display for c in self.coding)) if w.strip()))

    def codes(self, systems: frozenset[str] | set[str]) -> list[str]:
        """Codes of these systems."""
        return [c.code for c in self.coding if c.system in systems and c.code]


class Quantity(Element, kw_only=True):
    """A number with its unit: ``code`` is the UCUM unit, ``unit`` the one shown."""

    value: float | None = None
    comparator: str = ""
    unit: str = ""
    system: str = ""
    code: str = ""


class Ratio(Element, kw_only=True):
    """Two quantities."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Identifier(Element, kw_only=True):
    """A number given by somebody, such as that of a hospital's patient."""

    system: str = ""
    value: str = ""


class Reference(Element, kw_only=True):
    """A pointer to another resource, its number, or only its name."""

    reference: str = ""
    type: str = ""
    identifier: Identifier | None = None
    display: str = ""


class Period(Element, kw_only=True):
    """From, to."""

    start: str = ""
    end: str = ""


class Extension(Element, kw_only=True):
    """An extension; only our own are read."""

    url: str = ""
    extension: list[Extension] = []
    value_string: str | None = None
    value_code: str | None = None
    value_integer: int | None = None
    value_decimal: float | None = None
    value_boolean: bool | None = None


class Resource(Element, kw_only=True):
    """What every resource may have."""

    resource_type: str = ""
    id: str = ""
    implicit_rules: str = ""
    modifier_extension: list[Any] = []
    extension: list[Extension] = []
    contained: list[dict[str, Any]] = []


class Patient(Resource, kw_only=True):
    """Who."""

    identifier: list[Identifier] = []
    birth_date: str = ""
    gender: str = ""
    deceased_boolean: bool = False
    deceased_date_time: str = ""


class ObservationValue(Resource, kw_only=True):
    """What is common to an observation and a component of one."""

    code: CodeableConcept
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: int | None = None
    value_ratio: Ratio | None = None
    value_range: Any = None
    value_sampled_data: Any = None
    value_time: str | None = None
    value_date_time: str | None = None
    value_period: Any = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: list[CodeableConcept] = []

    def values(self) -> list[str]:
        """Names of the value elements that are filled; more than one is against R4."""
        return [
            n for n in ObservationValue.__struct_fields__ if n.startswith("value_") and getattr(self, n) is not None
        ]


class Observation(ObservationValue, kw_only=True):
    """A finding, a measurement, a sign."""

    status: str
    subject: Reference | None = None
    focus: list[Reference] = []
    effective_date_time: str = ""
    effective_instant: str = ""
    effective_period: Period | None = None
    issued: str = ""
    body_site: CodeableConcept | None = None
    specimen: Reference | None = None
    component: list[ObservationValue] = []
    has_member: list[Reference] = []


class Specimen(Element, kw_only=True):
    """What a value was measured in."""

    type: CodeableConcept | None = None


class Condition(Resource, kw_only=True):
    """A problem or diagnosis."""

    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    category: list[CodeableConcept] = []
    code: CodeableConcept | None = None
    subject: Reference
    onset_date_time: str = ""
    recorded_date: str = ""
    abatement_date_time: str = ""
    abatement_string: str = ""
    abatement_age: Any = None
    abatement_period: Any = None
    abatement_range: Any = None


class Dosage(Element, kw_only=True):
    """How a medicine is taken, in words."""

    text: str = ""


class Medicine(Resource, kw_only=True):
    """MedicationStatement and MedicationRequest, as far as they say which drug and whether it is taken (``taken``: of
    STU3, whose statements have the status ``active`` too)."""

    status: str
    taken: str = ""
    intent: str = ""
    do_not_perform: bool = False
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    subject: Reference
    effective_date_time: str = ""
    effective_period: Period | None = None
    authored_on: str = ""
    dosage: list[Dosage] = []
    dosage_instruction: list[Dosage] = []


class Ingredient(Element, kw_only=True):
    """One substance of a product."""

    item_codeable_concept: CodeableConcept | None = None


class Medication(Resource, kw_only=True):
    """A product that a statement or a request points to."""

    status: str = ""
    code: CodeableConcept | None = None
    ingredient: list[Ingredient] = []


class Reaction(Element, kw_only=True):
    """What the substance did; the substance may stand here alone."""

    substance: CodeableConcept | None = None


class AllergyIntolerance(Resource, kw_only=True):
    """An allergy."""

    reaction: list[Reaction] = []

    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    code: CodeableConcept | None = None
    patient: Reference


class Encounter(Resource, kw_only=True):
    """The visit: where, and why in words."""

    status: str
    encounter_class: Coding | None = msgspec.field(name="class", default=None)
    type: list[CodeableConcept] = []
    subject: Reference | None = None
    reason_code: list[CodeableConcept] = []
    period: Period | None = None


class Attachment(Element, kw_only=True):
    """A document's content."""

    content_type: str = ""
    data: str = ""


class Content(Element, kw_only=True):
    """One form of a document."""

    attachment: Attachment


class DocumentReference(Resource, kw_only=True):
    """A document; only the story of a case that this program wrote is read."""

    status: str
    type: CodeableConcept | None = None
    content: list[Content]


class Answer(Element, kw_only=True):
    """One answer of a questionnaire."""

    value_boolean: bool | None = None
    value_decimal: float | None = None
    value_integer: int | None = None
    value_string: str | None = None
    value_coding: Coding | None = None
    value_quantity: Quantity | None = None
    item: list[Item] = []


class Item(Element, kw_only=True):
    """One question of a response, with what was answered."""

    link_id: str
    text: str = ""
    answer: list[Answer] = []
    item: list[Item] = []


class QuestionnaireResponse(Resource, kw_only=True):
    """A filled-in form."""

    status: str
    questionnaire: str = ""
    subject: Reference | None = None
    authored: str = ""
    item: list[Item] = []
