"""What a clinician's words mean beyond the findings' own wordings, by the pack's list (``visit_words`` of pack.yaml).

A question is put as a sign ('trouble passing water?'), as its opposite ('steady on her feet?') or only names what it
is about ('waterworks?'); the answer decides. Signs told aloud: 'ankle jerk's gone', 'quads four plus'.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from hickam.intake import cues
from hickam.intake.dialogue.lines import segment
from hickam.intake.dialogue.replies import Answer
from hickam.intake.dialogue.spoken import DIGITS, Line, bare_text
from hickam.intake.marks import Meaning
from hickam.intake.matching import NEGATORS, Match, Trie, add_phrase, find_matches, trie_stems
from hickam.intake.words import Token, phrase_stems, stem_set, tokenise
from hickam.model.pack import VisitWords

Form = Literal["asked", "well", "topics", "covers", "found", "not_found", "power"]
Value = Literal["yes", "no", "fine", "bad", ""]
FORMS: tuple[Form, ...] = ("asked", "well", "topics", "covers", "found", "not_found", "power")
QUESTIONS: tuple[Form, ...] = ("asked", "well", "topics", "covers")
TROUBLE = re.compile(
    r"\b(?:any|trouble|problems?|difficult\w*|changes?|changed|wrong|bother\w*|issues?|worr\w+|high)\b"
)
OKAY = re.compile(r"\b(?:okay|ok|all right|alright|fine|normal|normally|good|working|well|under control)\b")
FINE = re.compile(
    r"(?:(?!(?:not|never|no|was|were|until|only|when|if|used|nothing|anything|how|what)\b|\w+n't\b)[\w'-]+ ){0,5}"
    r"(?:fine|ok|okay|all right|alright|good|great|normal|regular|perfect|steady|stable|yellow|clear|grand|"
    r"same as (?:ever|"
    r"always|usual)|as (?:ever|always|usual|normal)|like clockwork|like a (?:log|baby|horse)|sharp as a \w+|"
    r"good as gold|"
    r"no (?:trouble|problems?|bother|change|different)|not a problem|nothing wrong|never better|no complaints|"
    r"can't (?:complain|grumble|fault (?:it|that|them))|lovely|spot on|in order|as (?:it|they) should be)"
    r"(?: (?:thanks|thank you|really|now|doctor|nurse|sir|actually|at the moment|too|again|at all|at night|"
    r"in myself|for my age|"
    r"as ever))*"
)
"""The whole of a sentence's first part: 'it's fine', 'chest's okay', but not 'a good half hour'."""
BAD = re.compile(
    r"\b(?:bad|badly|poor|poorly|terribl[ey]|awful|useless|hopeless|rubbish|shocking|dreadful|lousy|dicky|iffy|wobbly|"
    r"all over the place|up and down|not (?:so |too |very |that )?(?:good|great|right|normal|brilliant|clever|"
    r"well|what it was)|"
    r"gone|worse|stopped|dried up|(?:doesn't|don't|isn't|not|stopped) work(?:ing)?|not for (?:a|years|months)|no good|"
    r"struggl\w+|a struggle|"
    r"haul|can't|cannot|not a wink|hardly|barely|a nightmare|murder|low|on the low side|broken|not a lot|"
    r"(?:too |a bit |very |quite )?high|tablets? for (?:it|that))\b"
)
GRADED = re.compile(
    r"(?<![\d.])(?P<grade>[0-5]|zero|nought|one|two|three|four|five)(?: (?P<half>plus|minus))?"
    r"(?: (?:out of|over|on) (?:5|five)|/5)|"
    r"^(?:\w+ ){0,4}(?P<part>two|three|four|[234]) (?P<sign>plus|minus)\b|"
    r"\b(?:up|down|in|out|back|flexion|extension|grip) (?P<move>[0-5]|zero|one|two|three|four|five)$|"
    r"^(?P<alone>[0-5]|zero|one|two|three|four|five)$"
)
FULL = re.compile(r"\b(?:full|normal|strong|good|fine|excellent|equal)\b")
WEAK = re.compile(r"\b(?:weak|weaker|weakness|can't|reduced|not as strong|down on)\b")
CONTROLLED = re.compile(r"\bcontroll(?:ed|able)\b")
HARD = re.compile(r"\b(?:any|hurts?|pain\w*|trouble|problems?|difficult\w*|hard|struggl\w*|sore)\b")
KIN = cues.FAMILY | stem_set("family relative parent anyone anybody")
"""A question about relatives asks nothing of the patient: 'anyone in the family with heart trouble?'."""
REACH = 4
"""Words before a sign in which a 'no' or 'can't' turns it round."""


class Asked(NamedTuple):
    """A finding that a question asks about, and how."""

    finding: str
    form: Form


class Meanings:
    """The pack's list, ready to be looked up."""

    def __init__(self, words: VisitWords) -> None:
        self.trie: Trie = {}
        self.entries: list[Asked] = []
        for form in FORMS:
            for finding, wordings in getattr(words, form).items():
                for wording in wordings:
                    add_phrase(self.trie, trie_stems(phrase_stems(wording)), len(self.entries))
                    self.entries.append(Asked(finding, form))

    def asked(self, line: Line) -> tuple[Asked, ...]:
        """What a question asks about. Of two matches the longer counts: 'trouble sleeping' is not 'sleeping'."""
        found = [m for m in self._matches(_text(line)) if self.entries[m.entry].form in QUESTIONS]
        kept = [m for m in found if not any(set(m.used) < set(o.used) for o in found)]
        kin = {i for i, t in enumerate(tokenise(_text(line))) if t.stem in KIN}
        told = (m for m in kept if (not kin or kin & set(m.used)))
        return tuple(dict.fromkeys(self.entries[m.entry] for m in told))

    def topic(self, line: Line) -> str:
        """The word for what a question only names: 'how's your weight?' weight; '' for any other question."""
        tokens = tokenise(_text(line))
        named = [m.hi for m in find_matches(self.trie, tokens) if self.entries[m.entry].form in ("topics", "covers")]
        return tokens[max(named)].text if named else ""

    def told(self, line: Line) -> tuple[Meaning, ...]:
        """The signs in a sentence of the examination; what is found on one side is found."""
        text = _text(line)
        tokens = tokenise(text)
        out: dict[str, Meaning] = {}
        for m in find_matches(self.trie, tokens):
            finding, form = self.entries[m.entry]
            if form not in ("found", "not_found"):
                continue
            there = (form == "found") != _turned(tokens, m)
            if there or finding not in out:
                out[finding] = (finding, "present" if there else "absent")
        if power := self.power(line):
            out |= {finding: (finding, state) for finding, state in graded(text, power)}
        return tuple(out.values())

    def power(self, line: Line) -> tuple[str, ...]:
        """The movements whose power is tested or told in a sentence, as the finding that weakness there is."""
        found = (self.entries[m.entry] for m in self._matches(_text(line)))
        return tuple(dict.fromkeys(finding for finding, form in found if form == "power"))

    def _matches(self, text: str) -> list[Match]:
        return find_matches(self.trie, tokenise(text))


def _text(line: Line) -> str:
    return " ".join(w.text for w in line)


def _turned(tokens: Sequence[Token], m: Match) -> bool:
    """Whether a denial that is no part of the wording stands shortly before it in the same clause, or right before one
    of its words: 'can't stand on his toes', 'the arches aren't high'."""
    for token in reversed(tokens[max(0, m.lo - REACH) : m.lo]):
        if token.kind == "p":
            break
        if token.stem in NEGATORS:
            return True
    return any(i - 1 not in m.used and tokens[i - 1].stem in NEGATORS for i in m.used[1:])


def graded(text: str, power: Sequence[str]) -> tuple[Meaning, ...]:
    """Power by the Medical Research Council's grades 0 to 5, or in words: below 5 the movement is weak."""
    bare = text.lower().rstrip(".")
    if found := GRADED.search(bare):
        word = found["grade"] or found["part"] or found["move"] or found["alone"]
        grade = DIGITS.get(word, 5) if word.isalpha() else int(word)
        weak = grade < 5 or (found["half"] or found["sign"]) == "minus"
        return tuple((finding, "present" if weak else "absent") for finding in power)
    if WEAK.search(bare):
        return tuple((finding, "present") for finding in power)
    return tuple((finding, "absent") for finding in power) if FULL.search(bare) else ()


def value_of(answer: Answer, line: Line) -> Value:
    """What an answer says of what was asked: yes or no, or that it is fine or bad."""
    text = bare_text(line)
    if FINE.fullmatch(text) or FINE.fullmatch(bare_text(segment(line))):
        return "fine"
    if answer in ("yes", "no"):
        return "yes" if answer == "yes" else "no"
    return "bad" if not answer and BAD.search(text) else ""


def made_of(asked: Asked, question: str, value: Value) -> Meaning | None:
    """What an answer makes of a finding asked about; None where it says nothing sure."""
    present: Meaning = (asked.finding, "present")
    absent: Meaning = (asked.finding, "absent")
    outcome: Meaning | None = None
    if asked.form == "topics" and CONTROLLED.search(question):  # 'is the sugar well controlled?'
        outcome = present if value else None
    elif asked.form == "asked":
        outcome = {"yes": present, "no": absent, "fine": absent}.get(value)
    elif asked.form == "well" and HARD.search(question) and value not in ("fine", "bad"):
        outcome = None  # 'does it hurt to put weight on it?'
    elif asked.form == "well":
        outcome = {"yes": absent, "no": present, "fine": absent, "bad": present}.get(value)
    elif asked.form == "covers":
        outcome = absent if value == "fine" or (value == "no" and TROUBLE.search(question)) else None
    elif value in ("fine", "bad"):
        outcome = absent if value == "fine" else present
    elif TROUBLE.search(question):
        outcome = {"yes": present, "no": absent}.get(value)
    elif OKAY.search(question):
        outcome = {"yes": absent, "no": present}.get(value)
    return outcome
