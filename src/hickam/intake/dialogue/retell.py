"""A dialogue told again as one statement after another, so that the intake of stories can read it.

Every word keeps its place in its turn; the few that nobody said ('I take', 'pain in the') only tie an answer to its
question. A question enters with what its answer makes of it; unanswered questions, plans, explanations and what the
clinician thinks do not enter at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from hickam.intake import cues
from hickam.intake.dialogue.corrections import corrected, takes_back
from hickam.intake.dialogue.fragments import eased, one_of, one_place, place_asked
from hickam.intake.dialogue.lines import (
    SEEN,
    SMALL_AGES,
    VERB,
    as_found,
    at_toilet,
    easing,
    figure_first,
    idle_question,
    is_amount,
    of_the_leg,
    open_end,
    placed,
    segment,
    tells,
    with_no,
)
from hickam.intake.dialogue.questions import (
    ABOUT_YOU,
    ASKING,
    MEDICINES,
    SELF,
    WH,
    Kind,
    as_statement,
    asks_all_medicines,
    denies,
    is_list,
    kind_of,
    one_group,
    untagged,
    without_wh,
)
from hickam.intake.dialogue.replies import read_reply
from hickam.intake.dialogue.retelling import Retelling, Told
from hickam.intake.dialogue.spoken import Line, added, sentences
from hickam.intake.dialogue.turns import DialogueTurn, Speech
from hickam.intake.numbers_in_words import NUMBERS
from hickam.intake.scene import LEG
from hickam.intake.words import listed, stem

THIRD = re.compile(r"\b(?:he|he's|she|she's|his|her|him|hers)\b")
FIRST = re.compile(r"\b(?:i|i'm|i've|my|mine|me|myself)\b")
OWN = re.compile(r"\b(?:mine|myself)\b")
BODY = re.compile(r"^(?:in|on|at|round|around|behind|from|over|under|inside|outside|all|just|only|mainly|mostly)\b")
COUNTED = re.compile(
    r"^(?:(?:about|maybe|over|nearly|oh|at least) )*(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a few|"
    r"a couple|several|once|"
    r"twice|half a|a (?:stone|bottle|pint|glass))\b"
)
GOES_ON = re.compile(r"^(?:by|since|every|most|after) ")
FIGURE_OR_TIME = re.compile(rf"^(?:\d|{'|'.join(NUMBERS)}|last|this|yesterday|on)\b")
NOUN = re.compile(r"^(?:and |so |what about )*(?:your|the|his|her) (?:mood|sleep|appetite|balance|memory)$")
PLANS = re.compile(r"\bplan(?:s|ned|ning)?\b")
DRINKS = re.compile(r"\b(?:do you|or) drink(?: any)?(?: alcohol)?$")
STRONGLY = frozenset(
    listed("very really quite so pretty extremely terribly incredibly always often definitely mainly mostly the")
)
SINCE = re.compile(r"^(?:for|since|about since|from|maybe since|over|on|in|last|at)\b|.*\bago\b")
SIDED = re.compile(
    r"^(?:(?:mostly|mainly|just|only|more|usually|always|the|my|on|it's|in) )*(?:left|right|both)(?: (?:one|side|"
    r"of them))?$"
)
QUIT = re.compile(r"^(?:.*\b)?(?:gave up|given up|quit|stopped|packed in|used to)$")
WHEN_YOU = re.compile(r"^(?:(?:and|so|what|but|about|then) )*(?:when|if) (?:you|it|he|she|they)(?: \w+){1,5}$")
OFTEN = re.compile(
    r"^(?:always|sometimes|often|occasionally|now and (?:then|again)|most (?:days|nights)|all the time)\b"
)
BOTH = re.compile(r"^(?:it's |in )?both(?: of them| legs| sides)?$")
OTHER_SIDE = re.compile(r"\b(?:other|left|right) (?:one|leg|side|calf|foot|thigh)\b")
SAYS_YOU = re.compile(
    r"^(?:(?:and|so|right|okay|now|well) )*(?:you|he|she)(?:'re|'ve|'s| are| have| had| take| get| were| is| has| was|"
    r" takes)\b(?! (?:not|never|probably|going))"
)
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
NAMES = re.compile(r"\b(?:call(?:ed)?|name|spell)\b")


def _bare(line: Line) -> str:
    return " ".join(w.bare for w in line)


def retell(speech: Speech, names_drug: Callable[[Line], bool], findings_in: Callable[[Line], set[str]]) -> Retelling:
    """The dialogue as a story. ``names_drug`` and ``findings_in`` say what the pack knows in a line."""
    return _Teller(speech, names_drug, findings_in).tell()


class _Teller:
    def __init__(
        self, speech: Speech, names_drug: Callable[[Line], bool], findings_in: Callable[[Line], set[str]]
    ) -> None:
        self.speech = speech
        self.names_drug = names_drug
        self.findings_in = findings_in
        self.out = Retelling()
        self.asked: tuple[Line, ...] = ()
        self.put: Line = ()
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
        for line in lines:
            kind = kind_of(line, self.examining)
            kinds.append(kind)
            text = " ".join(w.bare for w in line)
            self.examining = kind == "examination" or (self.examining and kind not in ("plan", "impression", "request"))
            self.out.told.append(Told(kind, "clinician", line))
            if kind == "examination":
                self.out.say(as_found(line, self.out.words), "examined")
            elif kind in ("impression", "talk") and len(line) > 1 and (ABOUT_YOU.search(text) or THIRD.search(text)):
                self.put = line
                self.stated = kind == "talk" and SAYS_YOU.match(text) is not None and bool(self.findings_in(line))
        if not any(k == "question" for k in kinds) and all(len(line) <= 3 for line in lines):
            return
        put = self.put if lines and self.put is lines[-1] else ()
        self._leave()
        self.put = put
        at = len(lines) - 1
        while at >= 0 and kinds[at] != "question" and len(lines[at]) <= 3:
            at -= 1
        group: list[Line] = []
        while at >= 0 and kinds[at] == "question" and (not group or one_group(lines[at], group[0])):
            group.insert(0, lines[at])
            at -= 1
        self.asked = tuple(group)
        for line, kind in zip(lines[: at + 1], kinds, strict=False):
            if kind == "question" and line not in group:
                self.out.unanswered.append((line,))

    def _other(self, turn: DialogueTurn, lines: list[Line]) -> None:
        asked, put, self.asked, self.put = self.asked, self.put, (), ()
        for line in lines:
            self.out.told.append(Told("question" if idle_question(line) else "talk", turn.role, line))
        lines = [line for line in corrected(lines, self.names_drug) if not idle_question(line)]
        if not lines:
            self.asked, self.put = asked, put
            return
        if asked:
            lines = self._answered(turn, asked, lines)
        elif put and self._agrees(lines[0]):
            self.out.say(as_statement(put), "affirmed", lines[0])
            lines = [*([rest] if (rest := read_reply(lines[0]).rest) else []), *lines[1:]]
        else:
            reply = read_reply(lines[0])
            lines = [*([reply.rest] if reply.rest else []), *lines[1:]]
        for line in lines:
            self._statement(turn, line)

    def _agrees(self, line: Line) -> bool:
        """Whether what the clinician put to the patient holds: a yes, or going on from a statement of a finding."""
        answer = read_reply(line).answer
        return answer == "yes" or (not answer and self.stated and not OVER.search(_bare(line)))

    def _statement(self, turn: DialogueTurn, line: Line) -> None:
        """What a patient says of the patient, and a companion of either."""
        line = placed(line)
        text = " ".join(w.bare for w in line)
        if SIDED.match(text) and (noun := next((w for w in self.out.words[-3:] if stem(w.bare) in LEG), None)):
            line = (*added("pain in"), *open_end(line[:1]), noun)  # 'The calf.' 'Left one.'
        kin = turn.speaker.lower()
        own = turn.role == "other" and FIRST.search(text) and (not THIRD.search(text) or OWN.search(text))
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

    def _answered(self, turn: DialogueTurn, asked: tuple[Line, ...], lines: list[Line]) -> list[Line]:
        """Tell the question with its answer; returns the lines still to be told."""
        question = asked[-1]
        text = " ".join(w.bare for w in question)
        reply = read_reply(lines[0])
        rest = [*([reply.rest] if reply.rest else []), *lines[1:]]
        if turn.role == "other" and SELF.search(text):
            return rest
        if helps := easing(lines[0], text):
            for help in helps:
                self.out.say(help, "affirmed", lines[0])
            return lines[1:]
        if fact := place_asked(question, lines[0]) or eased(question, lines[0]):
            self.out.say(fact, "affirmed", lines[0])
            return lines
        if WHEN_YOU.match(text) and not reply.answer and VERB.search(_bare(lines[0])):
            self.out.say((*open_end(as_statement(question)), *lines[0]))
            return lines[1:]
        if WH.match(text):
            return self._told_wh(text, question, lines if OFTEN.match(_bare(lines[0])) else rest, reply.answer)
        if text.endswith("or both") and BOTH.match(_bare(segment(lines[0]))):
            self.out.say(added("both legs"), "affirmed", (*question, *lines[0]))
            return rest
        if rest and len(asked) == 1 and (facts := one_of(question, rest[0]) or one_place(question, rest[0])):
            for told, known in facts:
                self.out.say(told, known, rest[0])
            return rest[1:]
        answer = reply.answer
        echoed = segment(lines[0])
        asked_of = {stem(word) for word in text.split()}
        if not answer and all(w.bare in STRONGLY or stem(w.bare) in asked_of for w in echoed):
            answer, rest = "yes", [*([lines[0][len(echoed) :]] if len(lines[0]) > len(echoed) else []), *lines[1:]]
        if answer and len(lines) > 1 and takes_back(lines[1]):
            return [*rest[:1], *self._elliptical(question, text, rest[1:])] if rest else rest
        said = lines[0][: len(lines[0]) - len(reply.rest)] or lines[0]
        if answer == "no":
            self._denied(asked, text, said)
            return rest
        if answer == "doubtful":
            for line in asked:
                self.out.say(as_statement(line), "doubtful", said)
            return rest
        first = rest[0] if rest else ()
        if first and (figure_first(first) or (not answer and is_amount(first))) and len(asked) == 1:
            self.out.say((*open_end(as_statement(question)), *first), "affirmed", first)
            return rest[1:]
        if first and len(asked) == 1 and self._goes_on(question, text, first, answer):
            self.out.say((*open_end(as_statement(question)), *first), "affirmed", first)
            return rest[1:]
        if answer == "yes":
            self._affirmed(asked, said, whole=reply.whole)
            return rest
        return self._elliptical(question, text, rest)

    def _goes_on(self, question: Line, text: str, first: Line, answer: str) -> bool:
        """Whether an answer without a verb goes on with the question: 'any numbness?' 'on top of my foot, yes'."""
        words = " ".join(w.bare for w in first)
        if VERB.search(words) or is_list((question,)):
            return False
        if not answer and COUNTED.match(words) and not self.names_drug(first) and ASKING.match(text):
            return True
        if "allerg" in text or (answer == "yes" and BODY.match(words) is not None):
            return True
        plain = ASKING.match(text) is None and not self.names_drug(first)
        return not answer and (GOES_ON.match(words) is not None or (plain and FIGURE_OR_TIME.match(words) is not None))

    def _affirmed(self, asked: tuple[Line, ...], said: Line, *, whole: bool) -> None:
        found = set().union(*(self.findings_in(line) for line in asked))
        which = is_list(tuple(untagged(line) for line in asked)) and len(found) > 1 and not whole
        for line in asked:
            if denies(line) or which:
                self.out.say(as_statement(line), "doubtful", said)
            else:
                self.out.say(of_the_leg(as_statement(line)), "affirmed", said)

    def _denied(self, asked: tuple[Line, ...], text: str, said: Line) -> None:
        if asks_all_medicines(text) and not any(self.names_drug(line) for line in asked):
            self.out.say(added("I take no medicines."), None, (*asked[-1], *said))
            return
        if DRINKS.search(text):
            self.out.say(added("no alcohol."), None, (*asked[-1], *said))
        for line in asked:
            words = as_statement(line)
            if PLANS.search(text):  # 'have you made plans to end your life?' 'no' denies the plans, not the thoughts
                self.out.say(words, "doubtful", said)
            elif denies(line):
                self.out.say(words, "affirmed", said)
            elif (can := next((i for i, w in enumerate(words[:2]) if w.bare in ("can", "could")), -1)) >= 0:
                self.out.say((*words[: can + 1], *added("not"), *words[can + 1 :]), "affirmed", said)
            else:
                self.out.say(with_no(words), "denied", said)

    def _told_wh(self, text: str, question: Line, lines: list[Line], answer: str) -> list[Line]:
        """Answers to 'how long', 'where', 'which tablets': a fragment is joined to what was asked."""
        if MEDICINES.search(text) and (answer == "no" or not lines):
            if asks_all_medicines(text):
                self.out.say(added("I take no medicines."), None, question)
            return lines
        if not lines:
            return lines
        first, rest = lines[0], lines[1:]
        words = " ".join(w.bare for w in first)
        if re.search(r"\bwhat happens when\b", text):
            when = next(i for i, w in enumerate(question) if w.bare == "when")
            self.out.say((*open_end(as_statement(question[when:])), *first))
            return rest
        if tells(segment(first)) and not re.match(r"how old\b", text):
            return lines
        if "old" in text.split():
            figure = next((w for w in first if w.bare[:1].isdigit() or w.bare in SMALL_AGES), None)
            self.out.say((*added("aged"), figure) if figure else first)
        elif re.search(r"\b(?:worse|brings? it on|sets? it off|bring on)\b", text):
            self.out.say((*added("it is worse with"), *first))
        elif re.search(r"\bhow (?:long|often|far|much|many)\b|\bwhen\b", text):
            lasting = re.search(r"\bhow long\b", text) and not re.search(r"\b(?:last|do|does|did)\b", text)
            since = added("for") if lasting and not SINCE.match(words) else ()
            asks_often = re.search(r"\bhow often\b", text) is not None
            lead = added("it bothers me") if asks_often else open_end(without_wh(question))
            self.out.say((*lead, *since, *first))
        elif re.search(r"\b(?:where|where's|which)\b", text) and not self.names_drug(first):
            noun = () if any(stem(w.bare) in LEG for w in first) else without_wh(question)
            noun = noun if any(stem(w.bare) in LEG for w in noun) else ()
            self.out.say((*added("pain" if BODY.match(words) else "pain in"), *open_end(first), *noun))
        elif re.search(r"\b(?:mood|sleep\w*|appetite|balance)\b", text):
            self.out.say((*open_end(without_wh(question)), *first))
        elif MEDICINES.search(text) or self.names_drug(first) or NAMES.search(text):
            self.out.say((*added("I take"), *first))
        else:
            self.out.say(placed(first))
        return rest

    def _elliptical(self, question: Line, text: str, rest: list[Line]) -> list[Line]:
        """Answers without yes or no: 'Paracetamol', 'gave up in ninety-eight', 'same'."""
        if not rest:
            return rest
        first = rest[0] = at_toilet(rest[0], text)
        words = _bare(first)
        kin = next((w for w in first[:2] if stem(w.bare) in cues.FAMILY), None)
        if kin and not is_list((question,)) and re.search(r"\b(?:family|anyone|anybody|parents|relatives)\b", text):
            self.out.say(as_statement(question), "affirmed", first)
            return rest
        if words in ("same", "the same", "just the same", "same thing", "same there") and OTHER_SIDE.search(text):
            self.out.say(added("both legs the same"), "affirmed", (*question, *first))
            return rest[1:]
        noun = next((w for w in reversed(question) if stem(w.bare) in LEG), None)
        if noun and SIDED.match(words):
            self.out.say((*added("pain in"), *open_end(first), noun))
            return rest[1:]
        if NOUN.match(text) and not VERB.search(words):
            self.out.say((*open_end(as_statement(question)), *first))
            return rest[1:]
        if not VERB.search(words) and len(first) <= 5 and any(SEEN.match(w.bare) for w in first):
            self.out.say((*added("the leg is"), *first))
            return rest[1:]
        if "smok" in text:
            for i in range(1, min(len(first), 5) + 1):
                if QUIT.match(" ".join(w.bare for w in first[:i])):
                    self.out.say((*open_end(first[:i]), *added("smoking"), *first[i:]))
                    return rest[1:]
        if MEDICINES.search(text) and not VERB.search(words):
            self.out.say((*added("I take"), *first))
            return rest[1:]
        return rest
