"""A dialogue told again as one statement after another, so that the intake of stories can read it.

Every word keeps its place in its turn; the few that nobody said ('I take', 'pain in the') only tie an answer to its
question. A question enters with what its answer makes of it; unanswered questions, plans, explanations and what the
clinician thinks do not enter at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from hickam.intake import cues
from hickam.intake.dialogue.answer_words import SIDED
from hickam.intake.dialogue.answers import Answers
from hickam.intake.dialogue.corrections import corrected, takes_back
from hickam.intake.dialogue.lines import (
    as_found,
    idle_question,
    open_end,
    placed,
)
from hickam.intake.dialogue.meant import Meanings, graded
from hickam.intake.dialogue.questions import (
    ABOUT_YOU,
    WH,
    Kind,
    as_statement,
    foresees,
    kind_of,
    observes,
    one_group,
    tag_of,
    untagged,
)
from hickam.intake.dialogue.replies import read_reply
from hickam.intake.dialogue.retelling import Retelling, Told
from hickam.intake.dialogue.spoken import Line, added, bare_text, sentences
from hickam.intake.dialogue.summing_up import agrees, clauses, is_list_with_tag, summary_of, sums_up
from hickam.intake.dialogue.turns import DialogueTurn, Speech
from hickam.intake.scene import LEG
from hickam.intake.words import stem

THIRD = re.compile(r"\b(?:he|he's|she|she's|his|her|him|hers)\b")
FIRST = re.compile(r"\b(?:i|i'm|i've|my|mine|me|myself)\b")
OWN = re.compile(r"\b(?:mine|myself)\b")
SAYS_YOU = re.compile(
    r"^(?:(?:and|so|right|okay|now|well|i see|(?:our|the|your|my) (?:notes?|records?|letter|form) (?:says?|tells? me)|"
    r"it says(?: here)?|that) )*(?:you|he|she)(?:'re|'ve|'s| are| have| had| take| get| were| is| has| was|"
    r" takes)\b(?! (?:not|never|probably|going))"
)
GRADE_ALONE = 5
"""Words of a sentence that may stand between a movement asked for and its grade."""
CARES = re.compile(
    r"^(?:(?:and|so|well|but|yes|no|then) )*i(?:'ve|'d|'ll)? (?:took|checked|measured|rub|rubbed|massage|gave|give|"
    r"help|helped|lift|change|wash|looked|noticed|saw|see|found|heard|hear|put|keep|hold|have to)\b"
)
"""What a companion does for the patient: 'I rub them', 'I took it this morning and it was 37'."""
OVER = re.compile(
    r"\b(?:no|not|never|gone|stopped|used to|better|isn't|wasn't|don't|didn't|hasn't|haven't|wrong|mistake)\b"
)
"""What takes back, wholly or in part, what was put to the speaker."""
OTHERS = re.compile(
    r"^(?:(?:and|but|well|oh|no|yes|because) )*my (?:\w+ )?(?:wife|husband|partner|mother|mum|father|dad|brother|"
    r"sister|son|daughter|aunt|uncle|friend|neighbour|mate|gran|nan|grandad|boss|boyfriend|girlfriend)(?:'s)? "
    r"(?:takes?|is on|was on|on|has been on|uses|used to take|swears by|was given|gets)\b"
)
"""Somebody else's medicine."""


IT_IS = re.compile(
    r"^(?:it's|it is|it feels|that's) (?:\w+ ){0,2}(?:hot|warm|red|swollen|tender|cold|cool|"
    r"pale|blue)\b"
)


def _turns_to(line: Line) -> int:
    """Where a companion goes on from herself to the patient: 'I had a clot, but | she never has'. 0: nowhere."""
    for i in range(2, len(line) - 1):
        turn = line[i].bare in ("but", "and", "though") and THIRD.match(line[i + 1].bare)
        if turn and FIRST.search(bare_text(line[:i])) and not THIRD.search(bare_text(line[:i])):
            return i
    return 0


def retell(
    speech: Speech,
    names_drug: Callable[[Line], bool],
    findings_in: Callable[[Line], set[str]],
    meanings: Meanings,
) -> Retelling:
    """The dialogue as a story. ``names_drug``, ``findings_in`` and ``meanings`` say what the pack knows in a line."""
    return _Teller(speech, names_drug, findings_in, meanings).tell()


class _Teller:
    def __init__(
        self,
        speech: Speech,
        names_drug: Callable[[Line], bool],
        findings_in: Callable[[Line], set[str]],
        meanings: Meanings,
    ) -> None:
        self.speech = speech
        self.names_drug = names_drug
        self.findings_in = findings_in
        self.meanings = meanings
        self.testing: tuple[str, ...] = ()
        self.record: Line = ()
        self.out = Retelling()
        self.answers = Answers(self.out, names_drug, findings_in, meanings)
        self.asked: tuple[Line, ...] = ()
        self.put: Line = ()
        self.earlier: tuple[Line, ...] = ()
        self.summary: tuple[Line, ...] = ()
        self.stated = False
        self.examining = False

    def tell(self) -> Retelling:
        for number, turn in enumerate(self.speech):
            lines = sentences(turn.text, number)
            if turn.role == "clinician":
                self._clinician(lines)
            elif lines:
                self._other(turn, lines)
        self._leave()
        return self.out

    def _leave(self) -> None:
        """The question stays without an answer."""
        if self.asked:
            self.out.unanswered.append(self.asked)
        self.asked, self.put = (), ()

    def _clinician(self, lines: list[Line]) -> None:
        kinds: list[Kind] = []
        summing = bool(lines) and sums_up(lines)
        for line in lines:
            kind = self._kind(line)
            kind = "talk" if summing and kind in ("examination", "impression") else kind
            kinds.append(kind)
            text = bare_text(line)
            self.examining = kind == "examination" or (self.examining and kind not in ("plan", "impression", "request"))
            self.out.told.append(Told(kind, "clinician", line))
            if kind == "examination":
                self._examined(line)
            elif kind in ("impression", "talk") and len(line) > 1 and (ABOUT_YOU.search(text) or THIRD.search(text)):
                self.put = line
                self.stated = kind == "talk" and SAYS_YOU.match(text) is not None and bool(self.findings_in(line))
        if not any(k == "question" for k in kinds) and all(len(line) <= 3 for line in lines):
            return
        put = self.put if lines and self.put is lines[-1] else ()
        self._leave()
        self.put = put
        at = len(lines) - 1
        while at >= 0 and kinds[at] != "question" and (len(lines[at]) <= 3 or self._aside(lines, kinds, at)):
            at -= 1
        group: list[Line] = []
        while at >= 0 and kinds[at] == "question" and (not group or one_group(lines[at], group[0])):
            group.insert(0, lines[at])
            at -= 1
        self.asked = tuple(group)
        known = (x for x, k in zip(lines, kinds, strict=True) if x not in group and self._on_record(x, k))
        self.record = next(known, ())
        self._sum_up(lines, summing=summing)
        self.earlier = tuple(
            x for x, k in zip(lines[: at + 1], kinds, strict=False) if k == "question" and not WH.match(bare_text(x))
        )
        self.answers.lead = lines[at] if at >= 0 and group else ()
        for line, kind in zip(lines[: at + 1], kinds, strict=False):
            if kind == "question" and line not in group:
                self.out.unanswered.append((line,))

    def _sum_up(self, lines: list[Line], *, summing: bool) -> None:
        """Keep what is summed up until the answer lets it stand."""
        self.summary = ()
        if summing and self.asked:
            self.summary = summary_of(lines)
        elif self.asked and is_list_with_tag(self.asked[-1]):
            self.summary = tuple(map(as_statement, clauses(untagged(self.asked[-1]))))

    def _on_record(self, line: Line, kind: Kind) -> bool:
        """'You had the heart attack in 2019. Any chest pain since?', 'that's the indapamide, yes? Daily?': told from
        the notes, and not taken back."""
        if kind == "question":
            return tag_of(line) > 0 and (self.names_drug(line) or bool(self.findings_in(line)))
        return kind == "talk" and SAYS_YOU.match(bare_text(line)) is not None and bool(self.findings_in(line))

    def _aside(self, lines: list[Line], kinds: list[Kind], at: int) -> bool:
        """'Are you dizzy when you stand? I'm thinking of the scaffold.': the question still stands."""
        last = at == len(lines) - 1 and at > 0 and kinds[at] == "talk" and kinds[at - 1] == "question"
        return last and not self.findings_in(lines[at]) and not ABOUT_YOU.search(bare_text(lines[at]))

    def _kind(self, line: Line) -> Kind:
        """What a clinician's sentence is; while examining, what is seen and felt is told as a sign."""
        kind = kind_of(line, self.examining)
        graded_now = self.testing and kind == "talk" and graded(bare_text(line), self.testing)
        told = self.meanings.told(line) or self.meanings.power(line) or IT_IS.match(bare_text(line))
        seen = (observes(line) and self.findings_in(line)) or (told and not foresees(line))
        if self.examining and (graded_now or (kind in ("talk", "impression") and seen)):
            return "examination"
        return kind

    def _examined(self, line: Line) -> None:
        """A sign told aloud; the grade after 'push down' is that movement's."""
        if IT_IS.match(bare_text(line)):  # 'it's hot to just under the knee'
            line = (*added("leg"), *line[1 if "'" in line[0].bare else 2 :])
        power = self.meanings.power(line)
        means = self.meanings.told(line)
        if not power and self.testing:
            means = (*means, *graded(bare_text(line), self.testing))
        waits = bool(power) and not graded(bare_text(line), power)
        goes_on = not means and len(line) <= GRADE_ALONE
        self.testing = power if waits else self.testing if goes_on else ()
        self.out.say(as_found(line, self.out.words), "examined", means=means)

    def _other(self, turn: DialogueTurn, lines: list[Line]) -> None:
        asked, put, self.asked, self.put, self.testing = self.asked, self.put, (), (), ()
        for line in lines:
            self.out.told.append(Told("question" if idle_question(line) else "talk", turn.role, line))
        lines = corrected([line for line in lines if not idle_question(line)], self.names_drug)
        if not lines:
            self.asked, self.put = asked, put
            return
        if asked and self.summary:
            lines = self._summed(asked, lines)
        elif asked:
            self._from_notes(lines[0])
            lines = self.answers.tell(turn, asked, lines, self.earlier)
        elif put and self._agrees(lines[0]):
            self.out.say(as_statement(put), "affirmed", lines[0])
            lines = [*([rest] if (rest := read_reply(lines[0]).rest) else []), *lines[1:]]
        else:
            reply = read_reply(lines[0])
            lines = [*([reply.rest] if reply.rest else []), *lines[1:]]
        for line in lines:
            self._statement(turn, line)

    def _summed(self, asked: tuple[Line, ...], lines: list[Line]) -> list[Line]:
        """What was summed up stands when the answer agrees; the lines still to be told."""
        if not agrees(asked[-1], lines[0]):
            return lines
        for line in self.summary:
            self.out.say(line, None, lines[0])
        return [*([rest] if (rest := read_reply(lines[0]).rest) else []), *lines[1:]]

    def _from_notes(self, first: Line) -> None:
        """What the clinician had from the notes stands where the answer does not take it back."""
        said = bare_text(first)
        drug = self.names_drug(self.record) and (read_reply(first).answer == "no" or OVER.search(said))
        if self.record and not drug and not takes_back(first) and "never" not in said:
            self.out.say(as_statement(self.record), "affirmed", self.record)
        self.record = ()

    def _agrees(self, line: Line) -> bool:
        """Whether what the clinician put to the patient holds: a yes, or going on from a statement of a finding."""
        answer = read_reply(line).answer
        return answer == "yes" or (not answer and self.stated and not OVER.search(bare_text(line)))

    def _statement(self, turn: DialogueTurn, line: Line) -> None:
        """What a patient says of the patient, and a companion of either."""
        if turn.role == "other" and (at := _turns_to(line)):
            for part in (line[:at], line[at:]):
                self._statement(turn, part)
            return
        line = placed(line)
        text = bare_text(line)
        if SIDED.match(text) and (noun := next((w for w in self.out.words[-3:] if stem(w.bare) in LEG), None)):
            line = (*added("pain in"), *open_end(line[:1]), noun)  # 'The calf.' 'Left one.'
        kin = turn.speaker.lower()
        own = turn.role == "other" and FIRST.search(text) and (not THIRD.search(text) or OWN.search(text))
        own = own and not (CARES.match(text) and not OWN.search(text))
        if own and stem(kin) in cues.FAMILY:
            line = tuple(w._replace(text=kin) if w.bare in ("i", "i've", "i'm") else w for w in line)
            self.out.say(line, "family")
        elif own:
            self.out.told.append(Told("talk", "other", line))
        elif not (self._of_another(text) and self.names_drug(line)):
            self.out.say(line)

    def _of_another(self, text: str) -> bool:
        """'My brother takes quinine', but not 'my brother takes quinine but my calf is swollen'."""
        others = OTHERS.match(text)
        return others is not None and not FIRST.search(text, others.end())
