"""What a sentence is about, for the note: safety, state of mind, social life, plan, impression, or the story itself.

Words of danger, mood and home are kept in the speaker's own words whatever else is made of them: a sentence counts as
soon as a cue stands in it, or in the question it answers. Better one too many than one lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from hickam.intake.dialogue.retelling import Told
from hickam.intake.dialogue.spoken import Line, bare_text
from hickam.model.visit import Place, Statement, Topic

SAFETY = re.compile(
    r"\b(?:bull(?:y|ies|ied|ying)|shouts? at|rough with|threat\w*|allowed to see|social (?:worker|services)|police|"
    r"prison|"
    r"court|custody|want to die|about dying|giving up|had enough|can't go on|no way out|took (?:all|thirty|twenty|"
    r"forty|fifty|\d+)|"
    r"lost control of the car|wandered off|left (?:him|her) alone)\b|"
    r"\b(?:suicid\w*|(?:kill|harm|hurt|cut)(?:ing)? (?:my|your|him|her|them)self|selves|end(?:ing)? (?:it|my life|"
    r"your life|it all)|"
    r"better off dead|want(?:ed)? to die|wasn't here|weren't here|not be here|no point (?:in )?living|overdose\w*|"
    r"kick(?:s|ed)? me|hit(?:s)? me|punch\w* me|push(?:es|ed)? me|slap\w*|strangl\w*|chok(?:es|ed) me|beat(?:s|"
    r"en)? me|"
    r"(?:hurt|hurts|hurting|threaten\w*|controls|controlling) (?:me|you)|abus\w*|violen\w*|forced me|rap(?:e|ed)|"
    r"assault\w*|"
    r"scared of (?:him|her|them|my)|afraid of (?:him|her|them|my)|making (?:me|you) afraid|safe (?:at home|"
    r"to go home|plan)|"
    r"(?:feel|are you|am|not|be) safe|safeguard\w*|neglect\w*|fell|fall|falls|fallen|blacked out|black out|driv(?:e|"
    r"es|ing)|drove|"
    r"knife|gun|weapon|lock(?:s|ed) me|"
    r"banged (?:my|his|her) head)\b"
)
MIND = re.compile(
    r"\b(?:muddl\w+|break-?up|broke up|fed up|bit down|feeling down|eating (?:all right|okay|properly)|"
    r"asham\w+|guilt\w*|dread\w*|hate(?:s|d)? my\w*|make myself sick|making myself sick|binge\w*|starv\w*|"
    r"skip meals|"
    r"passed away|died|miss (?:him|her)|crying|cries|no energy for|don't care|happy|confus\w*|memory|forget\w*)\b|"
    r"\b(?:mood|low|depress\w*|anxi\w*|panic\w*|worr(?:y|ied|ies)|scared|frighten\w*|terrified|hopeless\w*|weepy|"
    r"tearful|cry(?:ing)?|"
    r"mental\w*|psych\w*|voices|paranoi\w*|self-harm\w*|stress\w*|can't cope|not coping|coping|lonely|loneliness|"
    r"grie(?:f|ving)|"
    r"bereave\w*|rubbish|down in the dumps|nerves|thoughts?)\b"
)
SOCIAL = re.compile(
    r"\b(?:on my own|nobody|anybody|anyone to|split up|separat\w+|lives? (?:in|on)|live (?:in|on|alone|with)|kids|"
    r"children|"
    r"my (?:ex|boss|landlord|neighbours?)|looks? after|school|college|university|student|shifts?|unpaid|money|afford|"
    r"interpreter|asylum|visa)\b|"
    r"\b(?:drink\w*|alcohol|vodka|wine|beer|pints?|whisky|smok\w*|cigarettes?|vap\w*|cannabis|weed|cocaine|heroin|"
    r"joint|drugs|"
    r"lives? (?:alone|with)|live on my own|homeless|hostel|evict\w*|rent|debt|job|work|working|unemployed|retired|"
    r"benefits|carer|"
    r"caring for|married|marriage|divorc\w*|widow\w*|husband|wife|partner|alone|housing|stairs at home|wheelchair)\b"
)
GRAVE = re.compile(
    r"\b(?:suicid\w*|die|dying|harm\w*|kill\w*|end(?:ing)? (?:it|my life|your life)|overdose|abus\w*|hit|kick\w*|"
    r"punch\w*|hurt(?:s|ing)?"
    r" (?:you|me)|scared of|afraid of|threat\w*|safe)\b"
)


NEAR = 2
"""Sentences around one of danger that are kept with it: how it came, how many, who was there."""


def statements_of(told: Sequence[Told], places: Callable[[Line], tuple[Place, ...]]) -> list[Statement]:
    """Every sentence of the visit with its topic, in order."""
    question: Told | None = None
    out: list[Statement] = []
    for one in told:
        place = next(iter(places(one.line)), None)
        if place is None:
            continue
        before = question if question is not None and one.role != "clinician" else None
        asked = next(iter(places(before.line)), None) if before is not None else None
        out.append(Statement(number=len(out) + 1, topic=topic_of(one, before), place=place, question=asked))
        if one.role == "clinician":
            question = one if one.kind in ("question", "request") else None
    return _with_what_is_near(out)


def _with_what_is_near(said: list[Statement]) -> list[Statement]:
    told = [i for i, s in enumerate(said) if s.place.role != "clinician"]
    grave = [n for n, i in enumerate(told) if said[i].topic == "safety" and GRAVE.search(said[i].place.words.lower())]
    near = {told[n] for g in grave for n in range(max(0, g - NEAR), min(len(told), g + NEAR + 1))}
    return [replace(s, topic="safety") if i in near else s for i, s in enumerate(said)]


def topic_of(one: Told, question: Told | None) -> Topic:
    """What a sentence is about; an answer may be about what it was asked."""
    text = bare_text(one.line)
    if one.role == "clinician":
        clinical: dict[str, Topic] = {"plan": "plan", "impression": "impression", "examination": "examination"}
        return clinical.get(one.kind, "other")
    asked = bare_text(question.line) if question is not None else ""
    cues: tuple[tuple[Topic, re.Pattern[str]], ...] = (("safety", SAFETY), ("mind", MIND), ("social", SOCIAL))
    for topic, pattern in cues:
        if pattern.search(text):
            return topic
    for topic, pattern in cues:
        if pattern.search(asked):
            return topic
    return "patient_question" if one.kind == "question" else "history"
