"""The parts that answer questions: tokens, names, kinds, search, and the check that a sentence is held by its claims."""

from __future__ import annotations

import numpy as np
import pytest

from hickam.answers.claims import Claim, collect, numbers_of
from hickam.answers.draft import disagree
from hickam.answers.kinds import Example, Recogniser, examples, fit, without_names
from hickam.answers.question import Question, understand
from hickam.answers.search import Index, word_table
from hickam.answers.support import item_words, problems
from hickam.answers.words import content, words
from hickam.errors import HickamError
from hickam.services.claims_index import ClaimsIndex
from hickam.services.embedding.model import Embedder, model_file
from hickam.services.embedding.wordpiece import encode
from hickam.services.knowledge import Knowledge


@pytest.fixture(scope="module")
def claims(knowledge: Knowledge) -> ClaimsIndex:
    return ClaimsIndex(knowledge, by_meaning=False)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (
            "Does magnesium work for nocturnal leg cramps?",
            [101, 2515, 24983, 2147, 2005, 23789, 4190, 13675, 25167, 1029, 102],
        ),
        (
            "hypokalaemia: K+ 2.9 mmol/L (low)",
            [101, 1044, 22571, 12352, 2721, 17577, 1024, 1047, 1009, 1016, 1012, 1023, 3461, 4747, 1013, 1048, 1006, 2659, 1007, 102],
        ),
        ("naïve café 日本", [101, 15743, 7668, 1864, 1876, 102]),
        (
            "DVT?! ≥ 2.5 µg/L – “quote”",
            [101, 1040, 2615, 2102, 1029, 999, 1609, 1016, 1012, 1019, 1085, 2290, 1013, 1048, 1516, 1523, 14686, 1524, 102],
        ),
    ],
)  # fmt: skip
def test_tokens_are_those_of_the_tokenizers_library(text: str, numbers: list[int]) -> None:
    """Numbers printed by tokenizers 0.23 with the model's own tokenizer.json, padding off."""
    assert encode(text) == numbers


@pytest.mark.skipif(model_file() is None, reason="hickam[answers] is not installed")
def test_vectors_do_not_depend_on_their_neighbours_and_near_sentences_are_near() -> None:
    path = model_file()
    assert path is not None
    embedder = Embedder(path)
    texts = [
        "Does magnesium work for nocturnal leg cramps?",
        "Magnesium does not prevent cramps.",
        "The capital of Mongolia",
    ]
    together = embedder.vectors(texts)
    apart = np.vstack([embedder.vectors([text]) for text in texts])
    assert np.abs(together - apart).max() < 0.02
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert together[0] @ together[1] > 0.7 > 0.2 > together[0] @ together[2]
    assert together[0][:4] == pytest.approx([-0.0529, -0.0383, -0.0025, 0.0562], abs=0.02)


def test_a_model_with_other_bytes_is_refused(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "model.onnx"
    path.write_bytes(b"other weights")
    with pytest.raises(HickamError, match="not the embedding model"):
        Embedder(path).vectors(["x"])


def test_spelling_and_plurals_do_not_matter() -> None:
    assert words("Ischaemic oedema, calves") == words("ischemic edema calf")
    assert content("What is the evidence for stretching?") == ["evidence", "stretching"]


def test_every_claim_has_one_id_a_sentence_and_known_sources(knowledge: Knowledge) -> None:
    pack = knowledge.pack
    found = [*collect(pack), *(c for name in pack.conditions for c in numbers_of(pack, name))]
    assert len({claim.id for claim in found}) == len(found) > 10_000
    for claim in found:
        assert claim.text[-1] in ".!?", claim
        assert set(claim.sources) <= set(pack.sources), claim
        assert claim.item == "pack" or claim.item in pack.hashes, claim


def test_numbers_in_number_claims_are_the_packs(knowledge: Knowledge) -> None:
    item = knowledge.pack.conditions["peripheral_artery_disease"]
    by_id = {c.id: c for c in numbers_of(knowledge.pack, item.id)}
    for evidence in item.findings:
        if evidence.value is not None:
            claim = by_id[f"conditions/{item.id}#findings.{evidence.finding}"]
            shown = claim.text.split(" % (")[0].rsplit(" ", 1)[1]
            assert float(shown) == pytest.approx(100 * evidence.value[0], rel=0.06, abs=0.51)


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ("How likely is DVT in this patient?", "likelihood", "conditions/deep_vein_thrombosis"),
        ("What would rule out a blood clot?", "rule_out", "conditions/deep_vein_thrombosis"),
        ("Why not nocturnal cramps?", "why", "conditions/idiopathic_nocturnal_leg_cramps"),
        ("What if the pulses were normal?", "what_if", ""),
        ("Which test next?", "next_step", ""),
        ("Can she take quinine, she is pregnant?", "can_take", "treatments/quinine"),
        ("Which of his drugs could do this?", "my_drugs", ""),
        ("Which doctor should I see?", "who", ""),
        ("How good is the ABI?", "accuracy", "tests/abi"),
        ("What is the evidence for stretching?", "evidence", "treatments/stretching"),
        ("Compare claudication and stenosis", "compare", "conditions/peripheral_artery_disease"),
        ("What does rhabdomyolysis mean?", "meaning", "conditions/rhabdomyolysis"),
        ("simvastatin with clarithromycin?", "interaction", "drugs/statins"),
        ("What dose of baclofen?", "dose", "treatments/baclofen"),
        ("Who reviewed this?", "sources", ""),
    ],
)
def test_kinds_and_targets(claims: ClaimsIndex, text: str, kind: str, target: str) -> None:
    found = understand(text, claims, has_case=True)
    assert found.kind == kind
    assert target in (found.targets or ("",))


def test_names_are_masked_before_the_kind_is_told(claims: ClaimsIndex) -> None:
    found = examples(claims.names)
    line = next(e for e in found if e.kind == "rule_out" and e.masked == "What rules out illness X?")
    assert line.folders == {"conditions"}
    assert line.fields["do_not_miss"] == 1.0
    assert not any("{" in e.masked for e in found)
    elsewhere = {e.masked for e in found if e.masked.startswith("treatment of ") and e.kind == "uncovered"}
    assert len(elsewhere) >= 6
    named = [n.item for text in elsewhere for n in claims.names.find(words(text.removeprefix("treatment of ")))]
    assert all(item.startswith("findings/") for item in named)
    spans = [(9, 12, "conditions")]
    assert without_names("rule out DVT please", spans) == "rule out illness X please"


def test_a_recogniser_tells_its_examples_apart_and_survives_the_cache() -> None:
    lines = {
        "cost": ["what does it cost", "price of it", "how much money"],
        "when": ["when does it start", "at what time", "start of it"],
    }
    taught = [Example(kind, text, frozenset()) for kind, texts in lines.items() for text in texts * 2]
    taught += [Example("", text, frozenset(), {"price": 1.0}) for text in lines["cost"]]
    found = fit(taught, None)
    again = Recogniser.loads(found.dumps())
    price: dict[str, list[float]] = {kind: [] for kind in lines}
    for kind, texts in lines.items():
        for text in texts:
            kinds, fields = found.scores(text, frozenset(), None)
            assert next(iter(kinds)) == kind
            price[kind].append(fields["price"])
            assert again.scores(text, frozenset(), None) == found.scores(text, frozenset(), None)
    assert min(price["cost"]) > max(price["when"])


@pytest.mark.parametrize(
    "text", ["How much does an MRI cost?", "My tooth hurts, what can I take?", "Who is the president?"]
)
def test_what_no_pack_holds_has_a_kind_of_its_own(claims: ClaimsIndex, text: str) -> None:
    scores = understand(text, claims).scores
    assert next(iter(scores)) == "uncovered"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Fe low, f/u?", "iron low, follow-up?"),
        ("500 mg of it", "500 mg of it"),
        ("ABI w/o CK", "ABI without CK"),
        ("vit K2 and K 6.1", "vitamin K2 and potassium 6.1"),
        ("cramp for 5 m\u0131ns", "cramp for 5 m\u0131ns"),
    ],
)
def test_shorthand_is_written_out_but_not_what_the_pack_calls_so(claims: ClaimsIndex, text: str, plain: str) -> None:
    assert understand(text, claims).plain == plain


def test_a_name_is_found_by_initials_by_its_beginning_and_by_an_eponym(claims: ClaimsIndex) -> None:
    assert "conditions/greater_trochanteric_pain" in understand("who gets GTPS", claims).targets
    assert "drugs/statins" in understand("does atorva cause cramps", claims).targets
    assert "conditions/thromboangiitis_obliterans" in understand("skin signs of Buerger's", claims).targets


def test_a_sign_is_known_by_its_discoverer(claims: ClaimsIndex) -> None:
    found = understand("Trousseau positive, so what?", claims)
    assert found.targets == ("findings/trousseau",)
    assert found.examined
    assert not understand("what helps a headache", claims).examined


def test_what_a_question_tells_is_read_as_a_story_is_and_hints_at_who_alone_has_it(claims: ClaimsIndex) -> None:
    found = understand("I'm 7 months gone and get cramps, what can I do?", claims)
    assert "findings/pregnant" in found.others
    assert found.hints["conditions/pregnancy_cramps"] >= 0.7
    assert "conditions/pregnancy_cramps" not in understand("what can I do about cramps?", claims).hints


def test_what_is_asked_about_is_told_from_whom_it_is_asked_for(claims: ClaimsIndex) -> None:
    found = understand("what does an ABI of 1.5 mean in a diabetic", claims)
    assert found.targets[0] == "tests/abi"
    assert not any(item.startswith("findings/diabetes") for item in found.targets)


def test_a_word_known_in_another_form_is_not_called_strange(claims: ClaimsIndex) -> None:
    assert claims.names.unknown(["separating", "separate", "xylophone"]) == ["xylophone"]


def test_parts_of_a_name_hint_at_what_bears_most_of_them(claims: ClaimsIndex) -> None:
    found = claims.parts.hints(words("symptoms of B12 neuropathy"))
    assert max(found, key=found.__getitem__) == "conditions/b12_deficiency_neuropathy"
    assert not claims.parts.hints(words("what should I do now"))


def test_the_complaint_yields_to_what_is_named_beside_it(claims: ClaimsIndex) -> None:
    asked = "does an aortic aneurysm cause night cramps"
    assert understand(asked, claims).targets[0] == "conditions/abdominal_aortic_aneurysm"


def test_a_misspelt_name_is_found_and_a_strange_word_is_not_bent(claims: ClaimsIndex) -> None:
    assert claims.parts.mended("rhabdomyolisis") == "rhabdomyolysis"
    assert claims.parts.mended("homeopathy tadalafil") == "homeopathy tadalafil"


def test_follow_ups_take_subject_or_kind(claims: ClaimsIndex) -> None:
    first = understand("What is restless legs?", claims)
    assert understand("How is it treated?", claims, first).targets == first.targets
    magnesium = understand("Does magnesium work for night cramps?", claims)
    then = understand("and in pregnancy?", claims, magnesium)
    assert then.kind == "can_take"
    assert then.targets[0] == "treatments/magnesium"
    assert "findings/pregnant" in then.others
    likely = Question(text="", kind="likelihood", targets=("conditions/peripheral_artery_disease",))
    assert understand("what about stenosis?", claims, likely, has_case=True).kind == "likelihood"


@pytest.mark.parametrize(
    ("first", "then", "kind", "target"),
    [
        ("Does magnesium work for night cramps?", "what else can I try?", "treatment", "conditions/idiopathic_nocturnal_leg_cramps"),
        ("Is quinine any good?", "alternatives?", "treatment", ""),
        ("What are shin splints?", "how are they different from a stress fracture?", "compare", "conditions/medial_tibial_stress_syndrome"),
        ("Compare DVT and cellulitis", "how do you treat it?", "treatment", "conditions/deep_vein_thrombosis"),
        ("Are statins bad for muscles?", "should I stop them?", "action", "drugs/statins"),
    ],
)  # fmt: skip
def test_follow_ups_ask_for_something_else(claims: ClaimsIndex, first: str, then: str, kind: str, target: str) -> None:
    found = understand(then, claims, understand(first, claims))
    assert found.kind == kind
    assert target in (found.targets or ("",))


def test_search_by_words_alone_finds_an_exact_term() -> None:
    two = [Claim(id="a#x.0", item="a", field="x", text="Hypokalaemia needs potassium."), Claim(id="b#x.0", item="b", field="x", text="Stretch the calf.")]  # fmt: skip
    index = Index(two, word_table(two), {"hypokalemia": 1, "stretch": 1, "calf": 1}, None)
    assert [hit.claim.id for hit in index.search("what about hypokalemia", None)] == ["a#x.0"]
    assert index.search("nothing of the kind", None) == []


NAMES = frozenset(["quinine", "magnesium", "warfarin"])
CLAIM = "Magnesium: older adults with ordinary cramps: 0.01 cramps a week difference (-0.52 to 0.55), not useful."


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        (CLAIM, ""),
        ("Magnesium is not useful: the difference was 0.01 cramps a week.", ""),
        ("Magnesium is not useful: the difference was 0.10 cramps a week.", "number 0.10"),
        ("Quinine is not useful: the difference was 0.01 cramps a week.", "name quinine"),
        ("Magnesium is useful: the difference was 0.01 cramps a week.", "negation"),
        ("Magnesium is not useful, and always safe.", "word always"),
        ("Magnesium lowers cramps and is not useful.", "word lowers"),
        ("Magnesium is not useful in three of four people.", "number 3"),
    ],
)
def test_a_sentence_is_held_by_its_claim_or_the_check_says_what_is_wrong(sentence: str, problem: str) -> None:
    found = problems(sentence, [CLAIM], NAMES)
    assert problem in found if problem else found == []


def test_names_of_the_pack_are_checked(knowledge: Knowledge) -> None:
    names = item_words(knowledge.pack)
    assert {"quinine", "warfarin", "simvastatin", "rhabdomyolysi"} & names >= {"quinine", "warfarin", "simvastatin"}
    assert "with" not in names


def test_conflict_needs_two_sources_on_one_thing() -> None:
    def effect(number: int, text: str, source: str) -> Claim:
        return Claim(
            id=f"treatments/x#effects.{number}", item="treatments/x", field="effects", text=text, sources=(source,)
        )

    helps, not_so = effect(0, "1.2 fewer cramps.", "a"), effect(1, "An earlier trial found no difference.", "b")
    assert disagree((helps, not_so))
    assert not disagree((helps, effect(1, "Less pain.", "b")))
    assert not disagree((helps,))
