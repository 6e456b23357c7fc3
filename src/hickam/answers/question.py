"""What is asked: the kind of a question, what it names, and what it takes over from the question before it."""

from __future__ import annotations

import re

import msgspec

from hickam.answers.entities import Named, Names, mend
from hickam.answers.words import SMALL, words

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

_DRUG = r"\b(drugs?|medicines?|medications?|tablets?|pills?)\b"
_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "what_if",
        r"\bwhat if\b|^(and |but |so )?(if|suppose|imagine|assuming|say)\b(?!.*\b(that|ignore)\b)|^suppose|"
        r"would it (matter|change|make a difference)|how would\b.*\b(change|alter|affect)",
    ),
    (
        "sources",
        r"\bwho (has |have )?(reviewed|wrote|checked|made|approved)|where (does|do|did) (your|this|the) "
        r"(information|knowledge|data|answers?)|are you (a|an) (doctor|human|ai|nurse|person|machine)|"
        r"can i (rely|trust)|how (trustworthy|reliable) (are you|is this (answer|program))|your sources",
    ),
    (
        "dose",
        r"\bdos(e|es|age|ing)\b|\b(how (much|many)) (\w+ ){0,2}(mg|milligrams?|tablets|grams?|micrograms?)\b|\blethal\b|"
        r"\bmilligrams?\b",
    ),
    (
        "compare",
        r"\bcompare|\bversus\b|\bvs?\b\.?|difference between|\bdiffer(s|ed|ent|ence)?\b|distinguish|\btell\b.*\b(from|apart)\b|"
        r"separates? .* from|\bor\b.*\b(can you|how do (you|i)|do i|to) (tell|know)|know (whether|if)\b.*\bor\b|more likely,",
    ),
    ("accuracy", r"likelihood ratio|sensitiv|specificity|accura|false (positive|negative)|predictive value"),
    ("risks", r"risk factor|raises? the risk|increases? the risk|\bwho gets\b|at risk|odds ratio|relative risk"),
    (
        "frequency",
        r"how (common|often|rare|frequent)|how many (people|women|men|pregnant|adults|patients|children)|prevalence|"
        r"incidence|proportion|percentage|\bshare of\b|fraction of|\bare\b.*\bcommon\b|is it common",
    ),
    (
        "rule_out",
        r"\brul(e|es|ed|ing)\b.{0,30}\bout\b|\bexclu(de|des|ding|sion)|(happy|certain|sure)\b.*\b(is not|isn't|not)\b|"
        r"\bshow (that )?.*\b(fine|ok|normal|healthy)\b",
    ),
    (
        "likelihood",
        r"how (likely|probable)|probab|\bwhat('s| is| are) (the )?(chance|odds)|chances? (of|that)|likelihood|how sure|"
        r"most likely|more likely|^(the )?differential|what('s| is) wrong|what do i have|\bdo i have\b|"
        r"could (it|this|that) be|^is (it|this|that) (just|only|really|maybe|perhaps)\b|plausible|"
        r"\b(could|can|might)\b.*\bbe (doing|causing|behind|the (cause|problem))|are the problem|is the problem|^diagnosis",
    ),
    (
        "why",
        r"^why (not|do you|is (it|this|that|\w+ \w+ so|\w+ so)|isn't|is|aren't|couldn't|can't|don't you|did you)|"
        r"^why\W*$|explain why|(speaks?|argues?|points?|counts?) (for|against|to)|what supports?|"
        r"evidence (for|against)\b.*\b(in (him|her|this)|here)|evidence against",
    ),
    ("next_step", r"what am i missing|\bnot asked"),
    ("evidence", r"\bevidence\b|\brole of\b|\btrials?\b|\brcts?\b|effect size|how many fewer|efficacy|\bcochrane\b"),
    (
        "action",
        r"\b(should|can|may|could|must) (i|he|she|we|they) stop\b|\bhow (do|should|can) (i|he|she|we) (stop|come off)\b|"
        r"\btaper|\bcome off\b|what (to do|do i do) about .*\bon\b|what to check\b|monitor",
    ),
    (
        "my_drugs",
        rf"\b(which|what|any|one|some|do|does|is|are|could)\b.*{_DRUG}.*\b(cause|causing|do this|doing|blame|behind|"
        rf"responsible|bring)|{_DRUG} (most )?(often )?(cause|bring)",
    ),
    (
        "drug_cause",
        r"\b(cause|causes|causing|caused|bring(s)? on|blame|trigger|triggers)\b|\b(give|gives|gave|giving)\b.*\bcramps?\b|"
        r"mechanism",
    ),
    ("harms", r"side.?effects?|\bharms?\b|\bdangers?\b of|adverse|is (it|that|\w+) (dangerous|harmful|risky)\b|toxic"),
    (
        "how_to",
        r"how (exactly )?(do|should|can|would|to) ?(i|you|we|one)? ?(exactly )?(properly )?(do|stretch|measure|perform|"
        r"examine|feel|test for)\b(?!.*\b(rule|exclude|tell|know|prevent|stop)\b)|\bhow exactly",
    ),
    (
        "who",
        r"\bwho (should|treats?|do|does|can|would|to|sees?)\b|which (doctor|specialist|clinician|clinic)|to whom|"
        r"(kind|type|sort) of (doctor|specialist)|\brefer|"
        r"\b(see|need|send\b.*\bto) an? (\w+ologist|\w+ surgeon|surgeon|physio\w*|podiatrist|p(a)?ediatrician|specialist)|"
        r"what does an? \w+ (do|treat)",
    ),
    (
        "urgency",
        r"red flag|warning sign|alarm|when (should|do|must) (i|we|he|she) (worry|go|see|call|seek|get)|"
        r"how (urgent|soon|quickly|fast)|\bdangerous\b|\bserious\b|emergency|hospital|\bmissing\b|if missed|\bworr(y|ied)\b",
    ),
    (
        "next_step",
        r"\bnext\b|(which|what) tests? (do i need|should (i|we))|what (should|shall|must) (i|we) (ask|do now|do|order)\b|"
        r"(what|which).*(investigation|test|question).*(change|most)|what (else|more)\b|what am i missing|not asked|"
        r"what should i do now",
    ),
    (
        "can_take",
        r"\b(can|could|may|should|might)\b.{0,40}\b(take|have|use|give|prescribe|massage|wear|drink|try)\b|"
        r"\b(safe|ok|okay|all right|alright|allowed|contraindicated|suitable)\b|any problem (giving|with)",
    ),
    (
        "evidence",
        r"\b(do|does|did|will|would|is|are|can)\b.*\b(work|works|help|helps|effective|good for|any good|cure|relieve|"
        r"stop|stops|better than)\b|\bwill\b.*\bhelp\b",
    ),
    ("prevention", r"prevent|keep from|keep .* away|\bmyself\b|self.?care|at home|avoid getting"),
    ("avoid", r"\bavoid(ed)?\b|should not be done|not to do"),
    (
        "treatment",
        r"\btreat|manag|therap|what (helps|can be done|do i do)|\bcure|first.?line|second.?line|\boptions\b|remed|"
        r"how (do|can|should) (i|you) (stop|ease|relieve|get rid)",
    ),
    ("symptoms", r"symptom|\bsigns?\b of|\bpresent|feel like|\bfeatures?\b|looks? like"),
    ("causes", r"\bcauses?\b|\bwhy\b|reason|makes? my|come from"),
    (
        "workup",
        r"diagnos|work.?up|(which|what) (blood )?tests?|\bbloods\b|blood tests?|investigat|\bworth (doing|it)\b|"
        r"should (i|we) (check|test|measure|order|examine)|what (should|to|do) (i |we )?(examine|check)|examin|"
        r"history questions|do i need",
    ),
    ("follow_up", r"follow.?up|when to review|how long (until|before|does it (last|take))"),
    ("accuracy", r"how (good|reliable|accurate) (is|are)|reliab|performance|\b(be|is) wrong\b"),
    ("meaning", r"\bwhat('s| is| are| does| do)\b|\bmean(s|ing)?\b|define|\bexplain\b|\bwhat's\b|\bworth\b"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_LEAD = re.compile(r"^(and|but|so|ok|okay|then|also|yes|what about|how about|and what about)\b[ ,]*", re.I)
_REFERS = re.compile(r"\b(it|its|that|this|these|those|them|they)\b", re.I)
COMPLAINT = frozenset(
    """leg cramp cramping calf muscle night nocturnal pain painful ache sore spasm foot thigh lower limb patient case people
    person man woman lady""".split()
)
CUES = frozenset(
    """cause common often rare likely likelihood probability chance sure rule exclude exclusion diagnosis diagnose treat
    treatment management manage therapy evidence trial rct work help effective symptom sign feature present presentation
    mean meaning define explain difference compare versus vs tell distinguish sensitivity specificity sensitive specific
    accuracy accurate reliable good test doctor specialist refer referral see urgent urgency soon red flag prevent
    prevention risk factor safe take use dose side effect harm danger dangerous serious worry next ask why support
    against suspect suspected suggest medicine drug tablet pill interaction stop check proportion prevalence incidence
    feel performance ratio odds number first line second option size done really exactly properly strongly kind which
    possible plausible differential wrong problem question information source ok warning give give know bring avoid
    avoided old older adult elderly mechanism typical clinical case criteria experience today now right behind
    thing high low rank far best look year week case surgeon specialist clinician happen go treat relevant known
    occur hospital seen alarm sore separate sort come say letter many few fewer share rate order need examine examination work up workup single investigation change most""".split()
)


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
    return list(dict.fromkeys(kind for kind, p in _COMPILED if p.search(whole if kind == "what_if" else asked)))


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
        if kind in ("evidence", "can_take", "harms", "action", "dose") and not pharmacy and kind != kinds[-1]:
            if kind != "dose":
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
    inside = {i for n in named if n.item in targets or not n.item.startswith("findings/") for i in range(n.start, n.end)}
    said = {i for n in named for i in range(n.start, n.end)}
    left = [w for i, w in enumerate(asked) if i not in inside and w not in SMALL and w not in COMPLAINT and w not in CUES]
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
    if all(i.startswith("findings/") for i in question.targets) and not things and (_REFERS.search(question.text) or bare or len(words(question.text)) <= 5):
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
