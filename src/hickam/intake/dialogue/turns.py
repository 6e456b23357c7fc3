"""A dialogue: who said what, from a transcript of a recording or from plain text.

Plain text: one turn a line, ``Doctor: …`` or ``[patient] …``; a line without a name goes on with the speaker before.
Where no line has a name every line is a turn whose speaker is guessed from what is said.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

import msgspec

from hickam.intake.errors import IntakeError
from hickam.model.transcript import Role, Transcript, Word

LABEL = re.compile(r"^\s*(?:\[([A-Za-z][\w .'-]{0,30})\]|(?!https?:)([A-Za-z][\w .'-]{0,30}):)\s*(.*)$")
CLINICIANS = re.compile(
    r"^(?:dr|d|doc|doctor|nurse|clinician|gp|physician|midwife|paramedic|consultant|registrar|pharmacist|physio"
    r"|physiotherapist|practitioner|provider)\b",
    re.I,
)
PATIENTS = re.compile(r"^(?:p|pt|patient|client)\b", re.I)
KIN = re.compile(
    r"\b(?:husband|wife|partner|mother|mum|mam|mom|father|dad|son|daughter|brother|sister|aunt|uncle|nephew|niece|cousin|"
    r"gran|nan|grandma|granny|grandad|grandfather|grandmother|grandson|granddaughter|carer|friend|neighbour|interpreter|"
    r"translator|teacher|coach|warden|companion|relative|parent|guardian|boyfriend|girlfriend|fianc[eé]e?|"
    r"social worker|receptionist|support worker)\b",
    re.I,
)
"""Who speaks for a patient or beside one, and is neither patient nor clinician."""
ASKS = re.compile(
    r"\?\s*$|^(?:any|do|does|did|have|has|are|is|how|what|when|where|which|can you|tell me|let me|let's|we'll|"
    r"i'd like"
    r"|on examination|hello, it's (?:doctor|dr))\b",
    re.I,
)


class DialogueTurn(msgspec.Struct, frozen=True, kw_only=True):
    """What one speaker said. ``speaker``: the name or kin as written ('Mother'). ``words``: with their times, of a
    recording; empty for plain text. ``sure``: whether the role was given rather than guessed."""

    id: str
    role: Role
    speaker: str
    text: str
    words: tuple[Word, ...] = ()
    sure: bool = True


Speech = tuple[DialogueTurn, ...]
Source = Literal["text", "recording"]


def turns_of_transcript(transcript: Transcript) -> Speech:
    """The turns of a recording's transcript, as they stand after corrections."""
    standing = {s.id: s.standing for s in transcript.speakers}
    return tuple(
        DialogueTurn(
            id=turn.id,
            role=transcript.role(turn),
            speaker=turn.speaker,
            text=turn.text,
            words=turn.words,
            sure=standing[turn.speaker] == "confirmed",
        )
        for turn in transcript.turns
        if turn.words
    )


def turns_of_text(text: str) -> Speech:
    """The turns of a plain text. Raises IntakeError when there is no word in it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not any(re.search(r"\w", line) for line in lines):
        raise IntakeError(
            where="transcript",
            what="there are no words in it",
            why="nothing was said, so nothing can be found or written",
            fix="give one turn a line: Doctor: … / Patient: …",
        )
    if sum(LABEL.match(line) is not None for line in lines) * 2 < len(lines):
        return _guessed([line.removeprefix("- ").removeprefix("– ").strip() for line in lines])
    turns: list[DialogueTurn] = []
    for line in lines:
        found = LABEL.match(line)
        if found:
            name = (found[1] or found[2]).strip()
            turns.append(DialogueTurn(id=f"t{len(turns) + 1}", role=role_of(name), speaker=name, text=found[3].strip()))
        elif turns:
            turns[-1] = msgspec.structs.replace(turns[-1], text=f"{turns[-1].text} {line}".strip())
        else:
            turns.append(DialogueTurn(id="t1", role="unknown", speaker="", text=line, sure=False))
    return _named(tuple(turn for turn in turns if turn.text))


def _named(turns: Speech) -> Speech:
    """'Kath: … Dean: …': where nobody is called doctor or patient, who asks is the clinician, and whoever else speaks
    under a name of no relative is the patient."""
    roles = {turn.role for turn in turns}
    names = Counter(turn.speaker for turn in turns if turn.role == "other" and not KIN.search(turn.speaker))
    asked = Counter(turn.speaker for turn in turns if turn.text.rstrip().endswith("?"))
    given: dict[str, Role] = {}
    if "clinician" not in roles and names:
        asks = max(names, key=lambda name: asked[name])
        if asked[asks] * 2 >= names[asks]:
            given[asks] = "clinician"
    if "patient" not in roles and ("clinician" in roles or given) and (rest := [n for n in names if n not in given]):
        given[max(rest, key=lambda name: names[name])] = "patient"
    return tuple(
        msgspec.structs.replace(turn, role=given[turn.speaker], sure=False) if turn.speaker in given else turn
        for turn in turns
    )


def role_of(name: str) -> Role:
    """Whom a name in front of a turn stands for; a relative, carer or interpreter is ``other``."""
    if CLINICIANS.match(name):
        return "clinician"
    return "patient" if PATIENTS.match(name) else "other"


def _guessed(lines: list[str]) -> Speech:
    """Turns without names: who asks is the clinician, who speaks next to a question answers it."""
    turns: list[DialogueTurn] = []
    before: Role = "patient"
    asked = False
    for number, line in enumerate(lines, 1):
        asks = ASKS.search(line) is not None and not re.match(r"(?:yes|no|yeah)\b", line, re.I)
        advises = not asked and re.search(r"\byou(?:r|'ll|'ve|'re)?\b", line, re.I) is not None
        role: Role = "clinician" if asks or before == "patient" or advises else "patient"
        turns.append(DialogueTurn(id=f"t{number}", role=role, speaker="", text=line, sure=False))
        before, asked = role, asks
    return tuple(turns)
