"""What the first words of a reply answer: yes, no, doubtful, or nothing by themselves.

'Uh-huh' is a yes only as a reply. 'Not really' and 'I think so' are doubtful: they are asked again, never counted.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from hickam.intake.dialogue.spoken import Line, bare_text
from hickam.intake.words import listed

Answer = Literal["yes", "no", "doubtful", ""]
SOFT = re.compile(
    r"^(?:well|actually|honestly|so|god|goodness|look|i mean|i'd say|i would say|to be honest|"
    r"(?:she|he|they|the carer|the nurse|mum|dad)(?:'s)? (?:says?|saying|said)(?: that)?|and|but)\b\s*"
)
DOUBT = re.compile(
    r"^(?:i wouldn't say (?:so|that)|not really|not exactly|not quite|not much|not sure|"
    r"(?:i'm|i am) not (?:really )?(?:sure|certain)|maybe|perhaps"
    r"|possibly|i (?:don't|do not) (?:really )?(?:know|think so|remember)|i (?:couldn't|could not|can't) (?:say|"
    r"tell)|"
    r"couldn't say|don't know|hard to (?:say|tell)|i (?:think|suppose|guess) so|i wouldn't know|hmm|"
    r"difficult to say)\b"
)
YES = re.compile(
    r"^(?:yes|yeah|yep|yup|aye|uh-huh|uh huh|mm-hmm|mm hmm|mhm|mm-hm|mmhmm|m-hm|definitely|absolutely|certainly|"
    r"correct|"
    r"exactly|of course|that's right|that's correct|that is right|i'm afraid so|very much(?: so)?)(?:'s)?(?![\w-])"
)
YES_ALONE = re.compile(
    r"^(?:(?:i|it|they|he|she|we|there) (?:do|does|did|am|is|are|have|has|had|was|were|can)"
    r"(?: (?:now|too|sometimes|rather|indeed|a bit|at times|actually|as well|these days))?|right|sure|always|"
    r"both(?: of (?:them|those))?|very|sometimes|often|occasionally|now and then|now and again|most days|most nights|"
    r"a (?:bit|little|touch|fair bit|good deal)|slightly|sort of|kind of|some|pretty much|all the time|every time|"
    r"all of (?:them|those)|(?:that|those|them|him|her|me|it) (?:as well|too)|slowly|gradually|bit by bit|"
    r"quite a (?:bit|"
    r"lot)|rather|somewhat|from time to time|at times|every so often|once in a while|on occasion|mostly|usually|"
    r"regularly|just about|all over|everywhere|most of the time|on and off|off and on|more and more|day and night)"
    r"(?: (?:really|actually|i'd say|i suppose|honestly))?$"
)
GRAPHIC = re.compile(
    r"^(?:(?:loads|lots|plenty|tons|masses|a lot)(?! (?:better|less|easier|fewer))|terribl[ey]|dreadful(?:ly)?|"
    r"awful(?:ly)?|bit of a|constantly|instantly|immediately|straight ?away|you bet|too right|tell me about it|"
    r"i'll say|for my sins|afraid so|that's (?:the worst|when)\b|i'd be lying if|every (?:single )?(?:time|day|night|"
    r"morning|evening|week|one)|"
    r"the odd (?:one|time|day|night)|once or twice|more often than not|banging|splitting|thumping|pouring|"
    r"shocking(?:ly)?|"
    r"(?:only|just|mainly|mostly|usually) (?:when|if|after|during|sometimes|first thing)\b|"
    r"like (?:(?:a|an|the|my)\b|(?!what$|hell$)\w+$))"
)
"""'Is the skin dry?' 'Like sandpaper.': a yes that also says how; its words are read as well."""
HAD = re.compile(
    r"^(?!.*\b(?:clear|normal|fine|okay|checked|tested|negative|gone|ruled out|nothing|none)\b)"
    r"(?:(?:there's|there are|there is|i've got|he's got|she's got) (?:one|a few|a couple|two|three|some|several)\b|"
    r"(?:i(?:'ve)? )?(?:(?:always|already|only|just) )?(?:had|got|have|get|suffer (?:with|from)) "
    r"(?:it|that|them|those|one|some)\b|"
    r"(?:it's|it is|it has|they're|they are) (?:been )?(?:coming|getting|starting|spreading|everywhere|all over|"
    r"worse|mostly|mainly|both|(?:just |only )?(?:in|on|round|when)\b))"
)
"""'Any diabetes?' 'Had it for years.'; 'any sores?' 'There's one on my heel.'"""
TREATED = re.compile(
    r"^(?!.*(?:\b(?:no|not|never|nothing|none|stopped)\b|n't\b))"
    r".*\b(?:put me on|take|taking|tablets?|pills?|treated|injections?|jabs?|inhaler|operation)\b.* "
    r"for (?:it|that|them)\b"
)
"""'They gave me a tablet for it', but not 'no, I don't take anything for it'."""
NO = re.compile(
    r"^(?:no|nope|nah|uh-uh|nuh-uh|never|none|nothing|neither|nil|not at all|"
    r"not that (?:i|you|we|he|she|anybody|anyone)(?:'s|'ve)?\b.*|"
    r"no(?:(?: and| or)? no)+|neither no|never (?:in my life|once|ever)|(?:i've |i )?cut (?:it|them) (?:right )?out|"
    r"no (?:chance|way)|not a chance|(?:definitely|certainly|absolutely) not|"
    r"none of (?:that|those|"
    r"them|these)|nothing like that|i never(?: \w+)?|not (?:very |so |too )?(?:well|properly|far)|"
    r"never (?:have|had|did|do|does|has|been|was)|"
    r"not (?:me|one|a (?:bit|wink|thing|one|trace|hint)(?: of it)?|so far|now|lately|recently|any ?more|especially|"
    r"particularly|noticeably|normally|as a rule|yet|these days|(?:for|in) (?:years|ages|months|a long time)|ever|"
    r"to my knowledge|as far as i know)|"
    r"no(?:ne|thing)? (?:that i|so far|to speak of|out of the ordinary|unusual|more than)\b.*|"
    r"(?:it )?makes no (?:difference|"
    r"odds)|no different|(?:i )?(?:don't|never) (?:touch|drink|smoke|use)(?: (?:it|them|any|those|that|"
    r"the stuff|at all))?|"
    r"can't say (?:i|it|he|she|that)\b.*|(?:i|he|she|it|they) (?:never|haven't|hasn't) (?:had|have|has|did|"
    r"does|do|got|been|"
    r"noticed)(?: (?:any|one|it|that))?(?: (?:since|for|in) .*)?|"
    r"(?:i|he|she|it|they) (?:don't|doesn't|didn't|am not|isn't|aren't|haven't|"
    r"hasn't|hadn't|wasn't|weren't|can't|never)|"
    r"(?:we|there) (?:don't|doesn't|didn't|isn't|aren't|haven't|hasn't|hadn't|wasn't|weren't|can't))$"
)
NO_FIRST = re.compile(r"^(?:no|nope|nah|uh-uh|nuh-uh)(?![\w-])")
GOES_ON = frozenset(
    listed("""
        i i'm i've it it's he he's she she's they there there's no not nothing none never my the just only that that's
        we neither to thank thanks doctor at actually sorry wait sir miss madam love mate nurse
    """)
)
EMPTY = re.compile(
    r"^(?:(?:no|none|nothing|not|never|neither)?\s*(?:of|to)?\s*(?:all of )?(?:that|those|these|them|like that|"
    r"at all|"
    r"really|thank you|thanks|doctor|nurse|sir|that i(?:'ve)? \w+(?: of)?|that's (?:it|all|the lot)|not at all|"
    r"nothing|none|"
    r"no|yes|yeah|right|please|either|me|ever|never|once|to my knowledge|i \w+n't|it \w+n't|i (?:do|am|have|did)|"
    r"it (?:does|is|has|did)|"
    r"they (?:do|are|don't)|i don't think so|not that|fine|okay|ok|sort of|a (?:bit|little)|sometimes)\s*)+$"
)


USED = re.compile(
    r"^(?:(?:i|it|he|she|they) )?used to\b(?: (?:be|do|have|get)| years ago| once| as a (?:child|boy|girl)|$)*$"
)
"""'Any back pain?' 'Used to.': not now."""
AS_EVER = re.compile(
    r"\b(?:no (?:more|worse|different)|not any (?:more|worse)) than (?:usual|normal|ever|anyone|most|before)\b"
)
"""'Stiff in the mornings?' 'A minute or two, no more than usual.'"""
ALL_NO = re.compile(
    r"^(?:no (?:and )?){2,}|^no to (?:all|both|any)\b|^(?:no )?(?:none|neither) of (?:those|them|that|the above)\b|"
    r"^no (?:on )?all\b"
)
"""Denies every question before it: 'no to all three', 'no, no and no', 'none of those'."""
WHILE = frozenset(["while", "when", "if", "whenever"])
"""'While I'm walking, yeah.': only a condition of the yes."""
SURE = frozenset(["yes", "yeah", "yep"])


def _set_off(line: Line, i: int) -> bool:
    """Whether a yes stands apart inside a sentence: 'but yes, on the stairs', 'same place, yeah, it's gone dead'."""
    return line[i - 1].bare == "but" or (line[i - 1].text[-1] == "," and line[i].text[-1] == ",")


class Reply(NamedTuple):
    """``answer`` to the question; ``rest``: the first sentence's words beyond it, where they say something;
    ``whole``: yes to every part ('both', 'all of them')."""

    answer: Answer
    rest: Line
    whole: bool = False


def read_reply(line: Line) -> Reply:
    """What a reply's first sentence answers."""
    at = 0
    text = _from(line, at)
    while (soft := SOFT.match(text)) and len(soft[0].split()) < len(text.split()):
        at += len(soft[0].split())
        text = _from(line, at)
    if doubt := DOUBT.match(text):
        return Reply("doubtful", _rest(line, at + len(doubt[0].split())))
    if yes := YES.match(text):
        return Reply("yes", _rest(line, at + len(yes[0].split())))
    if GRAPHIC.match(text) or HAD.match(text) or TREATED.match(text):
        return Reply("yes", line[at:])
    segment = _from(line, at, _segment(line, at))
    if segment.startswith("not since "):  # 'not since last night' also says since when
        return Reply("no", line[at + 1 :])
    if YES_ALONE.match(segment):
        return Reply("yes", _rest(line, _segment(line, at)), segment.startswith(("both", "all")))
    if NO.match(segment):
        return Reply("no", _rest(line, _segment(line, at)))
    if NO_FIRST.match(text):
        cut = line[at].text[-1] in ",.;!" or (len(line) > at + 1 and line[at + 1].bare in GOES_ON)
        if cut:
            return Reply("no", _rest(line, at + 1))
    if AS_EVER.search(text):
        return Reply("no", ())
    if USED.match(text):
        return Reply("no", _rest(line, len(line)))
    if len(line) > at + 1 and (line[-2].bare, line[-1].bare) == ("but", "no"):  # 'I did think so, but no'
        return Reply("no", ())
    later = next((i for i in range(at + 1, len(line) - 1) if line[i].bare in SURE and _set_off(line, i)), 0)
    if later:  # 'I wasn't going to say, but yes, on the stairs'
        return Reply("yes", _rest(line, later + 1))
    last = line[-1].bare
    ends = len(line) > 1 and line[-2].text.endswith(",")
    if ends and last in ("yes", "yeah", "yep", "no", "nope"):
        rest = () if line[at].bare in WHILE else line[at:-1]
        return Reply("no" if last in ("no", "nope") else "yes", rest)
    return Reply("", line[at:] if at else line)


def _from(line: Line, at: int, to: int | None = None) -> str:
    return bare_text(line[at:to])


def _segment(line: Line, at: int) -> int:
    """The end of the words up to the first comma or stop."""
    return next((i + 1 for i in range(at, len(line)) if line[i].text[-1] in ",.;!?"), len(line))


def _rest(line: Line, at: int) -> Line:
    rest = line[at:]
    return () if not rest or EMPTY.match(_from(rest, 0)) else rest
