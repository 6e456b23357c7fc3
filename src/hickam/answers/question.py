"""What is asked: the kind of a question, what it names, and what it takes over from the question before it."""

from __future__ import annotations

import re
from typing import Protocol

import msgspec

from hickam.answers.entities import Named, Names, Parts
from hickam.answers.kinds import MASKS, UNCOVERED, without_names
from hickam.answers.shorthand import written_out
from hickam.answers.words import IDLE, WORD, word_set, words

ITEM_KINDS: dict[str, tuple[str, ...]] = {
    "rule_out": ("conditions", "tests"),
    "compare": ("conditions",),
    "accuracy": ("tests", "findings"),
    "evidence": ("treatments", "drugs"),
    "harms": ("treatments", "drugs", "conditions"),
    "can_take": ("treatments", "drugs"),
    "interaction": ("drugs", "treatments"),
    "action": ("drugs", "treatments"),
    "dose": ("treatments", "drugs"),
    "how_to": ("treatments", "tests", "findings"),
    "drug_cause": ("drugs", "treatments"),
    "who": ("conditions", "clinicians"),
    "urgency": ("conditions",),
    "frequency": ("conditions",),
    "risks": ("conditions",),
    "symptoms": ("conditions", "findings"),
    "workup": ("tests", "conditions"),
    "prevention": ("conditions", "treatments"),
    "avoid": ("conditions",),
    "treatment": ("conditions",),
    "follow_up": ("conditions",),
    "causes": ("conditions", "drugs"),
    "meaning": ("conditions", "tests", "findings", "treatments", "drugs", "clinicians"),
    "likelihood": ("conditions",),
    "why": ("conditions",),
    "pitfall": ("conditions", "tests", "drugs"),
    "worth": ("tests", "conditions"),
    "monitor": ("drugs", "treatments"),
    "mechanism": ("drugs", "treatments", "conditions"),
}
"""Kinds about an item of the pack: which folders hold it, best first."""

OF_MEDICINES = frozenset(["can_take", "harms", "interaction", "action", "drug_cause", "dose", "evidence", "monitor"])
"""Kinds that ask about a medicine or a treatment."""
_LEAD = re.compile(r"^(and|but|so|ok|okay|then|also|yes|what about|how about|and what about)\b[ ,]*", re.I)
_REFERS = re.compile(r"\b(it|its|that|this|these|those|them|they)\b", re.I)
_INSTEAD = re.compile(r"\b(instead|else|alternatives?|other (options?|treatments?|things?|ways?|medicines?))\b", re.I)
"""After a medicine: what there is beside it."""
LEAST = 0.18
"""Least score of a kind; a question none fits is answered by search alone."""
SURE = 0.45
"""Score from which a brief follow-up is of a kind of its own, and not of the kind before."""
BRIEF = 6
"""Words of a follow-up that may leave out its subject."""
EXPOSED = 0.7
"""How strongly a risk factor or a drug hints at the condition that only people with it have."""
SUBJECTS = 2
"""Subjects of the question before whose names are sought with a follow-up."""
COMPLAINT = word_set("""
    leg cramp cramping calf muscle night nocturnal pain painful ache sore spasm foot thigh lower limb patient case
    people person man woman lady
""")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question as understood.

    ``targets``: items it is about, best first. ``others``: further items named (what it is to be judged with).
    ``residue``: its words that neither name an item nor make the kind nor stand for the complaint. ``scores``: how
    well each kind fits. ``wide``: about the complaint as a whole, no condition is named but by the complaint's own
    words. ``changed``: for 'what if', the words of the change. ``plain``: the text with its shorthand written out;
    ``sought``: the same and, where its subject is that of the question before, the subject's name.
    ``hints``: items that parts of their names hint at, up to 1. ``fields``: how far each field of the pack would
    answer. ``examined``: a sign or a test's result is named. ``topic``, ``nearer``: signs that it is about what the
    pack is about.
    """

    text: str
    kind: str
    plain: str = ""
    sought: str = ""
    hints: dict[str, float] = {}
    targets: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    residue: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    scores: dict[str, float] = {}
    fields: dict[str, float] = {}
    topic: float = 0.0
    nearer: float = 0.0
    changed: str = ""
    carried: bool = False
    examined: bool = False
    wide: bool = False


class Reading(Protocol):
    """What a question is read with."""

    @property
    def names(self) -> Names:
        """Names of the pack's items."""

    @property
    def parts(self) -> Parts:
        """Words of names."""

    @property
    def cues(self) -> frozenset[str]:
        """Words that only ask."""

    def called(self, item: str) -> str:
        """The name of an item of the pack, or of what the 'pack' itself is about."""

    def kinds(self, masked: str, folders: frozenset[str]) -> tuple[dict[str, float], dict[str, float]]:
        """Kinds, and fields of the pack, and how well they fit the question with its names masked; best first."""

    def told(self, plain: str) -> tuple[str, ...]:
        """Findings that the question tells of, read as a story is."""

    def exposed(self, item: str) -> tuple[str, ...]:
        """Conditions that nobody has without this risk factor or drug: 'findings/pregnant' is cramps of pregnancy."""

    def scope(self, plain: str) -> tuple[float, float]:
        """Signs that the question, with its names, is about what the pack is about."""


def understand(text: str, reading: Reading, before: Question | None = None, *, has_case: bool = False) -> Question:
    """The question. ``before`` is the last one of the conversation; a short follow-up takes its kind or its subject."""
    plain = reading.parts.mended(written_out(text, reading.names.things))
    asked = words(plain)
    named = reading.names.find(asked)
    if before is not None and _instead(plain, named, before):
        ill = next((i for i in (*before.targets, *before.others) if i.startswith("conditions/")), "pack")
        return msgspec.structs.replace(understand(f"How is {reading.called(ill)} treated?", reading), text=text)
    subject = _subject(plain, named, before)
    scores, fields = _scores(plain, named, reading, subject)
    question = _with_items(text, _settled(plain, scores, named, subject, has_case), asked, named, reading)
    hints = reading.parts.hints(asked)
    question = msgspec.structs.replace(question, plain=plain, scores=scores, fields=fields, hints=hints)
    question = _as_story_tells(question, reading)
    question = _carried(question, named, before) if before is not None else question
    subjects = [reading.called(item) for item in question.targets[:SUBJECTS]] if question.carried else []
    sought = " ".join([plain, *subjects])
    topic, nearer = reading.scope(sought)
    return msgspec.structs.replace(question, sought=sought, topic=topic, nearer=nearer)


def _as_story_tells(question: Question, reading: Reading) -> Question:
    """With what intake reads in it and names do not say ('7 months gone'), and what only exposed people have."""
    known = {*question.targets, *question.others}
    told = tuple(item for item in reading.told(question.plain) if item not in known)
    others = (*question.others, *told)
    hints = dict(question.hints)
    for item in (*question.targets, *others):
        for condition in reading.exposed(item):
            if condition not in known:
                hints[condition] = max(hints.get(condition, 0.0), EXPOSED)
    examined = any(item in reading.names.examined for item in (*question.targets, *others))
    return msgspec.structs.replace(question, others=others, hints=hints, examined=examined)


def _instead(text: str, named: list[Named], before: Question) -> bool:
    """'What else can I try?' after a question about a medicine, which it is not about."""
    things = any(not n.item.startswith("findings/") for n in named)
    return not things and before.kind in OF_MEDICINES and _INSTEAD.search(text) is not None


def _subject(text: str, named: list[Named], before: Question | None) -> str:
    """Folder of what 'it' stands for: what the question before was about, where this one names no other thing."""
    known = (*before.targets, *before.others) if before is not None and _REFERS.search(text) else ()
    if any(not n.item.startswith("findings/") for n in named):
        return ""
    folders = [folder for folder in (item.partition("/")[0] for item in known) if folder in MASKS]
    return "conditions" if "conditions" in folders and folders[0] == "tests" else next(iter(folders), "")


def _scores(text: str, named: list[Named], reading: Reading, subject: str) -> tuple[dict[str, float], dict[str, float]]:
    """How well each kind and field fits; where a story is told beside a question, the question alone. 'How is it
    treated?' is read with what the question before was about in the place of 'it'."""
    spans = _spans(text, named, reading.names.own)
    masked, folders = _asking(without_names(text, spans)), {folder for _, _, folder in spans}
    if subject and _REFERS.search(masked):
        masked, folders = _REFERS.sub(MASKS[subject], masked, count=1), folders | {subject}
    return reading.kinds(masked, frozenset(folders))


def _asking(text: str) -> str:
    """Its sentences with a question mark, if it has others beside them."""
    asked = [part for part in re.split(r"(?<=[.?!;])\s+", text.strip()) if part.endswith("?")]
    return " ".join(asked) or text


def _spans(text: str, named: list[Named], own: frozenset[str] = frozenset()) -> list[tuple[int, int, str]]:
    """Characters that name something, with the folder that its mask is taken from; signs where nothing else stands."""
    at = [match.span() for match in WORD.finditer(text.lower().replace("’", "'").replace("-", " "))]
    folders: dict[tuple[int, int], set[str]] = {}
    taken: set[int] = set()
    for n in named:  # things come before signs
        taken_before = (n.start, n.end) not in folders and taken & {*range(n.start, n.end)}
        if n.item.startswith("findings/") and (n.item not in own or taken_before):
            continue
        folders.setdefault((n.start, n.end), set()).add(n.item.split("/")[0])
        taken |= {*range(n.start, n.end)}
    best = {span: next(f for f in MASKS if f in of) for span, of in sorted(folders.items())}
    return [(at[start][0], at[end - 1][1], folder) for (start, end), folder in best.items()]


def _settled(text: str, scores: dict[str, float], named: list[Named], subject: str, has_case: bool) -> str:
    """The kind that fits best among those that what is named allows; 'general' where none fits."""
    things = [n for n in named if not n.item.startswith("findings/")]
    kinds = [kind for kind, score in scores.items() if score >= LEAST and kind != UNCOVERED]
    if _apart(things) and (not kinds or {"interaction", "can_take"} & set(kinds[:3])):
        return "interaction"
    if _INSTEAD.search(text) and any(n.item.startswith(("treatments/", "drugs/")) for n in things):
        return "treatment"
    cramp = re.search(r"\bcramps?\b", text.lower()) is not None
    return next((kind for kind in kinds if _allowed(kind, named, subject, cramp=cramp, has_case=has_case)), "general")


def _allowed(kind: str, named: list[Named], subject: str, *, cramp: bool, has_case: bool) -> bool:
    """Whether a question that names this, or whose 'it' stands for such a subject, can be of the kind."""
    folders = {*(n.item.split("/")[0] for n in named), subject}
    conditions = {(n.start, n.end) for n in named if n.item.startswith("conditions/")}
    pharmacy = bool(folders & {"treatments", "drugs"})
    match kind:
        case "compare":
            return len(conditions) >= (1 if cramp else 2)
        case _ if kind in OF_MEDICINES:
            return pharmacy
        case "accuracy":
            return bool(folders & {"tests", "findings"})
        case "likelihood":
            return (bool(conditions) and has_case) or not (conditions or pharmacy)
        case "why" | "what_if" | "next_step" | "my_drugs":
            return has_case
    return True


def _apart(things: list[Named]) -> bool:
    """Whether two different drugs stand at two different places: 'NSAID plus warfarin', not 'quinine' said twice."""
    at: dict[tuple[int, int], set[str]] = {}
    for n in things:
        if n.item.startswith("drugs/"):
            at.setdefault((n.start, n.end), set()).add(n.item)
    groups = list(at.values())
    return any(not a & b for i, a in enumerate(groups) for b in groups[i + 1 :])


def _with_items(text: str, kind: str, asked: list[str], named: list[Named], reading: Reading) -> Question:
    wanted = ITEM_KINDS.get(kind, ("conditions", "treatments", "drugs", "tests", "findings", "clinicians"))
    about = _beside_complaint(named)
    ordered = [n.item for folder in wanted for n in about if n.item.startswith(folder + "/")]
    targets = tuple(dict.fromkeys(ordered))
    if any(not item.startswith("findings/") for item in targets):  # 'the ABI in a diabetic' is about the ABI
        targets = tuple(i for i in targets if not i.startswith("findings/") or i in reading.names.examined)
    others = tuple(dict.fromkeys(n.item for n in named if n.item not in targets))
    inside = {
        i for n in named if n.item in targets or not n.item.startswith("findings/") for i in range(n.start, n.end)
    }
    said = {i for n in named for i in range(n.start, n.end)}
    idle = IDLE | COMPLAINT | reading.cues
    left = [w for i, w in enumerate(asked) if i not in inside and w not in idle]
    strange = set(reading.names.unknown(left))
    unknown = tuple(w for i, w in enumerate(asked) if i not in said and w in strange)
    return Question(
        text=text,
        kind=kind,
        targets=targets,
        others=others,
        residue=tuple(w for w in left if len(w) > 1),
        unknown=unknown,
        changed=text if kind == "what_if" else "",
        wide=all(set(n.name.split()) <= COMPLAINT for n in named if n.item.startswith("conditions/")),
    )


def _beside_complaint(named: list[Named]) -> list[Named]:
    """What is named beside the complaint itself: 'does an aneurysm cause night cramps' is about the aneurysm."""
    conditions = [n for n in named if n.item.startswith("conditions/")]
    other = [n for n in conditions if not set(n.name.split()) <= COMPLAINT]
    return [n for n in named if n in other or n not in conditions] if other else named


def _carried(question: Question, named: list[Named], before: Question) -> Question:
    """'And in pregnancy?', 'how is it treated?', 'why?', 'what about stenosis?' filled in from the question before."""
    things = [n for n in named if not n.item.startswith("findings/")]
    other = _compared(question, things, before)
    if other:
        return msgspec.structs.replace(question, kind="compare", targets=other, carried=True)
    brief = len(words(question.plain)) <= BRIEF
    whole = _REFERS.search(question.plain) is not None and question.kind != "general"
    vague = not whole and (question.scores.get(question.kind, 0.0) < SURE or question.kind == "meaning")
    kind = before.kind if brief and vague and before.kind != "compare" else question.kind
    if not things:
        return _about(question, kind, before) if brief or _REFERS.search(question.plain) else question
    if not (brief and (vague or _LEAD.match(question.plain))):
        return question
    wanted = ITEM_KINDS.get(kind, ())
    items = tuple(n.item for folder in wanted for n in things if n.item.startswith(folder + "/"))
    if not items and before.targets:
        return _about(question, kind, before)
    return msgspec.structs.replace(question, kind=kind, targets=items or question.targets, carried=True)


def _compared(question: Question, things: list[Named], before: Question) -> tuple[str, ...]:
    """'How is it different from a fracture?': what was spoken of and the one illness named; () for other questions."""
    worded = next((kind for kind in question.scores if kind != UNCOVERED), "")
    ills = [n.item for n in things if n.item.startswith("conditions/")]
    earlier = [item for item in before.targets if item.startswith("conditions/") and item not in ills]
    if worded != "compare" or len(ills) != 1 or not earlier or not _REFERS.search(question.plain):
        return ()
    return (earlier[0], ills[0])


def _about(question: Question, kind: str, before: Question) -> Question:
    """The question with the subject of the one before."""
    question = msgspec.structs.replace(question, others=(*question.targets, *question.others))
    wanted = ITEM_KINDS.get(kind, ())
    known = (*before.targets, *before.others)
    items = tuple(i for folder in wanted for i in known if i.startswith(folder + "/")) or before.targets
    if kind == "evidence" and question.others:
        kind = "can_take"  # 'and in pregnancy?' after 'does it work?' asks about this patient
    if kind == "harms" and not any(i.startswith(("treatments/", "drugs/")) for i in items):
        kind = "urgency"
    if kind == "urgency" and items and items[0].startswith(("treatments/", "drugs/")):
        kind = "harms"
    return msgspec.structs.replace(question, kind=kind, targets=items, carried=True)
