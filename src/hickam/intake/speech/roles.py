"""Who is the clinician: guessed from what each speaker says, to be confirmed or swapped by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hickam.model.transcript import Role

CLINICIAN = re.compile(
    r"\?|\b(?:any (?:numbness|pain|swelling|other|history)|(?:do|have|are|did|can|could|were) you|does (?:it|that|the)|"
    r"let me|let's|i(?:'ll| will|'d like to| would like to|'m going to| am going to|'m just going)|"
    r"we(?:'ll| will| can| should)|"
    r"your (?:blood|pulse|pulses|heart|foot|feet|leg|legs|calf|potassium|results?|tests?|kidneys?|medicines?|tablets?)|"
    r"examin\w+|prescri\w+|refer\w*|blood tests?|come back|follow[- ]up|on examination|i recommend|i suggest)\b",
    re.I,
)
PATIENT = re.compile(
    r"\b(?:doctor|doc|my (?:left |right )?(?:leg|legs|calf|calves|foot|feet|thigh|knee|toes?|back|mother|father|wife|"
    r"husband|mum|mom|dad|blood)|i(?:'ve| have) (?:been|had|got)|i (?:take|get|feel|had|can't|cannot|woke|wake|stopped|"
    r"started|drink|smoke|work|was|walk)|i'm (?:on|taking|worried)|wakes? me|it hurts|hurts? me)\b",
    re.I,
)


def guess_roles(texts: Mapping[str, str]) -> dict[str, Role]:
    """The role of each speaker by id, from everything each said. Unknown for all when nothing tells them apart."""
    if len(texts) < 2:
        return dict.fromkeys(texts, "unknown")
    leaning = {speaker: _leaning(text) for speaker, text in texts.items()}
    clinician = max(leaning, key=lambda speaker: leaning[speaker])
    rest = [speaker for speaker in texts if speaker != clinician]
    if leaning[clinician] <= max(leaning[speaker] for speaker in rest):
        return dict.fromkeys(texts, "unknown")
    patient = max(rest, key=lambda speaker: len(texts[speaker]))
    return {s: "clinician" if s == clinician else "patient" if s == patient else "other" for s in texts}


def _leaning(text: str) -> float:
    """Signs of a clinician less signs of a patient, per sign found: -1 to 1."""
    asks, tells = len(CLINICIAN.findall(text)), len(PATIENT.findall(text))
    return (asks - tells) / (asks + tells + 1)
