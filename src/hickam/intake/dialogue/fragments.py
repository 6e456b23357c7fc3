"""Answers of a few words that say something only together with their question: 'and if you stop?' 'Goes off.'."""

from __future__ import annotations

import re

from hickam.intake.dialogue.lines import VERB, parts_of
from hickam.intake.dialogue.questions import as_statement, is_list
from hickam.intake.dialogue.replies import read_reply
from hickam.intake.dialogue.spoken import Line, added
from hickam.intake.marks import Known
from hickam.intake.scene import LEG
from hickam.intake.words import listed, stem

LEADS = frozenset(listed("and so what how but about then"))
OWNERS = frozenset(listed("the your his her"))
WHEN = re.compile(
    r"^(?:(?:and|so|what|how|but|about|then) )*(?:(?:when|if) (?:you|it|he|she|they)(?: [\w']+){1,5}|"
    r"(?:with|on|after|leaning|pushing|sitting|standing|walking|lying|bending|stretching|rubbing|resting|cycling|climbing|"
    r"going)\b(?: [\w']+){0,5})$"
)
RESTS = re.compile(r"\b(?:stop|rest|pause|slow down)\b")
EASED = re.compile(
    r"^(?:(?:then|that|it|it's|that's|they|they're|she's|he's|i'm|now|well|pretty much|straight away) )*"
    r"(?:goes (?:off|away)|wears off|eas(?:es|ier)(?: off)?|settles?|lets? go|fine|better|all right|"
    r"shifts it|sorts it|disappears|passes|no (?:trouble|bother|problem)|helps|"
    r"(?:gone|goes|stops)(?=$| (?:in|after|within|straight|right|almost|pretty|very|soon|then|quickly|completely|again|"
    r"hurting|aching|cramping)\b))\b"
)
"""'Goes', 'gone in a minute'; but what goes on, goes numb or stops me sleeping is not eased."""
SAME = re.compile(
    r"\b(?:doesn't (?:touch|help|do anything|make)|no different|makes no (?:difference|odds)|no (?:better|good|help)|"
    r"(?:just|still) the same|still there)\b"
)
WELL = re.compile(r"\b(?:fine|okay|ok|all right|alright|normal|not|nothing|don't|doesn't|never|no)\b")
PLACES = re.compile(r"\b(?:in|on|at|of) ((?:the |your )?\w+ or (?:the |your )?\w+)$")


def _bare(line: Line) -> str:
    return " ".join(w.bare for w in line)


def eased(question: Line, first: Line) -> Line:
    """'And if you stop?' 'Goes off.': it eases with rest; 'with a trolley?' 'Doesn't touch it.': it does not."""
    words = _bare(first)
    unchanged = SAME.search(words) is not None
    if not WHEN.match(_bare(question)) or not (unchanged or EASED.match(words)):
        return ()
    lead = added("it does not ease" if unchanged else "it eases")
    if RESTS.search(_bare(question)):
        return (*lead, *added("with rest"))
    at = next((i for i, w in enumerate(question) if w.bare not in LEADS), 0)
    return (*lead, *as_statement(question[at:]))


def place_asked(question: Line, first: Line) -> Line:
    """'And the feet?' 'The feet as well.': pain in the feet."""
    place = tuple(w for w in question if w.bare not in LEADS | OWNERS)
    named = bool(place) and all(stem(w.bare) in LEG for w in place)
    return (*added("pain in"), *place) if named and not WELL.search(_bare(first)) else ()


def one_of(question: Line, first: Line) -> list[tuple[Line, Known]]:
    """'Blood pressure, cholesterol, diabetes?' 'Just the cholesterol.': that one, and none of the others."""
    chosen = first[1:]
    only = len(first) > 1 and first[0].bare in ("just", "only")
    if not only or not is_list((question,)) or VERB.search(_bare(chosen)):
        return []
    items = parts_of(question)
    named = {stem(w.bare) for w in chosen} - {stem("the")}
    meant = [item for item in items if named & {stem(w.bare) for w in item}]
    if len(meant) != 1:
        return []
    return [
        ((*added("I have"), *item), "affirmed") if item is meant[0] else ((*added("no"), *item), "denied")
        for item in items
    ]


def one_place(question: Line, first: Line) -> list[tuple[Line, Known]]:
    """'Tingling in your hands or feet?' 'Feet.': tingling in the feet."""
    text = _bare(question)
    places = PLACES.search(text)
    if places is None or len(first) > 3 or read_reply(first).answer:
        return []
    if not {stem(w.bare) for w in first} & {stem(word) for word in places[1].split()}:
        return []
    keep = len(text[: places.start(1)].split())
    lead = as_statement(question[:keep])
    return [((*lead[:-1], lead[-1]._replace(text=lead[-1].text.rstrip(".")), *first), "affirmed")]
