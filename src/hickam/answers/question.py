"""What is asked: the kind of a question, what it names, and what it takes over from the question before it."""

from __future__ import annotations

import re

import msgspec

from hickam.answers.entities import Named, Names, mend
from hickam.answers.patterns import PATTERNS
from hickam.answers.words import SMALL, word_set, words

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
}
"""Kinds about an item of the pack: which folders hold it, best first."""

_LEAD = re.compile(r"^(and|but|so|ok|okay|then|also|yes|what about|how about|and what about)\b[ ,]*", re.I)
_REFERS = re.compile(r"\b(it|its|that|this|these|those|them|they)\b", re.I)
COMPLAINT = word_set("""
    leg cramp cramping calf muscle night nocturnal pain painful ache sore spasm foot thigh lower limb patient case
    people person man woman lady
""")
CUES = word_set("""
    cured happen measure matter someone raised useful
    cause common often rare likely likelihood probability chance sure rule exclude exclusion diagnosis diagnose
    treat treatment management manage therapy evidence trial rct work help effective symptom sign feature present
    presentation mean meaning define explain difference compare versus vs tell distinguish sensitivity specificity
    sensitive specific accuracy accurate reliable good test doctor specialist refer referral see urgent urgency soon
    red flag prevent prevention risk factor safe take use dose side effect harm danger dangerous serious worry next
    ask why support against suspect suspected suggest medicine drug tablet pill interaction stop check proportion
    prevalence incidence feel performance ratio odds number first line second option size done really exactly
    properly strongly kind which possible plausible differential wrong problem question information source ok
    warning give give know bring avoid avoided old older adult elderly mechanism typical clinical case criteria
    experience today now right behind thing high low rank far best look year week case surgeon specialist clinician
    happen go treat relevant known occur send sent indicated start keep wait blood bloods hospital seen alarm sore
    separate sort come say letter many few fewer share rate order need examine examination work up workup single
    investigation change most
""")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question as understood.

    ``targets``: items it is about, best first. ``others``: further items named (what it is to be judged with).
    ``residue``: its words that neither name an item nor make the kind nor stand for the complaint. ``changed``: for
    'what if', the words of the change.
    """

    text: str
    kind: str
    targets: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    residue: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    changed: str = ""
    carried: bool = False


def kinds_of(text: str) -> list[str]:
    """Every kind whose pattern fits, in order of precedence."""
    asked = " ".join(_LEAD.sub("", text.lower().replace("’", "'").strip()).split())
    whole = " ".join(text.lower().replace("’", "'").split())
    return list(dict.fromkeys(kind for kind, p in PATTERNS if p.search(whole if kind == "what_if" else asked)))


def understand(text: str, names: Names, before: Question | None = None, *, has_case: bool = False) -> Question:
    """The question. ``before`` is the last one of the conversation; a short follow-up takes its kind or its subject."""
    asked = mend(names, words(text))
    named = names.find(asked)
    kinds = kinds_of(text) or ["general"]
    kind = _settled(text, kinds, named, has_case)
    question = _with_items(text, kind, asked, named, names)
    return _carried(question, kinds, named, before) if before is not None else question


def _settled(text: str, kinds: list[str], named: list[Named], has_case: bool) -> str:
    """The first kind that what is named allows."""
    folders = {n.item.split("/")[0] for n in named}
    things = [n for n in named if not n.item.startswith("findings/")]
    said_cramp = re.search(r"\bcramps?\b", text.lower()) is not None
    pharmacy = folders & {"treatments", "drugs"}
    drugs = {n.item for n in things if n.item.startswith("drugs/")}
    if len(drugs) > 1 and _apart(things) and not set(kinds) & {"what_if", "compare", "dose", "sources", "evidence"}:
        return "interaction"
    for kind in kinds:
        if kind == "compare" and len({(n.start, n.end) for n in things}) < (1 if said_cramp else 2):
            continue
        if kind in ("evidence", "can_take", "harms", "action") and not pharmacy and kind != kinds[-1]:
            continue
        if kind == "drug_cause" and not pharmacy:
            return "causes"
        if kind == "harms" and not pharmacy and "urgency" in kinds:
            continue
        if kind in ("why", "likelihood", "next_step") and not has_case and kind != kinds[-1]:
            continue
        if kind == "accuracy" and not folders & {"tests", "findings"}:
            continue
        return kind
    return kinds[-1]


def _apart(things: list[Named]) -> bool:
    """Whether two different drugs stand at two different places: 'NSAID plus warfarin', not 'quinine' said twice."""
    at: dict[tuple[int, int], set[str]] = {}
    for n in things:
        if n.item.startswith("drugs/"):
            at.setdefault((n.start, n.end), set()).add(n.item)
    groups = list(at.values())
    return any(not a & b for i, a in enumerate(groups) for b in groups[i + 1 :])


def _with_items(text: str, kind: str, asked: list[str], named: list[Named], names: Names) -> Question:
    wanted = ITEM_KINDS.get(kind, ("conditions", "treatments", "drugs", "tests", "findings", "clinicians"))
    ordered = [n.item for folder in wanted for n in named if n.item.startswith(folder + "/")]
    targets = tuple(dict.fromkeys(ordered))
    others = tuple(dict.fromkeys(n.item for n in named if n.item not in targets))
    inside = {
        i for n in named if n.item in targets or not n.item.startswith("findings/") for i in range(n.start, n.end)
    }
    said = {i for n in named for i in range(n.start, n.end)}
    left = [
        w for i, w in enumerate(asked) if i not in inside and w not in SMALL and w not in COMPLAINT and w not in CUES
    ]
    unknown = tuple(w for i, w in enumerate(asked) if i not in said and w in left and w in set(names.unknown([w])))
    return Question(
        text=text,
        kind=kind,
        targets=targets,
        others=others,
        residue=tuple(w for w in left if len(w) > 1),
        unknown=unknown,
        changed=text if kind == "what_if" else "",
    )


def _carried(question: Question, kinds: list[str], named: list[Named], before: Question) -> Question:
    """'And in pregnancy?', 'how is it treated?', 'why?', 'what about stenosis?' filled in from the question before."""
    things = [n for n in named if not n.item.startswith("findings/")]
    bare = kinds == ["general"] or (_LEAD.match(question.text) is not None and len(words(question.text)) <= 5)
    if (
        all(i.startswith("findings/") for i in question.targets)
        and not things
        and (_REFERS.search(question.text) or bare or len(words(question.text)) <= 5)
    ):
        kind = before.kind if bare and question.kind in ("general", "meaning") else question.kind
        return _about(question, kind, before)
    if bare and things:
        kind = before.kind if question.kind in ("general", "meaning") else question.kind
        wanted = ITEM_KINDS.get(kind, ())
        items = tuple(n.item for folder in wanted for n in things if n.item.startswith(folder + "/"))
        if items:
            return msgspec.structs.replace(question, kind=kind, targets=items, carried=True)
    return question


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
