"""Wordings told by word classes in any order: what they find, what they leave alone, and who refuses a bad one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hickam.intake.reading import parse
from hickam.knowledge.lint import lint_pack
from hickam.services.knowledge import open_knowledge

VOCABULARY = open_knowledge().vocabulary


def states(text: str) -> dict[str, str]:
    return {o.finding: o.state for o in parse(text, VOCABULARY).observations}


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Getting up out of a low chair is a struggle.", "proximal_weakness"),
        ("I can barely haul myself off the settee.", "proximal_weakness"),
        ("It takes an effort to lever myself up off the toilet.", "proximal_weakness"),
        ("After I've played football for about ten minutes my shins hurt.", "on_exertion"),
        ("The calf pain: if I sit down for half an hour it goes off.", "rest_relief"),
        ("My legs crawl, better when I walk round.", "movement_relief"),
        ("Both calves hurt when touched.", "calf_tenderness"),
        ("Leg pain and difficulty passing water since yesterday.", "urinary_retention_incontinence"),
        ("Sore thighs and my wee is the colour of coke.", "dark_urine"),
        ("His right foot slaps on the floor.", "foot_drop"),
        ("My legs hurt. Waiting at the bus stop is when it hurts.", "standing_worse"),
    ],
)
def test_any_order(text: str, finding: str) -> None:
    assert states(text).get(finding) == "present"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Calf pain. No trouble getting up out of a low chair.", "proximal_weakness"),
        ("Calf cramps, no difficulty passing urine.", "urinary_retention_incontinence"),
    ],
)
def test_a_denied_word_denies_the_whole(text: str, finding: str) -> None:
    assert states(text).get(finding) == "absent"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("My calf cramps, I have trouble sleeping because I get up to pee.", "urinary_retention_incontinence"),
        ("Calf cramps and trouble sleeping, peeing a lot.", "urinary_retention_incontinence"),
        ("The calf is hard. I get up at six. My chair is new.", "proximal_weakness"),
        ("A dark bruise on the calf. Urine was tested.", "dark_urine"),
    ],
)
def test_words_that_belong_apart_say_nothing(text: str, finding: str) -> None:
    assert finding not in states(text)


@pytest.mark.parametrize(("names", "said"), [(("hard", "nowhere"), "'nowhere'"), (("hard",), "fewer than two")])
def test_lint_refuses_a_combination_that_could_never_be_found(names: tuple[str, ...], said: str) -> None:
    pack = open_knowledge().pack
    finding = replace(pack.findings["proximal_weakness"], together=(names,))
    changed = replace(pack, findings={**pack.findings, finding.id: finding})
    found = [i for i in lint_pack(changed) if i.path == "together[0]"]
    assert [i.severity for i in found] == ["error"]
    assert said in found[0].what


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("A runner noted sharp pain in the shin.", "site_shin"),
        ("A 44-year-old runner noted calf swelling on the left.", "leg_swelling_unilateral"),
    ],
)
def test_what_somebody_noted_is_there(text: str, finding: str) -> None:
    assert states(text).get(finding) == "present"
