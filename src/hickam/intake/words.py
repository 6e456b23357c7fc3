"""Text to tokens: words with their stems, numbers and punctuation, each with its place in the text.

Phrases of the pack and words of a story go through the same functions, so a stem need not be a word; it only has
to be the same for wordings that should match and different for those that should not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

TOKEN = re.compile(
    r"\b(?:[wW]/(?=[\s\d])|[cC]/[oO]|[hH]/[oO]|[bB]/[lL]|[kK]/[cC]/[oO]|[sS]/[pP]|[wW]/[oO]|[oO]/[eE]|[pP]/[wW])\b"
    r"|[+-]ve\b|\bU\s?[&+]\s?Es?\b|&|\+\+*(?=\s)|"
    r"[^\W\d_][^\W_]*(?:['’][^\W\d_]+)*|[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|[^\w\s]"
    r"|\n[ \t]*\n|(?<!,)\n(?=[ \t]*[-*•A-Z0-9])"
)


SINCE = re.compile(r"[xX](\d{1,2})(d|days?|w|wks?|weeks?|m|mths?|months?|y|yrs?|years?|h|hrs?|hours?)")
"""'x3d', 'x2wks': for how long."""


TIMES = re.compile(r"[xX](\d{1,2})")
"""'x2 yrs': for two years."""
UREA = re.compile(r"[uU]\s?[&+]\s?Es?")
UNITS = {"d": "day", "w": "week", "m": "month", "y": "year", "h": "hour"}
DIGITS = frozenset("0123456789")
SIGN_PRESENT = re.compile(r"\s*(?:[.,;:)\n]|$|(?:behind|over|bilat(?:erally)?|b/l|at \d+)\b)", re.I)
"""After a plus sign that means positive: 'Romberg +.', 'Tinel + behind the malleolus'."""


class Token(NamedTuple):
    """A word ('w'), number ('n') or mark ('p') at start..end; one contraction gives two tokens at one place."""

    text: str
    stem: str
    start: int
    end: int
    kind: str


def _reverse(table: str) -> dict[str, str]:
    """'base: form form; base: ...' as a dictionary from form to base."""
    out: dict[str, str] = {}
    for row in table.split(";"):
        base, _, forms = row.partition(":")
        out.update(dict.fromkeys(forms.split(), base.strip()))
    return out


IRREGULAR = _reverse("""
    ankle: ankles; ache: achey achy; hamstring: hammy hammies; achilles: achillies achiles;
    foot: feet feets; calf: calves calfs calve; buttock: butt butts; feel: felt; swell: swollen swole; wake: woke woken
    waken wakened awoke awakened
    awaken awakens awakening waking wakes awakes; fall: fell fallen; go: went gone going goes; get: got gotten
    getting gets; begin: began begun; run: ran running runs; broke: broken; child: children; man: men; woman: women;
    lie: lying lies laying; stand: stood; sit: sat; take: took taken taking takes; drink: drank; give: gave given
    gives; come: came coming comes; lose: lost losing; keep: kept; leg: legs; evening: evenings; morning: mornings;
    do: does did done doing; have: has had having; be: was were is are am been being 's; rise: risen rose; strike:
    struck; gray: grey; history: hx pmh; mother: mum mom mam mummy mommy; father: dad daddy; grandmother: gran
    granny nan grandma; grandfather: grandad grandpa granddad; maneuver: manoeuvre manoeuvres; year: yrs yr; minute:
    mins min minutes; time: times; mile: miles; meter: metres metre; hour: hrs hr hours; second: secs sec; week: wks
    wk; month: mths mo mos; grow: grew grown; wear: wore worn; catch: caught; think: thought; sleep: slept; bleed: bled;
    tear: tore torn; eat: ate eaten; hold: held; hang: hung; worse: worst; worsen: worsening; night: nights; toe:
    toes; negative: neg; positive: pos; diagnosis: dx; abdomen: tummy; examination: exam exams examinations;
    neurological: neuro neurol neurologic; abdominal: abdo; temperature: temp temps; make: makes making; side:
    sides; note: noted notes noting; shine: shining shines
    shone; bring: brought; creep: crept; shake: shook shaken; freeze: froze frozen; throw: threw thrown; sting: stung;
    bend: bent; shrink: shrank shrunk; seize: seizes seized seizing; pulse: pulses; end: ended; use: uses used using
""")
"""Word to base word, written as 'base: forms'."""
DROPPED_G = """
    ach bleed bother breath burn climb com cramp cycl drink driv feel gett giv go hav hobbl hurt itch jabb jerk kick
    kill kneel lean limp los ly mov play puff pull radiat runn seiz shak shoot sitt sleep smok stabb stand start sting
    stopp stretch struggl swell swimm tak throb throbb tighten tingl trembl twitch wak walk wast wear wobbl work
"""
IRREGULAR |= {f"{verb}in": IRREGULAR.get(f"{verb}ing", f"{verb}ing") for verb in DROPPED_G.split()}
"""A dropped g: 'walkin', 'throbin'. Listed, since 'skin', 'statin' and 'groin' end so too."""
WHOLE = frozenset(
    re.findall(
        r"\w+",
        """
    ankle anything are because before brother business come daily evening every everything family father fitness give
    have here history hives illness knee left lie like made make mile minute more morning mother none note nothing once
    one pulse rise same shine side since some something take there these this those time use wake were where while whole
    witness chile
    """,
    )
)
"""Kept as they are: words that only look inflected, and words the rules compare with."""
SHORTHAND = {
    "c/o": ("complain", "of"),
    "h/o": ("history", "of"),
    "k/c/o": ("known", "of"),
    "b/l": ("bilateral",),
    "s/p": ("after",),
    "w/o": ("without",),
    "w/": ("with",),
    "o/e": ("examination",),
    "p/w": ("present", "with"),
    "lle": ("left", "leg"),
    "rle": ("right", "leg"),
    "ble": ("both", "leg"),
    "&": ("and",),
    "↑": ("increas",),
    "↑↑": ("increas",),
    "↑↑↑": ("increas",),
    "↓": ("reduc",),
    "↓↓": ("reduc",),
    "↓↓↓": ("reduc",),
    "+ve": ("positiv",),
    "-ve": ("negativ",),
    "im": ("i",),
    "ive": ("i",),
    "hes": ("he",),
    "shes": ("she",),
    "theyre": ("they",),
    "thats": ("that",),
    "everytime": ("every", "time"),
    "wen": ("when",),
    "nite": ("night",),
    "nites": ("night",),
    "nd": ("and",),
    "cuz": ("because",),
    "coz": ("because",),
    "bcoz": ("because",),
    "cos": ("because",),
    "wt": ("weight",),
    "sx": ("symptom",),
    "fx": ("fracture",),
    "prev": ("previous",),
    "bilat": ("bilateral",),
    "uss": ("ultrasound",),
    "xr": ("x", "ray"),
    "sens": ("sensation",),
    "ext": ("extension",),
    "fhx": ("family", "history"),
    "yest": ("yesterday",),
    "yday": ("yesterday",),
    "b4": ("before",),
    "abt": ("about",),
    "rlly": ("real",),
    "evry": ("every",),
    "shud": ("should",),
}
"""Doctors' abbreviations and contractions without their apostrophe, as the stems they stand for."""
AS_TYPED = {"LE": ("leg",), "LEs": ("leg",), "UE": ("arm",), "UEs": ("arm",), "n": ("and",)}
"""Lower and upper extremity in capitals only, 'hot n swollen' in small letters only."""
NEGATED = re.compile(r"(?:n['’]t|nnot)$")
BARE_NEGATED = {
    "cant": "can",
    "dont": "do",
    "doesnt": "do",
    "didnt": "do",
    "couldnt": "can",
    "wouldnt": "would",
    "isnt": "be",
    "wasnt": "be",
    "hasnt": "have",
    "havent": "have",
    "wont": "will",
    "arent": "be",
    "hadnt": "have",
    "shouldnt": "should",
}
NEGATED_BASE = {
    "ca": "can",
    "could": "can",
    "wo": "will",
    "sha": "shall",
    "does": "do",
    "did": "do",
    "is": "be",
    "are": "be",
    "was": "be",
    "were": "be",
    "has": "have",
    "had": "have",
    "ai": "be",
}
OUR = re.compile(r"^(.*(?:col|tum|behavi|fav|lab|neighb|od|rig|vap|hum|flav|hon))our")
VOWEL = re.compile(r"[aeiouy]")


def spelling(word: str) -> str:
    """British and American spelling to one form (of a lower-case word).

    >>> [spelling(w) for w in ("oedema", "ischaemia", "tumour", "fibre", "paralyzed", "sulphate", "shoe")]
    ['edema', 'ischemia', 'tumor', 'fiber', 'paralysed', 'sulfate', 'shoe']
    """
    if len(word) >= 6:
        word = word.replace("ae", "e").replace("oe", "e").replace("yz", "ys").replace("sulph", "sulf")
        word = re.sub(r"i[sz](e|ed|es|ing|ation)$", r"is\1", word)
        if "our" in word:
            word = OUR.sub(r"\1or", word)
    if word.endswith(("tre", "bre")) and len(word) >= 5:
        word = word[:-2] + "er"
    elif word.endswith(("tres", "bres")) and len(word) >= 6:
        word = word[:-3] + "ers"
    return word


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a word: inflection, -ness and -ly removed, spelling unified.

    >>> [stem(w) for w in ("cramps", "Cramping", "cramped", "weakness", "calves", "suddenly", "colours")]
    ['cramp', 'cramp', 'cramp', 'weak', 'calf', 'sudden', 'color']
    """
    w = IRREGULAR.get(word.lower(), word.lower())
    if w in WHOLE or len(w) < 4 or not w.isalpha():
        return w
    w = spelling(w)
    if w.endswith("ness") and len(w) >= 7:
        w = w[:-4]
    if w.endswith("ly") and len(w) >= 6:
        w = w[:-2]
    if w.endswith("ies") and len(w) >= 5:
        w = w[:-3] + "y"
    elif w.endswith("sses") or (w.endswith(("ches", "shes", "xes")) and len(w) >= 6):
        w = w[:-2]
    elif w.endswith("s") and not w.endswith(("ss", "us", "is")):
        w = w[:-1]
    for ending in ("ing", "ed"):
        if w.endswith(ending) and len(w) - len(ending) >= 3 and VOWEL.search(w[: -len(ending)]):
            if not w.endswith("eed"):
                w = w[: -len(ending)]
            break
    if len(w) >= 4 and w.endswith("e") and not w.endswith("ee"):
        w = w[:-1]
    if len(w) >= 4 and w[-1] == "y" and w[-2] not in "aeiou":
        w = w[:-1] + "i"
    if len(w) >= 4 and w[-1] == w[-2] and w[-1] not in "aeiou":
        w = w[:-1]
    return w


def stem_set(words: str) -> frozenset[str]:
    """The words of a string and their stems, for tables compared with token stems.

    >>> sorted(stem_set("ease aches"))
    ['ach', 'aches', 'eas', 'ease']
    """
    parts = words.split()
    return frozenset(parts) | frozenset(stem(p) for p in parts)


def listed(words: str) -> tuple[str, ...]:
    """The words of a string, in order."""
    return tuple(words.split())


def tokenise(text: str) -> list[Token]:
    """The tokens of a text, in order. Contractions of *not* give two tokens; other clitics are dropped.

    >>> [t.stem for t in tokenise("I can't walk; she's 62.5, non-smoker")]
    ['i', 'can', 'not', 'walk', ';', 'she', '62.5', ',', 'nonsmoker']
    """
    shouting = _shouting(text)
    out: list[Token] = []
    for found in TOKEN.finditer(text):
        raw, (start, end) = found.group(), found.span()
        short = _shorthand(raw)
        if short:
            out += [Token(stem if kind == "n" else raw, stem, start, end, kind) for stem, kind in short]
        elif raw[0] in DIGITS:
            out.append(Token(raw, raw, start, end, "n"))
        elif raw[0].isalnum():
            _add_word(out, raw, start, text, shouting)
        elif raw == "+" and out and out[-1].kind == "w" and text[start - 1].isspace() and SIGN_PRESENT.match(text, end):
            out.append(Token(raw, "positiv", start, end, "w"))
        elif not _hyphen(raw, bool(out) and out[-1].end == start, text[end : end + 1]):
            out.append(Token(raw, "\n" if raw[0] == "\n" else raw, start, end, "p"))
    return out


@lru_cache(maxsize=50_000)
def _shorthand(raw: str) -> tuple[tuple[str, str], ...]:
    """Stems and kinds of an abbreviation, or none: 'c/o', 'U&Es', 'x3d' (for three days), 'x2' (two times or years)."""
    short = SHORTHAND.get(raw.lower()) or AS_TYPED.get(raw) or (("ue",) if UREA.fullmatch(raw) else ())
    if short and not (short[0] == "i" and raw.isupper()):
        return tuple((stem, "w") for stem in short)
    since = SINCE.fullmatch(raw)
    if since is not None:
        return ("x", "w"), (since[1], "n"), (UNITS[since[2][0].lower()], "w")
    times = TIMES.fullmatch(raw)
    return (("x", "w"), (times[1], "n")) if times is not None else ()


def _add_word(out: list[Token], raw: str, start: int, text: str, shouting: bool) -> None:
    """Put a word behind the tokens; one that ends in *not* becomes two, and *non* joins the word after it."""
    low, end = raw.lower(), start + len(raw)
    if low in BARE_NEGATED or NEGATED.search(low):
        base = BARE_NEGATED.get(low) or NEGATED.sub("", low)
        out += [Token(raw, NEGATED_BASE.get(base, base), start, end, "w"), Token(raw, "not", start, end, "w")]
        return
    low = low.split("'", 1)[0].split("’", 1)[0]
    if len(low) > 6 and low.startswith("non") and not low.startswith("none"):
        out.append(Token(raw, "non" + stem(low[3:]), start, end, "w"))
    elif out and out[-1].stem == "non" and out[-1].kind == "w":
        first = out.pop().start
        out.append(Token(text[first:end], "non" + stem(low), first, end, "w"))
    elif raw.isupper() and len(raw) <= 5 and not shouting:
        out.append(Token(raw, low, start, end, "w"))
    else:
        out.append(Token(raw, stem(low), start, end, "w"))


def _hyphen(mark: str, follows: bool, after: str) -> bool:
    """Whether a mark stands inside a word or between a number and its unit, and so is no boundary."""
    return after.isalnum() and (mark in "–‑" or (mark == "-" and follows))


def _shouting(text: str) -> bool:
    """Whether the text is typed in capitals, so that capitals mean nothing."""
    head = text[:2000]
    upper = sum(1 for c in head if c.isupper())
    return upper > 20 and upper > 0.6 * sum(1 for c in head if c.isalpha())


def phrase_stems(phrase: str) -> list[str]:
    """A pack phrase as stems; ``...`` becomes one token '...'; punctuation is dropped."""
    out: list[str] = []
    for i, part in enumerate(re.split(r"\.\.\.|…", phrase)):
        if i and out:
            out.append("...")
        out.extend(t.stem for t in tokenise(part) if t.kind != "p" or t.text in "+%?")
    while out and out[-1] == "...":
        out.pop()
    return [s for s in out if s not in "?"]
