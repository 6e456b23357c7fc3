"""An answer told together with its question: what it affirms, denies, leaves open, or goes on to say."""

from __future__ import annotations

import re
from collections.abc import Callable

from hickam.intake import cues
from hickam.intake.dialogue import answer_words as aw
from hickam.intake.dialogue.corrections import takes_back
from hickam.intake.dialogue.fragments import (
    NOT_ME,
    by_turns,
    eased,
    itemised,
    of_kin,
    of_you,
    one_of,
    one_place,
    place_asked,
    sided,
    told_item,
)
from hickam.intake.dialogue.lines import (
    BODY_WORDS,
    SEEN,
    SMALL_AGES,
    VERB,
    at_toilet,
    easing,
    figure_first,
    in_time,
    is_amount,
    of_the_leg,
    open_end,
    placed,
    segment,
    tells,
    with_no,
)
from hickam.intake.dialogue.meant import OKAY, QUESTIONS, Asked, Form, Meanings, Value, made_of, value_of
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
    untagged,
    without_wh,
)
from hickam.intake.dialogue.replies import Answer, Reply, read_reply
from hickam.intake.dialogue.retelling import Retelling
from hickam.intake.dialogue.spoken import DIGITS, MEASURED, Line, added, bare_text
from hickam.intake.dialogue.turns import DialogueTurn
from hickam.intake.scene import LEG
from hickam.intake.words import stem


def _own_first(question: Line, lines: list[Line]) -> list[Line]:
    """'Had a clot, or anyone close to you?' 'My mum. I haven't.': first what is said of the patient."""
    own = next((i for i, line in enumerate(lines[:3]) if i and NOT_ME.match(bare_text(line))), 0)
    return [lines[own], *lines[:own], *lines[own + 1 :]] if own and of_you(question, lines[own]) != question else lines


def _with_doses(lines: list[Line], names_drug: Callable[[Line], bool]) -> list[Line]:
    """'Just the fluoxetine. Twenty.': the figure right after the name is its dose."""
    out: list[Line] = []
    for line in lines:
        figure = len(line) <= 2 and (line[0].bare[:1].isdigit() or line[0].bare in DIGITS)
        if out and figure and names_drug(out[-1][-1:]) and (len(line) == 1 or line[1].bare in MEASURED):
            out[-1] = (*open_end(out[-1]), *line)
        else:
            out.append(line)
    return out


def _firm(lines: list[Line]) -> list[Line]:
    """'I don't think so. No.': the firm answer counts."""
    if len(lines) > 1 and read_reply(lines[0]).answer in ("", "doubtful"):
        text = bare_text(lines[0])
        firm = read_reply(lines[1])
        if firm.answer in ("yes", "no") and not firm.rest and aw.UNSURE.match(text):
            return lines[1:]
    return lines


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

    def tell(self, turn: DialogueTurn, asked: tuple[Line, ...], lines: list[Line]) -> list[Line]:
        """Tell the question with its answer; returns the lines still to be told."""
        lines = _firm(_own_first(asked[-1], _with_doses(lines, self.names_drug)))
        asked = tuple(of_you(line, lines[0]) for line in asked)
        question = asked[-1]
        text = bare_text(question)
        reply = read_reply(lines[0])
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
            says = aw.OFTEN.match(bare_text(lines[0])) or aw.SIDED.match(bare_text(lines[0]))
            return self._told_wh(text, question, lines if says else rest, reply.answer)
        if aw.BOTH.match(bare_text(segment(lines[0]))) and (text.endswith("or both") or aw.ONE.search(text)):
            noun = () if text.endswith("or both") else tuple(w for w in question if stem(w.bare) in LEG)
            self.out.say((*added("both"), *noun) if noun else added("both legs"), "affirmed", (*question, *lines[0]))
            return rest
        if rest and len(asked) == 1 and (facts := one_of(question, rest[0]) or one_place(question, rest[0])):
            for told, known in facts:
                self.out.say(told, known, rest[0])
            return rest[1:]
        return self._yes_or_no(asked, text, lines, rest, reply)

    def _particular(self, asked: tuple[Line, ...], text: str, lines: list[Line], rest: list[Line]) -> list[Line] | None:
        """Answers that say more than yes or no: item by item, who else has it, what helps. None for any other."""
        question = asked[-1]
        if aw.SMOKING.search(text) and any(aw.QUIT.search(bare_text(line)) for line in lines[:3]):
            self.out.say(added("I don't smoke now, I gave up smoking"), None, (*question, *lines[0]))
            return [line for line in lines if not aw.QUIT.search(bare_text(line))]
        if (
            aw.SMOKING.search(text)
            and aw.CUTTING.search(" ".join(map(bare_text, lines)))
            and not read_reply(lines[0]).answer
        ):
            self.out.say(added("I smoke"), "affirmed", (*question, *lines[0]))
            return lines
        if aw.BOTH_ASKED.match(text) and (
            bare_text(lines[0]).startswith("both") or read_reply(lines[0]).answer == "yes"
        ):
            self.out.say(added("both legs"), "affirmed", (*question, *lines[0]))
        if aw.HARM.search(text) and bare_text(lines[0]).startswith(
            ("not now", "not any", "not lately", "used to", "i used")
        ):
            self.out.say(as_statement(question), "doubtful", lines[0])
            return rest
        for kin in filter(None, (of_kin(question, line) for line in lines)):
            self.out.say(kin)
        if items := itemised(asked, lines):
            for item, known, said in items:
                self.out.say(told_item(item, known), known, said)
                self._mean((item,), value_of("yes" if known == "affirmed" else "no", said), said)
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
            answer = "no"
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
            self.out.say((*open_end(as_statement(question)), *first), "affirmed", first)
            return rest[1:]
        if answer == "yes":
            self._affirmed(asked, said, whole=reply.whole)
            return rest
        return self._elliptical(question, text, rest)

    def _goes_on(self, question: Line, text: str, first: Line, answer: str) -> bool:
        """Whether an answer without a verb goes on with the question: 'any numbness?' 'on top of my foot, yes'."""
        words = bare_text(first)
        if VERB.search(words) or is_list((question,)):
            return False
        if not answer and aw.COUNTED.match(words) and not self.names_drug(first) and ASKS.match(text):
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
        return tuple(one for line in wholes for one in self.meanings.asked(of_the_leg(as_statement(self._whom(line)))))

    def _whom(self, line: Line) -> Line:
        """'Do they burn?': what was named last."""
        if not any(w.bare == "they" for w in line):
            return line
        plural = (w for w in reversed(self.out.words[-30:]) if stem(w.bare) in LEG and w.bare[-1:] in "st")
        noun = next(plural, None)
        return tuple(w._replace(text=noun.bare) if noun and w.bare == "they" else w for w in line)

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

    def _told_wh(self, text: str, question: Line, lines: list[Line], answer: str) -> list[Line]:
        """Answers to 'how long', 'where', 'which tablets': a fragment is joined to what was asked."""
        if MEDICINES.search(text) and (answer == "no" or not lines):
            if asks_all_medicines(text):
                self.out.say(added("I take no medicines."), None, question)
            return lines
        if answer == "no" and aw.DRINKS.search(text):
            self.out.say(added("no alcohol."), None, question)
        if not lines:
            return lines
        first, rest = in_time(lines[0]), lines[1:]
        words = bare_text(first)
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
            since = added("for") if lasting and not aw.SINCE.match(words) else ()
            asks_often = re.search(r"\bhow often\b", text) is not None
            lead = added("it bothers me") if asks_often else open_end(without_wh(question))
            self.out.say((*lead, *since, *first))
        elif re.search(r"\b(?:where|where's|which)\b", text) and not self.names_drug(first):
            noun = () if any(stem(w.bare) in LEG for w in first) else without_wh(question)
            noun = noun if any(stem(w.bare) in LEG for w in noun) else self._named_before(words)
            self.out.say((*added("pain" if aw.BODY.match(words) else "pain in"), *open_end(first), *noun))
        elif re.search(r"\b(?:mood|sleep\w*|appetite|balance)\b", text):
            self.out.say((*open_end(without_wh(question)), *first))
        elif MEDICINES.search(text) or self.names_drug(first) or aw.NAMES.search(text):
            self.out.say((*added("I take"), *first))
        else:
            self.out.say(placed(first))
        return rest

    def _named_before(self, words: str) -> Line:
        """'Which side?' 'Left.': of what was named last, or of the leg."""
        if not aw.SIDED.match(words):
            return ()
        return next(((w,) for w in reversed(self.out.words[-16:]) if stem(w.bare) in LEG), added("leg"))

    def _elliptical(self, question: Line, text: str, rest: list[Line]) -> list[Line]:
        """Answers without yes or no: 'Paracetamol', 'gave up in ninety-eight', 'same'."""
        if not rest:
            return rest
        first = rest[0] = at_toilet(rest[0], text)
        words = bare_text(first)
        kin = next((w for w in first[:2] if stem(w.bare) in cues.FAMILY), None)
        if kin and not is_list((question,)) and re.search(r"\b(?:family|anyone|anybody|parents|relatives)\b", text):
            self._mean((question,), "yes", first)
            self.out.say(as_statement(question), "affirmed", first)
            return rest
        if words in ("same", "the same", "just the same", "same thing", "same there") and aw.OTHER_SIDE.search(text):
            self.out.say(added("both legs the same"), "affirmed", (*question, *first))
            return rest[1:]
        noun = next((w for w in reversed(question) if stem(w.bare) in LEG), None)
        if noun and aw.SIDED.match(words) and (signs := sided(question, first)) and self.findings_in(signs):
            self.out.say(signs, "affirmed", first)
            return rest[1:]
        if noun and aw.SIDED.match(words):
            self.out.say((*added("pain in"), *open_end(first), noun))
            return rest[1:]
        if aw.NOUN.match(text) and not VERB.search(words):
            self.out.say((*open_end(as_statement(question)), *first))
            return rest[1:]
        if not VERB.search(words) and len(first) <= 5 and any(SEEN.match(w.bare) for w in first):
            self.out.say((*added("the leg is"), *first))
            return rest[1:]
        if MEDICINES.search(text) and not VERB.search(words):
            self.out.say((*added("I take"), *first))
            return rest[1:]
        return rest
