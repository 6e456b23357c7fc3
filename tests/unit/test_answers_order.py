"""Which claims come first, what a question is about, and when two kinds may be meant."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from statistics import fmean

import numpy as np
import pytest

from hickam.answers import scope
from hickam.answers.claims import Claim
from hickam.answers.kinds import UNCOVERED, Matrix
from hickam.answers.question import Question, understand
from hickam.answers.ranking import Ranker, plainly_first, rival, spread
from hickam.answers.words import words
from hickam.services.claims_index import ClaimsIndex
from hickam.services.knowledge import Knowledge


def sentences(field: str) -> list[Claim]:
    ids = [f"conditions/a#{field}.{i}" for i in range(3)] + ["conditions/b#who.0"]
    return [Claim(id=i, item=i.partition("#")[0], field=i.partition("#")[2].partition(".")[0], text=i) for i in ids]


@pytest.mark.parametrize(
    ("field", "second"), [("management", "conditions/b#who.0"), ("effects", "conditions/a#effects.1")]
)
def test_what_repeats_a_field_comes_later_but_results_that_may_conflict_stay_together(field: str, second: str) -> None:
    claims = sentences(field)
    worth = dict(zip((c.id for c in claims), (1.0, 0.95, 0.9, 0.85), strict=True))
    found = spread(claims, worth)
    assert [c.id for c in found[:2]] == [claims[0].id, second]
    assert sorted(found, key=lambda c: c.id) == sorted(claims, key=lambda c: c.id)


@pytest.mark.parametrize(
    ("kind", "lost", "leads"),
    [
        ("treatment", 0.1, "advice"),
        ("treatment", 0.9, "technical"),
        ("symptoms", 0.1, "technical"),
        ("meaning", 0.1, "beginning"),
        ("who", 0.1, "technical"),
    ],
)
def test_for_a_patient_plain_words_lead_where_they_suit_and_are_nearly_as_good(
    kind: str, lost: float, leads: str
) -> None:
    ids = {
        "technical": "conditions/a#summary.0",
        "other": "conditions/b#patient_text.1",
        "beginning": "conditions/a#patient_text.0",
        "advice": "conditions/a#patient_text.3",
    }
    claims = {
        name: Claim(id=one, item=one.partition("#")[0], field="", text=name, lay="patient" in one)
        for name, one in ids.items()
    }
    worth = {claim.id: 1.0 - lost * (name != "technical") for name, claim in claims.items()}
    found = plainly_first(kind, list(claims.values()), worth)
    assert found[0].text == leads
    assert {c.id for c in found} == set(worth)


def test_what_is_said_of_something_else_is_left_out_and_what_is_done_first_comes_first(knowledge: Knowledge) -> None:
    claims = ClaimsIndex(knowledge, by_meaning=False)
    question = understand("How accurate is the Homans sign?", claims)
    ranked = Ranker(claims.index, "clinician", {}).ranked(question, claims.index.claims, None)
    assert ranked[0].item == "findings/homans_sign"
    assert "treatments/quinine" not in {c.item for c in ranked}
    care = understand("treatment of B12 deficiency neuropathy", claims)
    lines = [c.text for c in Ranker(claims.index, "clinician", {}).ranked(care, claims.index.claims, None)]
    first, avoid = (next(i for i, t in enumerate(lines) if f"neuropathy, {w}:" in t) for w in ("first line", "avoid"))
    assert first < avoid


@pytest.mark.parametrize(("score", "meant"), [(0.4, "urgency"), (0.2, "")])
def test_a_kind_that_fits_nearly_as_well_may_be_meant(score: float, meant: str) -> None:
    scores = {UNCOVERED: 0.6, "follow_up": 0.5, "urgency": score}
    assert rival(Question(text="", kind="follow_up", scores=scores)) == meant


def hashed(texts: Sequence[str]) -> Matrix:
    """Unit vectors of the words alone."""
    rows = np.zeros((len(texts), 512), np.float32)
    for row, text in enumerate(texts):
        for word in words(text):
            rows[row, int(hashlib.sha256(word.encode()).hexdigest()[:8], 16) % 512] += 1
    lengths: Matrix = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9).astype(np.float32)
    unit: Matrix = rows / lengths
    return unit


def test_a_question_is_within_the_pack_by_its_names_and_the_signs_survive_the_cache(knowledge: Knowledge) -> None:
    claims = ClaimsIndex(knowledge, by_meaning=False)
    fitted = scope.fit(knowledge.pack, claims.names, hashed)
    inside = hashed([f"treatment of {c.name}" for c in list(knowledge.pack.conditions.values())[:12]])
    outside = hashed([f"treatment of {name}" for name in ("glaucoma", "asthma", "eczema", "tonsillitis", "cataract")])
    for sign in (0, 1):
        near, far = ([fitted.signs(row)[sign] for row in rows] for rows in (inside, outside))
        assert fmean(near) > fmean(far)
    own = inside[0]
    assert scope.Scope.loads(fitted.dumps()).signs(own) == pytest.approx(fitted.signs(own), abs=2e-3)
    assert claims.scope("treatment of gout") == (0.0, 0.0)


def test_it_is_read_as_the_subject_of_the_question_before(knowledge: Knowledge) -> None:
    claims = ClaimsIndex(knowledge, by_meaning=False)
    first = understand("What is restless legs?", claims)
    then = understand("How is it treated?", claims, first)
    assert then.kind == "treatment"
    assert then.sought == "How is it treated? Restless legs syndrome"
    assert understand("How is it treated?", claims).sought == "How is it treated?"
