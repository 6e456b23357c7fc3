"""An answer told together with its question: what it affirms, denies, leaves open, or goes on to say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from hickam.intake import cues
from hickam.intake.dialogue import answer_words as aw
from hickam.intake.dialogue.answer_order import firm, own_first, reply_to, taken_up, with_doses
from hickam.intake.dialogue.corrections import renumbered, takes_back
from hickam.intake.dialogue.fragments import (
    SENSED_ASKED,
    another_place,
    by_turns,
    eased,
    elsewhere,
    itemised,
    of_kin,
    of_you,
    one_of,
    one_place,
    place_asked,
    sided,
    smoking,
    stands_for,
    told_item,
)
from hickam.intake.dialogue.lines import (
    BODY_WORDS,
    SEEN,
    VERB,
    amount_first,
    at_toilet,
    counts,
    easing,
    figure_first,
    is_amount,
    of_the_leg,
    open_end,
    segment,
    they_are,
    with_no,
)
from hickam.intake.dialogue.meant import KIN, OKAY, QUESTIONS, Asked, Form, Meanings, Value, made_of, value_of
from hickam.intake.dialogue.questions import (
    ASKING,
    ASKS,
    MEDICINES,
    SELF,
    WH,
    as_statement,
    asks_all_medicines,
    denies,
    is_list,
    tag_of,
    untagged,
    without_wh,
)
from hickam.intake.dialogue.replies import ALL_NO, Answer, Reply, read_reply
from hickam.intake.dialogue.retelling import Retelling
from hickam.intake.dialogue.spoken import Line, added, bare_text
from hickam.intake.dialogue.turns import DialogueTurn
from hickam.intake.dialogue.wh_answers import WhAnswer
from hickam.intake.scene import LEG
from hickam.intake.words import stem


class Answers:
    """Tells answers into a retelling."""

    def __init__(
        self,
        out: Retelling,
        names_drug: Callable[[Line], bool],
        findings_in: Callable[[Line], set[str]],
        meanings: Meanings,
    ) -> None:
        self.out = out
        self.names_drug = names_drug
        self.findings_in = findings_in
        self.meanings = meanings
        self.lead: Line = ()
        self.topic = ""
        self.sensed: Line = ()

    def tell(
        self, turn: DialogueTurn, asked: tuple[Line, ...], lines: list[Line], earlier: tuple[Line, ...] = ()
    ) -> list[Line]:
        """Tell the question with its answer, and questions put ``earlier`` in the same breath where it takes them up;
        returns the lines still to be told."""
        if ALL_NO.match(bare_text(lines[0])) or (len(lines) > 1 and ALL_NO.match(bare_text(lines[1]))):
            asked = (*earlier, *asked)
        else:
            lines = self._earlier(turn, earlier, asked, lines)
        lines = firm(own_first(asked[-1], with_doses(lines, self.names_drug)))
        asked = tuple(of_you(line, lines[0]) for line in asked)
        asked = tuple(elsewhere(line, self.sensed) for line in asked)
        question = asked[-1]
        lines = [self._of_topic(question, lines[0]), *lines[1:]]
        text = bare_text(question)
        reply = reply_to(question, lines[0])
        rest = [*([reply.rest] if reply.rest else []), *lines[1:]]
        if turn.role == "other" and SELF.search(text):
            return rest
        if (left := self._particular(asked, text, lines, rest)) is not None:
            return left
        if aw.WELFARE.match(text):
            self._mean(asked, self._value("", lines), lines[0], only=("well", "topics", "covers"))
        if aw.WHEN_YOU.match(text) and not reply.answer and VERB.search(bare_text(lines[0])):
            self.out.say((*open_end(as_statement(question)), *lines[0]))
            return lines[1:]
        if WH.match(text):
            return self._wh(question, lines, rest, reply.answer)
        if aw.BOTH.match(bare_text(segment(lines[0]))) and (text.endswith("or both") or aw.ONE.search(text)):
            noun = () if text.endswith("or both") else tuple(w for w in question if stem(w.bare) in LEG)
            self.out.say((*added("both"), *noun) if noun else added("both legs"), "affirmed", (*question, *lines[0]))
            return rest
        if rest and len(asked) == 1 and (facts := one_of(question, rest[0]) or one_place(question, rest[0])):
            for told, known in facts:
                self.out.say(told, known, rest[0])
            return rest[1:]
        return self._yes_or_no(asked, text, lines, rest, reply)

    def _earlier(
        self, turn: DialogueTurn, earlier: tuple[Line, ...], asked: tuple[Line, ...], lines: list[Line]
    ) -> list[Line]:
        """Tell the earlier questions that a sentence of the answer is about; the sentences are told after the rest."""
        told: list[Line] = []
        for question in earlier:
            if len(lines) > 1 and (at := taken_up(question, asked, lines)) >= 0:
                told += self.tell(turn, (question,), [lines[at]])
                lines = [*lines[:at], *lines[at + 1 :]]
        return [*lines, *told]

    def _wh(self, question: Line, lines: list[Line], rest: list[Line], answer: Answer) -> list[Line]:
        """An answer to 'how long', 'where'; 'how many times were you sick?' takes for granted that you were."""
        text, first = bare_text(question), bare_text(lines[0])
        if aw.TIMES_ASKED.search(text) and answer != "no" and any(map(counts, lines[:2])):
            lead = self.lead if len(self.lead) <= aw.NAMED else ()
            self._mean(((*open_end(lead), *without_wh(question)),), "yes", lines[0], only=("asked",))
        says = aw.OFTEN.match(first) or aw.SIDED.match(first)
        topic = self.meanings.topic(question) or (self.topic if aw.OF_IT.search(text) else "")
        said = amount_first(text, lines if says else rest)
        return WhAnswer(self.out, self.names_drug, question, topic).tell(said, answer)

    def _of_topic(self, question: Line, line: Line) -> Line:
        """'Any change in the colour of your water?' 'It was dark on Tuesday.': my water was dark."""
        at = stands_for(line)
        topic = self.meanings.topic(question) if at >= 0 else ""
        self.topic = self.meanings.topic(question) or self.topic
        self.sensed = question if SENSED_ASKED.search(bare_text(question)) else ()
        return (*line[:at], *added(f"my {topic}"), *line[at + 1 :]) if topic else line

    def _particular(self, asked: tuple[Line, ...], text: str, lines: list[Line], rest: list[Line]) -> list[Line] | None:
        """Answers that say more than yes or no: item by item, who else has it, what helps. None for any other."""
        question = asked[-1]
        if aw.SMOKING.search(text) and (smokes := smoking(lines)):
            self.out.say(smokes[0], None, (*question, *lines[0]))
            return smokes[1]
        if aw.BOTH_ASKED.match(text) and (
            bare_text(lines[0]).startswith("both") or read_reply(lines[0]).answer == "yes"
        ):
            self.out.say(added("both legs"), "affirmed", (*question, *lines[0]))
        if aw.HARM.search(text) and bare_text(lines[0]).startswith(
            ("not now", "not any", "not lately", "used to", "i used")
        ):
            self.out.say(as_statement(question), "doubtful", lines[0])
            return rest
        if self.names_drug(question) and (put_right := renumbered(question, rest[0] if rest else lines[0])):
            self.out.say(as_statement(put_right), "affirmed", lines[0])
            return rest[1:]
        if "allerg" in text and not read_reply(lines[0]).answer and self.names_drug(lines[0]):
            self.out.say((*added("allergic to"), *lines[0]))
            return lines[1:]
        if aw.FREQUENCY.match(text) and rest and aw.COUNTED.match(bare_text(rest[0])):
            self.out.say((*added("it bothers me"), *rest[0]))
            return rest[1:]
        for kin in filter(None, (of_kin(question, line) for line in lines)):
            self.out.say(kin)
        if items := itemised(asked, lines):
            forms: tuple[Form, ...] = ("asked",) if aw.WHICH_OF_TWO.match(text) else QUESTIONS
            for item, known, said in items:
                self.out.say(told_item(item, known), known, said)
                if known == "denied" and aw.DRINK.search(bare_text(item)):
                    self.out.say(added("no alcohol."), None, said)
                self._mean((item,), value_of("yes" if known == "affirmed" else "no", said), said, only=forms)
            return lines
        if varied := by_turns(question, lines[0]):
            self.out.say(varied, "affirmed", (*question, *lines[0]))
            return rest
        if helps := easing(lines[0], text):
            for help in helps:
                self.out.say(help, "affirmed", lines[0])
            return lines[1:]
        if fact := place_asked(question, lines[0]):
            self.out.say(fact, "affirmed", lines[0])
            return lines
        if fact := eased(question, lines[0]):
            self.out.say(fact, "affirmed", lines[0])
            return lines[1:] if len(lines[0]) <= aw.SHORT else lines
        return None

    def _yes_or_no(
        self, asked: tuple[Line, ...], text: str, lines: list[Line], rest: list[Line], reply: Reply
    ) -> list[Line]:
        """An answer that affirms or denies, or goes on with what was asked."""
        question = asked[-1]
        answer = reply.answer
        echoed = segment(lines[0])
        asked_of = {stem(word) for word in text.split()}
        denial = len(echoed) > 1 and echoed[0].bare in ("not", "no") and not is_list(asked)
        if not answer and denial and all(w.bare in aw.STRONGLY or stem(w.bare) in asked_of for w in echoed[1:]):
            answer, rest = "no", lines[1:]
        of_leg = any(stem(w.bare) in LEG for w in question)
        if (
            not answer
            and not of_leg
            and ASKS.match(text)
            and aw.ONE_SIDE.match(bare_text(echoed))
            and not aw.SIDE_ASKED.search(text)
        ):
            answer = "yes"
        if not answer and all(w.bare in aw.STRONGLY or stem(w.bare) in asked_of for w in echoed):
            answer, rest = "yes", [*([lines[0][len(echoed) :]] if len(lines[0]) > len(echoed) else []), *lines[1:]]
        if answer and len(lines) > 1 and takes_back(lines[1]):
            return [*rest[:1], *self._elliptical(question, text, rest[1:])] if rest else rest
        said = lines[0][: len(lines[0]) - len(reply.rest)] or lines[0]
        listed_whole = reply.whole or not is_list(asked) or len({one.finding for one in self._asked(asked)}) == 1
        first = rest[0] if rest else ()
        goes_on = bool(first) and len(asked) == 1 and self._goes_on(question, text, first, answer)
        value = self._value("yes" if goes_on and not answer else answer, lines)
        felt = None if answer else aw.WARMTH.search(text)
        if felt and aw.OPPOSITE[felt[1]].search(bare_text(lines[0])):
            value = "no"
        if goes_on and aw.BODY.match(bare_text(first)):
            self._mean(((*open_end(question), *segment(first)),), value, lines[0])
        elif value not in ("yes", "bad") or listed_whole:
            self._mean(asked, value, lines[0])
        elif value == "yes" and OKAY.search(text):
            self._mean(asked, "fine", lines[0], only=("well", "topics", "covers"))
        if answer == "no":
            self._denied(asked, text, said)
            return rest
        if answer == "doubtful":
            for line in asked:
                self.out.say(as_statement(line), "doubtful", said)
            return rest
        if first and (figure_first(first) or (not answer and is_amount(first))) and len(asked) == 1:
            self.out.say((*open_end(as_statement(question)), *first), "affirmed", first)
            return rest[1:]
        if goes_on:
            there = [first, *takewhile(another_place, rest[1:])]
            for place in there:
                self.out.say((*open_end(as_statement(question)), *place), "affirmed", place)
            return rest[len(there) :]
        if answer == "yes":
            self._affirmed(asked, said, whole=reply.whole)
            return rest
        return self._elliptical(question, text, rest)

    def _goes_on(self, question: Line, text: str, first: Line, answer: str) -> bool:
        """Whether an answer without a verb goes on with the question: 'any numbness?' 'on top of my foot, yes'."""
        words = bare_text(first)
        if VERB.search(words) or is_list((question,)):
            return False
        yes_or_no = ASKS.match(text) or tag_of(question)
        if not answer and aw.COUNTED.match(words) and not self.names_drug(first) and yes_or_no:
            return True
        names_sign = ASKS.match(text) or len(question) <= aw.NAMED
        if not answer and names_sign and aw.BODY.match(words) and any(stem(w.bare) in BODY_WORDS for w in first):
            return True
        if "allerg" in text or (answer == "yes" and aw.BODY.match(words) is not None):
            return True
        plain = ASKING.match(text) is None and not self.names_drug(first)
        return not answer and (
            aw.GOES_ON.match(words) is not None or (plain and aw.FIGURE_OR_TIME.match(words) is not None)
        )

    def _mean(
        self,
        asked: tuple[Line, ...],
        value: Value,
        said: Line,
        only: tuple[Form, ...] = QUESTIONS,
    ) -> None:
        """State what the answer makes of the findings that the pack knows the question to be about."""
        for line in asked:
            if denies(line):
                continue
            text = bare_text(line)
            if len(line) <= aw.NAMED and not VERB.search(text) and not aw.NOUN.search(text):
                text = f"any {text}"
            means = [made_of(one, text, value) for one in self._asked((line,)) if one.form in only]
            if stated := tuple(dict.fromkeys(m for m in means if m is not None)):
                self.out.say(added("answered"), "meant", (*line, *said), stated)

    def _value(self, answer: Answer, lines: list[Line]) -> Value:
        """What an answer says; 'I'm all right. Bit down, though.' says nothing sure."""
        value = value_of(answer, lines[0])
        return "" if value == "fine" and len(lines) > 1 and aw.THOUGH.match(bare_text(lines[1])) else value

    def _asked(self, asked: tuple[Line, ...]) -> tuple[Asked, ...]:
        wholes = ((*open_end(self.lead), *line) if aw.LEANS.search(bare_text(line)) else line for line in asked)
        return tuple(
            one
            for line in wholes
            for one in self.meanings.asked(of_the_leg(as_statement(they_are(line, self.out.words))))
        )

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
        if aw.DRINKS.search(text):
            self.out.say(added("no alcohol."), None, (*asked[-1], *said))
        for line in asked:
            words = as_statement(line)
            if aw.PLANS.search(text):  # 'have you made plans to end your life?' 'no' denies the plans, not the thoughts
                self.out.say(words, "doubtful", said)
            elif denies(line):
                self.out.say(words, "affirmed", said)
            elif (can := next((i for i, w in enumerate(words[:2]) if w.bare in ("can", "could")), -1)) >= 0:
                self.out.say((*words[: can + 1], *added("not"), *words[can + 1 :]), "affirmed", said)
            else:
                self.out.say(with_no(words), "denied", said)

    def _elliptical(self, question: Line, text: str, rest: list[Line]) -> list[Line]:
        """Answers without yes or no: 'Paracetamol', 'gave up in ninety-eight', 'same'."""
        if not rest:
            return rest
        first = rest[0] = at_toilet(rest[0], text)
        words = bare_text(first)
        kin = next((w for w in first[:2] if stem(w.bare) in cues.FAMILY), None)
        if kin and not is_list((question,)) and any(stem(w.bare) in KIN for w in question):
            self._mean((question,), "yes", first)
            self.out.say(as_statement(question), "affirmed", first)
            return rest
        if aw.SAME.match(words) and aw.OTHER_SIDE.search(text):
            self.out.say(added("both legs the same"), "affirmed", (*question, *first))
            return rest[1:]
        noun = next((w for w in reversed(question) if stem(w.bare) in LEG), None)
        if noun and aw.SIDED.match(words):
            signs = sided(question, first)
            seen = bool(signs) and bool(self.findings_in(signs))
            self.out.say(signs if seen else (*added("pain in"), *open_end(first), noun), "affirmed" if seen else None)
            return rest[1:]
        if VERB.search(words):
            return rest
        if topic := self.meanings.topic(question) if len(question) <= aw.NAMED else "":
            self.out.say((*added(f"my {topic}"), *first))
            return rest[1:]
        if len(first) <= 5 and any(SEEN.match(w.bare) for w in first):
            self.out.say((*added("the leg is"), *first))
            return rest[1:]
        if MEDICINES.search(text):
            self.out.say((*added("I take"), *first))
            return rest[1:]
        return rest
