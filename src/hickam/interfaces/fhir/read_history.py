"""Problems, medicines and allergies of a record."""

from __future__ import annotations

import re
from typing import cast, get_args

import msgspec

from hickam.intake.reading import parse
from hickam.intake.vocabulary import lookup
from hickam.interfaces.fhir import elements as e
from hickam.interfaces.fhir.codes import PREGNANT, PREGNANT_DAYS
from hickam.interfaces.fhir.dates import as_date, is_after
from hickam.interfaces.fhir.gathered import Gathered, span_of, text_extension
from hickam.interfaces.fhir.systems import own
from hickam.model.case import Allergy, Case, Fact, Medication, Observation, Status

PAST = frozenset({"inactive", "resolved"})
VERIFICATION = frozenset({"", "confirmed", "refuted"})
STATES = frozenset(
    {*PAST, "active", "recurrence", "relapse", "remission", "confirmed", "refuted", "entered-in-error"}
    | {"unconfirmed", "provisional", "differential"}
)
"""Codes of clinical and verification status in R4."""
PROPOSED = frozenset({"unconfirmed", "provisional", "differential"})
_IN_DOUBT = re.compile(
    r"^\s*\?|\?\s*$|\b(unlikely|doubt(ful)?|suspicion|prophylaxis|evaluat(e|ion) for|versus|vs)\b", re.I
)
"""A problem written so ("?DVT", "DVT unlikely", "DVT vs cellulitis") is not said to be there."""
_NOT_SAID = re.compile(
    r"^\s*((no|not|never|without|denies|negative for|excluded?|rule[ds]? out|r/o|possibl[ey]|probabl[ey]|suspected"
    r"|query|(at )?(high )?risk (of|for)|screening for|FHx?|family (history|hx)|mother|father|sister|brother)\b)"
    r"|\b(ruled out|excluded|suspected)\W*$",
    re.I,
)
"""Words with which a code alone does not say that the patient has it: it was coded for want of a better."""
_OVER = re.compile(r"^\s*(h/o|history of|hx of|previous|past|old|s/p|status post|PMH)\b|\b(resolved|healed)\b", re.I)
"""Words with which a diagnosis is not one of today."""
_FAMILY = re.compile(r"\bFHx?\b:?( of)?", re.I)
TAKING = frozenset({"active", "unknown"})
_STOPPED = re.compile(
    r"^(stop|avoid|do not give)\b|\b(stopped|discontinued|ceased|withheld|on hold|no longer|not tak(en|ing))\b"
    r"|\bheld\W*$",
    re.I,
)
"""Words, in the name of a medicine or as the beginning of its dose, with which it is not taken whatever the status."""
_NOT_TOLERATED = re.compile(r"\b(allerg(y|ic)|intoleran(t|ce))\b", re.I)
NOT_TAKING = frozenset({"completed", "stopped", "on-hold", "not-taken"})
DENIED = "it denies a disease, which is no test result"
NO_ALLERGY = ("no known", "no allerg", "nil known", "nkda", "nka")
_EXCEPT = re.compile(r"\b(except|apart from|aside from|other than|besides|but)\b", re.I)
PRESCRIBED = frozenset({"", "order", "original-order", "reflex-order", "filler-order", "instance-order"})


def read_condition(item: e.Condition, pointer: str, g: Gathered) -> None:
    """A known diagnosis, one that was ruled out, a finding named in the problem list, or nothing."""
    verified = _state(item.verification_status)
    if verified == "entered-in-error" or verified in PROPOSED:
        g.ignore(pointer, f"it is {verified}, so it is not known to be there")
        return
    if verified not in VERIFICATION:
        g.ignore(pointer, "its verification status is not one of R4")
        return
    if is_after(item.onset_date_time, g.today) or is_after(item.recorded_date, g.today):
        g.ignore(pointer, "its date is after the day of this answer")
        return
    if item.code is None or not (item.code.coding or item.code.text):
        g.ignore(pointer, "it has no code and no words")
        return
    recorded, window = as_date(item.recorded_date), g.knowledge.pack.manifest.window_days
    if verified == "refuted" and recorded is not None and (g.today - recorded).days > window:
        g.ignore(pointer, f"it was refuted {(g.today - recorded).days} days ago, and that counts for {window:g}")
        return
    status = _status(item, g)
    span = span_of(item.extension)
    named = g.codes.find(item.code)
    told = next(iter(item.code.words()), "")
    in_doubt = _IN_DOUBT.search(told) or _NOT_SAID.search(told)
    if named is not None and not g.verbatim and in_doubt:
        g.ignore(pointer, "its words do not say what its code says")
        return
    began = as_date(item.onset_date_time or item.recorded_date)
    over = began is not None and (g.today - began).days > PREGNANT_DAYS
    if over and named is not None and named == g.codes.icd.get(PREGNANT):
        g.ignore(pointer, f"it began {began}, and no pregnancy lasts so long")
        return
    if named is not None and named.folder == "conditions":
        if status == "unknown" and _OVER.search(told):
            status = "past"
        fact = Fact(condition=named.id, status=status, span=span, resource=pointer)
        (g.ruled_out if verified == "refuted" else g.facts).append(fact)
        if verified != "refuted" and status != "past" and not g.verbatim:
            also = g.codes.findings_within(item.code)
            g.observations.extend(Observation(finding=f, state="present", how="coded", resource=pointer) for f in also)
        return
    if named is not None and named.folder == "findings" and g.knowledge.pack.findings[named.id].type == "yes_no":
        said = [Observation(finding=named.id, state="present", how="coded", resource=pointer)]
        _findings_of_problem(said, verified, status, pointer, g)
        return
    for words in item.code.words():
        if _problem_in_words(words, verified, status, pointer, g):
            return
    g.ignore(pointer, "neither its code nor its words name anything in this pack")


def _problem_in_words(words: str, verified: str, status: Status, pointer: str, g: Gathered) -> bool:
    """Whether these words name something; if so it is recorded, or listed as not used."""
    if _IN_DOUBT.search(words):
        g.ignore(pointer, "its words leave in doubt whether it is there")
        return True
    words = _FAMILY.sub("family history of", words)
    names = {hit.id for hit in lookup(g.knowledge.vocabulary, words, ("condition", "mention"))}
    was: Status = "past" if status == "unknown" and _OVER.search(words) else status
    if len(names) == 1:
        fact = Fact(condition=names.pop(), status=was, resource=pointer)
        (g.ruled_out if verified == "refuted" else g.facts).append(fact)
        return True
    said = parse(words, g.knowledge.vocabulary)
    if said.facts:
        facts = [msgspec.structs.replace(f, status=was, span=None, resource=pointer) for f in said.facts]
        (g.ruled_out if verified == "refuted" else g.facts).extend(facts)
    told = stated(said, pointer)
    findings = [o for o in told if not is_denied_test(o, g)]
    if findings:
        risks = all(g.knowledge.pack.findings[o.finding].kind == "risk_factor" for o in findings)
        _findings_of_problem(findings, verified, status if risks else was, pointer, g)
    elif told and not said.facts:
        g.ignore(pointer, DENIED)
    return bool(said.facts or told)


def is_denied_test(o: Observation, g: Gathered) -> bool:
    """Whether the denial of a disease ("no deep vein thrombosis") was taken for a negative test."""
    return o.state == "absent" and g.knowledge.pack.findings[o.finding].kind == "test"


def _findings_of_problem(said: list[Observation], verified: str, status: Status, pointer: str, g: Gathered) -> None:
    if verified == "refuted":
        denied = [msgspec.structs.replace(o, state="absent") for o in said if o.state == "present" and not o.values]
        denied = [o for o in denied if not is_denied_test(o, g)]
        g.observations.extend(denied)
        if not denied:
            g.ignore(pointer, "what was refuted cannot be put as absent")
    elif status == "past":
        g.ignore(pointer, "it is over, so the finding is not there now")
    else:
        g.observations.extend(said)


def stated(said: Case, pointer: str) -> list[Observation]:
    """What words state themselves; what that implies is worked out once for the whole case."""
    return [
        msgspec.structs.replace(o, span=None, resource=pointer)
        for o in said.observations
        if o.how not in ("implied", "drug")
    ]


def refuted_only(g: Gathered) -> None:
    """A condition that the record has as refuted and also as there is not ruled out; the refutation is listed."""
    if g.verbatim:
        return
    there = {f.condition: f.resource for f in g.facts if f.status != "past"}
    for fact in g.ruled_out:
        if fact.condition in there:
            g.ignore(fact.resource, f"the record has the same condition as there ({there[fact.condition]})")
    g.ruled_out = [f for f in g.ruled_out if f.condition not in there]


def _state(concept: e.CodeableConcept | None) -> str:
    """The first code or words that R4 knows; else the first given, '' when nothing is."""
    if concept is None:
        return ""
    given = [s.lower().replace(" ", "-") for s in (*(c.code for c in concept.coding), concept.text) if s]
    return next((s for s in given if s in STATES), given[0] if given else "")


def _status(item: e.Condition, g: Gathered) -> Status:
    own_status = text_extension(item.extension, "status")
    if own_status in get_args(Status):
        return cast("Status", own_status)
    clinical = _state(item.clinical_status)
    if clinical == "remission":
        return "controlled"
    ended = "" if is_after(item.abatement_date_time, g.today) else item.abatement_date_time
    over = ended or item.abatement_string or item.abatement_age or item.abatement_period
    if clinical in PAST or (not clinical and (over or item.abatement_range)):
        return "past"
    return "active" if clinical else "unknown"


def read_medicine(item: e.Medicine, pointer: str, g: Gathered) -> None:
    """A medicine that is taken, or was; one only planned, or wrongly entered, does not count."""
    if item.status in ("entered-in-error", "intended", "draft", "cancelled") or item.intent not in PRESCRIBED:
        g.ignore(pointer, f"it is {item.status} {item.intent}".rstrip() + ", so it is not a medicine the patient takes")
        return
    if item.do_not_perform:
        g.ignore(pointer, "it says that the medicine is not to be given")
        return
    start = item.effective_period.start if item.effective_period else item.effective_date_time
    if is_after(start, g.today) or is_after(item.authored_on, g.today):
        g.ignore(pointer, "it begins after the day of this answer")
        return
    concept = _medicine(item, g)
    if isinstance(concept, str):
        g.ignore(pointer, concept)
        return
    names = g.codes.medicine_words(concept)
    if not names:
        g.ignore(pointer, "it names no medicine that can be read")
        return
    ended = as_date(item.effective_period.end) if item.effective_period else None
    current = item.status in TAKING and item.taken not in ("n", "na") and not (ended is not None and ended < g.today)
    if item.status not in TAKING | NOT_TAKING:
        g.ignore(pointer, "its status is not one of R4")
        return
    if _NOT_TOLERATED.search(names[0]):
        g.ignore(pointer, "its words say that it is not tolerated, so it is not a medicine the patient takes")
        return
    dose = next((d.text for d in (*item.dosage, *item.dosage_instruction) if d.text), "")
    current = current and not _STOPPED.search(names[0]) and not _STOPPED.match(dose.strip())
    span = span_of(item.extension)
    drugs = _drugs(concept, names, g)
    if not drugs:
        g.notes.append(f"record: {pointer} is not a medicine the pack knows; it was kept but says nothing")
    for drug in drugs or [""]:
        medication = Medication(name=names[0], drug=drug, dose=dose, current=current, span=span, resource=pointer)
        g.medications.append(medication)
        if drug and current and not g.verbatim:
            factors = g.knowledge.pack.drugs[drug].factors
            g.observations.extend(
                Observation(finding=f, state="present", how="drug", resource=pointer)
                for f in factors
                if f in g.knowledge.pack.findings
            )


def _medicine(item: e.Medicine, g: Gathered) -> e.CodeableConcept | str:
    """What is taken: the concept, that of the product it points to, or of its ingredients; or why it cannot be said."""
    if item.medication_codeable_concept is not None:
        return item.medication_codeable_concept
    reference = item.medication_reference or e.Reference()
    try:
        product = msgspec.convert(g.resolve(reference.reference) or {}, e.Medication)
    except msgspec.ValidationError:
        return "the medicine it points to does not fit R4"
    if product.status == "entered-in-error":
        return "the medicine it points to is entered-in-error"
    if product.modifier_extension or product.implicit_rules:
        return "the medicine it points to carries a modifier that is not understood"
    parts = [i.item_codeable_concept for i in product.ingredient if i.item_codeable_concept is not None]
    words = " and ".join(w[0] for part in parts if (w := part.words()))
    code = product.code
    if code is not None and (code.coding or code.text) and not (words and not _drugs(code, code.words(), g)):
        return code
    return e.CodeableConcept(text=words or reference.display)


def _drugs(concept: e.CodeableConcept, names: list[str], g: Gathered) -> list[str]:
    """Pack drugs in a medicine: by our code alone, or by RxNorm's ingredient and the ingredients that its words name
    ('X 40 MG Oral Tablet')."""
    system = own(g.knowledge.pack.manifest.id, "drugs")
    if any(c.system == system for c in concept.coding):
        return [code for code in concept.codes({system}) if code in g.knowledge.pack.drugs][:1]
    named = g.codes.find(concept)
    found = [named.id] if named is not None and named.folder == "drugs" else []
    for name in names:
        hits = [hit.id for hit in lookup(g.knowledge.vocabulary, name, ("drug", "class"))]
        said = hits[:1] or [m.drug for m in parse(name, g.knowledge.vocabulary).medications if m.drug]
        if said:
            return list(dict.fromkeys([*found, *said]))
    return found


def read_allergy(item: e.AllergyIntolerance, pointer: str, g: Gathered) -> None:
    """An allergy moves no probability; advice is checked against it."""
    verified, words = _state(item.verification_status), g.codes.medicine_words(item.code) if item.code else []
    substances = [w for r in item.reaction if r.substance for w in g.codes.medicine_words(r.substance)[:1]]
    if substances and not (item.code and _drugs(item.code, words, g)):
        words = [" and ".join(dict.fromkeys([*words[:1], *substances]))]
    if verified in ("entered-in-error", "refuted") or _state(item.clinical_status) in PAST:
        g.ignore(pointer, "it is refuted, resolved or in error")
    elif not words:
        g.ignore(pointer, "it has no words")
    elif all(w.lower().startswith(NO_ALLERGY) and not _EXCEPT.search(w) for w in words):
        g.notes.append(f"record: {words[0]} ({pointer})")
    else:
        words.sort(key=lambda w: w.lower().startswith(NO_ALLERGY))
        drug = next(iter(_drugs(item.code or e.CodeableConcept(), words, g)), "")
        confirmed, span = verified in ("", "confirmed"), span_of(item.extension)
        g.allergies.append(Allergy(name=words[0], drug=drug, confirmed=confirmed, span=span, resource=pointer))
