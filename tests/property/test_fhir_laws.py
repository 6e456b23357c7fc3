"""Laws of the FHIR reader: a case comes back whole; whatever is sent, each resource is used or listed, nothing fails."""

from __future__ import annotations

import json
import random
import re
from typing import Any

from fhir_bundles import AS_OF, bare, damaged, drawn_cases, example, pack_cases
from hypothesis import HealthCheck, given, settings
from hypothesis import example as always
from hypothesis import strategies as st
from msgspec.structs import replace

from hickam.errors import HickamError
from hickam.interfaces.fhir.case_out import case_bundle
from hickam.interfaces.fhir.reading import ID, READERS, Read, read_fhir
from hickam.model.case import Case, Fact, Medication, Span
from hickam.services.knowledge import Knowledge

LAW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=40)
SPANS = st.none() | st.builds(lambda t, s: Span(text=t, start=s, end=s + len(t)), WORDS, st.integers(0, 10**6))


def there_and_back(knowledge: Knowledge, case: Case) -> Read:
    bundle = json.loads(json.dumps(case_bundle(knowledge.pack, case, AS_OF)))
    return read_fhir(bundle, knowledge, AS_OF)


@LAW
@given(st.data())
def test_a_case_comes_back_whole(knowledge: Knowledge, data: st.DataObject) -> None:
    pack = knowledge.pack
    case = data.draw(st.sampled_from([*pack_cases(knowledge), *drawn_cases(knowledge, 60)]))
    conditions = st.sampled_from(sorted(pack.conditions))
    facts = st.builds(
        Fact, condition=conditions, status=st.sampled_from(["active", "controlled", "past", "unknown"]), span=SPANS
    )
    medicines = st.builds(
        Medication,
        name=WORDS.filter(str.strip),
        drug=st.sampled_from(["", *sorted(pack.drugs)]),
        dose=st.just("") | WORDS,
        current=st.booleans(),
        span=SPANS,
    )  # fmt: skip
    known = {f.condition: f for f in data.draw(st.lists(facts, max_size=4))}
    out = {f.condition: f for f in data.draw(st.lists(facts, max_size=2)) if f.condition not in known}
    case = replace(
        case,
        facts=tuple(known.values()),
        ruled_out=tuple(out.values()),
        medications=tuple(data.draw(st.lists(medicines, max_size=4))),
        notes=tuple(data.draw(st.lists(WORDS, max_size=3))),
        not_understood=tuple(s for s in data.draw(st.lists(SPANS, max_size=3)) if s),
        completeness=data.draw(st.floats(0, 1)),
    )
    read = there_and_back(knowledge, case)
    unlisted = tuple(n for n in read.case.notes if "not a medicine the pack knows" not in n)
    assert bare(replace(read.case, notes=unlisted)) == bare(case)
    assert read.ignored == ()


def test_every_pointer_leads_to_a_resource(knowledge: Knowledge) -> None:
    for case in pack_cases(knowledge)[:60]:
        bundle = case_bundle(knowledge.pack, case, AS_OF)
        names = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in bundle["entry"]}
        read = read_fhir(bundle, knowledge, AS_OF)
        assert pointers(read.case) <= names


@settings(LAW, max_examples=500)
@given(st.integers(0, 10**9))
@always(596579)  # a medicine without a name
def test_a_damaged_record_never_fails_and_nothing_is_lost_in_silence(knowledge: Knowledge, seed: int) -> None:
    chance = random.Random(seed)
    whole = example() if chance.random() < 0.6 else case_bundle(
        knowledge.pack, chance.choice(pack_cases(knowledge)), AS_OF
    )  # fmt: skip
    assert check_damaged(knowledge, damaged(whole, chance)) in ("read", "refused")


def check_damaged(knowledge: Knowledge, bundle: dict[str, Any]) -> str:
    """'refused' or 'read'; asserts that a refusal says what to do and that every resource is accounted for."""
    try:
        read = read_fhir(json.loads(json.dumps(bundle)), knowledge, AS_OF)
    except HickamError as error:
        return "refused" if error.what and error.fix else "refused without a word on what to do"
    assert not unaccounted(bundle, read)
    assert {whole(p) for p in pointers(read.case)} <= set(read.used)
    return "read"


def pointers(case: Case) -> set[str]:
    """Where in the record the parts of a case came from."""
    named = {o.resource for o in case.observations} | {m.resource for m in case.medications}
    return named | {f.resource for f in (*case.facts, *case.ruled_out)}


def whole(pointer: str) -> str:
    """The resource of a pointer into one."""
    return re.split(r"\.component\[|\.birthDate|#", pointer)[0]


def unaccounted(bundle: dict[str, Any], read: Read) -> set[str]:
    """Resources with a name that are neither used nor listed, by themselves or with their type."""
    listed = {whole(i.resource) for i in read.ignored}
    names = set()
    for entry in bundle.get("entry", []):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        kind, id = (resource.get("resourceType"), resource.get("id")) if isinstance(resource, dict) else (None, None)
        if isinstance(kind, str) and kind.isalpha() and isinstance(id, str) and ID.fullmatch(id):
            names.add(f"{kind}/{id}")
    return {name for name in names - listed - set(read.used) if name.split("/")[0] not in listed}


def test_what_is_not_accounted_for_is_found() -> None:
    nothing = Read(case=Case(), used=(), ignored=())
    assert "Observation/k-new" in unaccounted(example(), nothing)


def test_every_type_that_is_read_is_in_the_capability_statement() -> None:
    assert set(READERS) >= {"Patient", "Observation", "Condition", "MedicationRequest", "QuestionnaireResponse"}
