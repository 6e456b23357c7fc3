"""How kinds of question are told apart: for each kind its wordings, as regular expressions over the lower case.

The first kind that fits is taken, so what is more particular stands first; question.py says when one is passed over.
"""

from __future__ import annotations

import re

_DRUG = r"\b(drugs?|medicines?|medications?|tablets?|pills?)\b"
_WORDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "what_if",
        (
            r"would you think (differently|otherwise)",
            r"change your mind",
            r"\bwhat if\b",
            r"^(and |but |so )?(if|suppose|imagine|assuming|say)\b(?!.*\b(that|ignore)\b)",
            r"^suppose",
            r"would it (matter|change|make a difference)",
            r"how would\b.*\b(change|alter|affect)",
        ),
    ),
    (
        "sources",
        (
            (
                r"has (a|any|some)(one|body)? ?(real |actual )?(doctor|clinician|human|person|expert)?\b.*"
                r"\b(checked|reviewed|approved|read|looked)"
            ),
            r"what (literature|papers|sources)\b",
            r"based on\b\W*$",
            r"\bwho (has |have )?(reviewed|wrote|checked|made|approved)",
            r"where (does|do|did) (your|this|the) (information|knowledge|data|answers?)",
            r"are you (a|an) (doctor|human|ai|nurse|person|machine)",
            r"can i (rely|trust)",
            r"how (trustworthy|reliable) (are you|is this (answer|program))",
            r"your sources",
        ),
    ),
    (
        "dose",
        (
            r"\bdos(e|es|age|ing)\b",
            r"\b(how (much|many)) (\w+ ){0,2}(mg|milligrams?|tablets|grams?|micrograms?)\b",
            r"\blethal\b",
            r"\bmilligrams?\b",
        ),
    ),
    (
        "compare",
        (
            r"\bsame (thing )?as\b",
            r"\bcompare",
            r"\bversus\b",
            r"\bvs?\b\.?",
            r"difference between",
            r"\bdiffer(s|ed|ent|ence)?\b",
            r"distinguish",
            r"\btell\b.*\b(from|apart)\b",
            r"separates? .* from",
            r"\bor\b.*\b(can you|how do (you|i)|do i|to) (tell|know)",
            r"know (whether|if)\b.*\bor\b",
            r"more likely,",
        ),
    ),
    (
        "accuracy",
        (
            r"\bsens\b",
            r"\bspec\b",
            r"\btest\b.*\bany good\b",
            r"\blrs?\b",
            r"likelihood ratio",
            r"sensitiv",
            r"specificity",
            r"accura",
            r"false (positive|negative)",
            r"predictive value",
        ),
    ),
    (
        "risks",
        (
            r"risk factor",
            r"raises? the risk",
            r"increases? the risk",
            r"\bwho gets\b",
            r"at risk",
            r"odds ratio",
            r"relative risk",
        ),
    ),
    (
        "frequency",
        (
            r"how many have\b",
            r"how (common|often|rare|frequent)",
            r"how many (people|women|men|pregnant|adults|patients|children)",
            r"prevalence",
            r"incidence",
            r"proportion",
            r"percentage(?! do you)",
            r"\bshare of\b",
            r"fraction of",
            r"\bare\b.*\bcommon\b",
            r"is it common",
        ),
    ),
    (
        "rule_out",
        (
            r"stop worrying",
            r"\bdismiss\b",
            r"cross .* off",
            r"\brul(e|es|ed|ing)\b.{0,30}\bout\b",
            r"\bexclu(de|des|ding|sion)",
            r"(happy|certain|sure)\b.*\b(is not|isn't|not)\b",
            r"\bshow (that )?.*\b(fine|ok|normal|healthy)\b",
        ),
    ),
    (
        "likelihood",
        (
            r"percentage do you",
            r"^(please )?rank\b",
            r"\btop (causes|diagnoses)\b",
            r"how certain",
            r"how (likely|probable)",
            r"probab",
            r"\bwhat('s| is| are) (the )?(chance|odds)",
            r"chances? (of|that)",
            r"likelihood",
            r"how sure",
            r"most likely",
            r"more likely",
            r"\bdifferential\b",
            r"what('s| is) wrong",
            r"what do i have",
            r"\bdo i have\b",
            r"could (it|this|that) be",
            r"^is (it|this|that) (just|only|really|maybe|perhaps)\b",
            r"plausible",
            r"\b(could|can|might)\b.*\bbe (doing|causing|behind|the (cause|problem))",
            r"are the problem",
            r"is the problem",
            r"^diagnosis",
        ),
    ),
    (
        "why",
        (
            r"^why (has|have|was|were|does|do|did) (?!(my|his|her|a|an|people|the (leg|calf|cramp))\b)",
            r"^why (not|do you|is (it|this|that|\w+ \w+ so|\w+ so)|isn't|is|aren't|couldn't|can't|don't you|did you)",
            r"^why\W*$",
            r"explain why",
            r"(speaks?|argues?|points?|counts?) (for|against|to)",
            r"what supports?",
            r"evidence (for|against)\b.*\b(in (him|her|this)|here)",
            r"evidence against",
        ),
    ),
    (
        "next_step",
        (
            r"what am i missing",
            r"\bnot asked",
        ),
    ),
    (
        "evidence",
        (
            r"\bdata support",
            r"\bproved?\b|\bproven\b|\bproof\b",
            r"\bstud(y|ies)\b",
            r"\bevidence\b",
            r"\brole of\b",
            r"\btrials?\b",
            r"\brcts?\b",
            r"effect size",
            r"how many fewer",
            r"efficacy",
            r"\bcochrane\b",
        ),
    ),
    (
        "action",
        (
            r"\bstopping\b",
            r"\b(should|can|may|could|must) (i|he|she|we|they) (just )?stop\b",
            r"\bhow (do|should|can) (i|he|she|we) (stop|come off)\b",
            r"\btaper",
            r"\bcome off\b",
            r"what (to do|do i do) about .*\bon\b",
            r"what to check\b",
            r"monitor",
        ),
    ),
    (
        "my_drugs",
        (
            r"\b(tablets|pills|medicines|drugs) the (reason|cause)\b",
            r"which (drug|medicine|tablet|pill) (would|should|do|can)\b.*\b(change|stop|swap)\b",
            (
                rf"\b(which|what|any|one|some|do|does|is|are|could)\b.*{_DRUG}.*\b(cause|causing|do this|doing|"
                rf"blame|behind|responsible|bring)"
            ),
            rf"{_DRUG} (most )?(often )?(cause|bring)",
        ),
    ),
    (
        "drug_cause",
        (
            r"\brecogni[sz]ed\b",
            r"is it the (injection|tablet|jab|drug|medicine|pill)",
            r"\b(cause|causes|causing|caused|bring(s)? on|blame|trigger|triggers)\b",
            r"\b(give|gives|gave|giving)\b.*\bcramps?\b",
            r"mechanism",
        ),
    ),
    (
        "harms",
        (
            r"side.?effects?",
            r"\bharms?\b",
            r"\bdangers?\b of",
            r"adverse",
            r"is (it|that|\w+) (dangerous|harmful|risky)\b",
            r"toxic",
        ),
    ),
    (
        "how_to",
        (
            r"\bshow me how\b",
            (
                r"how (exactly )?(do|should|can|would|to) ?(i|you|we|one)? ?(exactly )?(properly )?(do|stretch|"
                r"measure|perform|examine|feel|test for)\b(?!.*\b(rule|exclude|tell|know|prevent|stop)\b)"
            ),
            r"\bhow exactly",
        ),
    ),
    (
        "who",
        (
            r"\bwho (should|treats?|do|does|can|would|to|sees?)\b",
            r"which (doctor|specialist|clinician|clinic)",
            r"to whom",
            r"(kind|type|sort) of (doctor|specialist)",
            r"\brefer",
            (
                r"\b(see|need|send\b.*\bto) an? (\w+ologist|\w+ surgeon|surgeon|physio\w*|podiatrist|"
                r"p(a)?ediatrician|specialist)"
            ),
            r"what does an? \w+ (do|treat)",
        ),
    ),
    (
        "urgency",
        (
            r"same day\b",
            r"needs? sorting",
            r"\bignor(e|ing) (it|this|that)\b|untreated|do nothing",
            r"\bwait\b",
            r"leave it (a|for|until)",
            r"red flag",
            r"warning sign",
            r"alarm",
            r"when (should|do|must) (i|we|he|she) (worry|go|see|call|seek|get)",
            r"how (urgent|soon|quickly|fast)",
            r"\bdangerous\b",
            r"\bserious\b",
            r"emergency",
            r"hospital",
            r"\bmissing\b",
            r"if missed",
            r"\bworr(y|ied)\b",
        ),
    ),
    (
        "next_step",
        (
            r"\bnext\b",
            r"(which|what) tests? (do i need|should (i|we))",
            r"what (should|shall|must) (i|we) (ask|do now|do|order)\b",
            r"(what|which).*(investigation|test|question).*(change|most)",
            r"what (else|more)\b",
            r"what am i missing",
            r"not asked",
            r"what should i do now",
        ),
    ),
    (
        "can_take",
        (
            r"\bwould\b.{0,40}\b(reasonable|sensible|wise|fine|good idea|option)\b",
            r"\bshould (i|we|he|she|they)\b.{0,20}\b(start|add|try)\b",
            r"\ban option\b",
            r"\b(can|could|may|should|might)\b.{0,40}\b(take|have|use|give|prescribe|massage|wear|drink|try)\b",
            r"\b(safe|ok|okay|all right|alright|allowed|contraindicated|suitable)\b",
            r"any problem (giving|with)",
        ),
    ),
    (
        "evidence",
        (
            (
                r"\b(do|does|did|will|would|is|are|can)\b.*\b(work|works|help|helps|effective|good for|any good|"
                r"cure|relieve|stop|stops|better than)\b"
            ),
            r"\bwill\b.*\bhelp\b",
        ),
    ),
    (
        "prevention",
        (
            r"\bavoid (getting |having )?(\w+ ){0,2}cramps?",
            r"prevent",
            r"keep from",
            r"keep .* away",
            r"\bmyself\b",
            r"self.?care",
            r"at home",
            r"avoid getting",
        ),
    ),
    (
        "avoid",
        (
            r"\bavoid(ed)?\b",
            r"should not be done",
            r"not to do",
        ),
    ),
    (
        "treatment",
        (
            r"how to (stop|ease|relieve)",
            r"what should (i|we) tell",
            r"\btreat",
            r"manag",
            r"therap",
            r"what (helps|can be done|do i do)",
            r"\bcure",
            r"first.?line(?! (investigations?|tests?|bloods?))",
            r"second.?line",
            r"\boptions\b",
            r"remed",
            r"how (do|can|should) (i|you) (stop|ease|relieve|get rid)",
        ),
    ),
    (
        "symptoms",
        (
            r"\bpicture of\b",
            r"w?h?ich signs?\b",
            r"symptom",
            r"\bsigns?\b of",
            r"\bpresent",
            r"feel like",
            r"\bfeatures?\b",
            r"looks? like",
        ),
    ),
    (
        "causes",
        (
            r"precipitat",
            r"predictors? of",
            r"provok",
            r"\bcauses?\b",
            r"\bwhy\b",
            r"reason",
            r"makes? my",
            r"come from",
        ),
    ),
    (
        "workup",
        (
            r"\b(useful|worthwhile)\b",
            r"diagnos",
            r"work.?up",
            r"(which|what) (blood )?tests?",
            r"\bbloods\b",
            r"blood tests?",
            r"investigat",
            r"\bworth (doing|it)\b",
            r"should (i|we) (check|test|measure|order|examine)",
            r"what (should|to|do) (i |we )?(examine|check)",
            r"examin",
            r"history questions",
            r"do i need",
        ),
    ),
    (
        "follow_up",
        (
            r"follow.?up",
            r"when to review",
            r"how long (until|before|does it (last|take))",
        ),
    ),
    (
        "accuracy",
        (
            r"how (good|reliable|accurate) (is|are)",
            r"reliab",
            r"performance",
            r"\b(be|is) wrong\b",
        ),
    ),
    (
        "meaning",
        (
            r"significance of",
            r"interpret",
            r"in plain (english|words)",
            r"\bwhat('s| is| are| does| do)\b",
            r"\bmean(s|ing)?\b",
            r"define",
            r"\bexplain\b",
            r"\bwhat's\b",
            r"\bworth\b",
        ),
    ),
)
PATTERNS = tuple((kind, re.compile("|".join(wordings))) for kind, wordings in _WORDINGS)
