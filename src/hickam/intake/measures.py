"""Measured values in text: label, number, unit, reference range; or label and a word such as 'raised'.

A number is converted to the measurement's unit (value * factor + offset). A number without a unit is placed by
``unitless_ranges``, else by the plausible range, else not used, with a note. A reference range in brackets after the
value gives the upper limit for measurements kept as multiples of it (unit ``xULN``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from hickam.intake.compared import compared
from hickam.intake.matching import Match
from hickam.intake.readings import N, Reading, as_number, covering, span_of
from hickam.intake.vocabulary import Vocabulary, lookup
from hickam.intake.words import Token, stem_set
from hickam.model.finding import Measurement

LINK = (
    r"(?:\s*(?:[:=]|\b(?:of|was|is|are|were|at|level|levels|now|today|came|back|about|around|approximately|"
    r"approx|measured|measures|reading|only|just|value|count|result|results|report|reports|test|tests|tested|shows|"
    r"showed|says|said|fasting|random|as|found|be|dropped|gone|went|has|been|to|on air|raised|elevated|high|low|"
    r"reduced|fell|rose|peaked|peak|peaking|exceeded|exceeding|exceeds|reached|reaching|recorded|noted|documented|"
    rf"from\s+(?:{N})\s*(?:[A-Za-zµ%/]+\s+)?to|fallen|risen|plunged|plummeted|declined|climbed|increased|decreased|rising|"
    r"falling|dropping|had|having|returned|initially|initial|measuring|estimated|limited|restricted|positive|possible|scored|score|"
    r"resting|down|up|serum|left|right|very|severely|markedly|grossly|"
    r"greatly|mildly|slightly|extremely|profoundly|critically|dangerously|undetectably|significantly|massively)\b|"
    r",(?=\s*\d+\.\d)|"
    r"\b(?:r|l|rt|lt)\b(?=\s*[:=]?\s*\d)|\((?:K|Na|Ca|Mg)\)|\(|,(?=\s*(?:left|right)\b)))*\s*"
)
VALUE = re.compile(
    rf"(?:2?\+{{1,2}})?{LINK}"
    rf"(?P<sign>[<>≤≥]=?|(?:more|greater|higher|less|lower) than|over|under|above|below|up to)?[~≈]?"
    rf"\s*(?P<a>{N})(?:\s*/\s*(?P<b>\d{{2,3}})(?![\d/]))?",
    re.I,
)
UNIT = re.compile(
    r"\s*(?P<u>°\s?[CF]\b|%|[xX×]\s?(?:ULN|(?:the )?upper limit(?: of normal)?|normal)"
    r"|-?fold(?: (?:elevated|raised|normal|the upper limit))?|times (?:the )?(?:upper limit(?: of normal)?|normal)"
    r"|[A-Za-zµμ°][A-Za-zµμ0-9.²]*(?:\s?/\s?[A-Za-zµμ0-9.²^]+){0,2})"
)
MANYFOLD = re.compile(r"-?fold|times\b|[x×]\s?(?:ULN|the upper|upper|normal)", re.I)
"""So many times the upper limit, of whatever unit."""
REFERENCE = re.compile(
    rf"\s*[(\[]\s*(?:normal|ref(?:erence)?|range|nl|n|rr|upper limit(?: of normal)?)*\s*(?:range)?"
    rf"[\s:,]*(?:(?P<lo>{N})\s*(?:-|–|to)\s*|[<≤]\s*|up to\s*)?(?P<hi>{N})[^)\]]{{0,20}}[)\]]",
    re.I,
)
EARLIER = re.compile(
    r"\s*,?\s*(?:back )?(?:\w+ )?(?:(?:years?|months?) (?:ago|earlier|before)"
    r"|last (?:year|winter|spring|summer|autumn|fall)|in (?:19[5-9]|20[0-4])\d\b)",
    re.I,
)
"""After a value: it is not today's."""
HIGH = stem_set("rais elevat high increas up abov")
LOW = stem_set("low reduc decreas depress below deplet deficient lower suppressed undetectable unrecordable")
NORMAL = stem_set("normal unremarkabl fine ok okay")
BORDERLINE = frozenset(["borderlin", "equivocal"])
LITTLE = stem_set("slight mild minimal modest marginal a bit little")
NOT = frozenset(["no", "not", "without", "never"])
BETWEEN = frozenset(
    ["serum", "total", "plasma", "blood", "of", "a", "the", "correct", "rest", "your", "my", "his", "her"]
)
AFTER_WORD = stem_set("""
    and or at on in during but with after now for twofold threefold fourfold fivefold sixfold sevenfold
    eightfold tenfold
""")
MUCH = stem_set("mark sever profound very gross massiv critical dangerous extrem")
MORE = (">", ">=", "≥", "over", "above", "more than", "greater than", "higher than")
DEGREES = re.compile(
    r"(?<![\d.])(?P<v>(?:3[4-9]|4[0-3])(?:\.\d)?)\s*(?:°?\s?C\b|degrees? C(?:elsius)?\b|°(?![FK]))", re.I
)

ANGLE = re.compile(r"\b(?:SLR|straight|Las[eè]gue|angle|flexion|extension|rotation|abduction|raise|raising)", re.I)
"""Before a bare degree sign: an angle, no temperature."""


FAHRENHEIT = re.compile(r"(?<![\d.])(?P<v>(?:9[5-9]|10[0-8])\.\d)\s*(?:°\s?)?F\b")
OTHER_SIDE = re.compile(
    rf"\s*(?P<s1>\(?(?:left|right|l|r|lt|rt)\b\)?)?\s*(?:[,;/]|and\b|but\b)?\s*"
    rf"(?:(?P<s2>\(?(?:left|right|l|r|lt|rt)\b\)?)\s*[:=]?)?"
    rf"\s*(?P<v>{N})(?!\s*(?:%|/|\d|year|week|month|day|hour|m\b))\s*"
    rf"(?P<s3>\(?(?:left|right|on the (?:left|right)|l|r)\b)?",
    re.I,
)
"""The same value of the other leg, right after the first."""
LOWER_OF_TWO = ("ankle_brachial_index", "abi", "straight_leg_raise_angle")
"""Measured on both legs; the lower one decides."""


def normal_unit(unit: str) -> str:
    """A unit for comparison: case, spaces, µ and 'units' apart.

    >>> normal_unit("µg / dL") == normal_unit("ug/dl"), normal_unit("IU/L")
    (True, 'u/l')
    """
    u = unit.lower().lstrip("-").replace("µ", "u").replace("μ", "u").replace("mcg", "ug").replace(" ", "").rstrip(".")
    u = u.replace("litre", "l").replace("liter", "l").replace("units", "u").replace("unit", "u").replace("×", "x")
    if u.startswith(("times", "fold", "x")):
        return "xuln"
    return re.sub(r"(^|/)m?iu(?=/|$)", lambda m: m.group().replace("iu", "u"), u)


CONVENTIONAL = re.compile(
    r"\d\s?(?:mg/dl|meq/l)\b|\b(?:Ca|[Cc]alcium)\b[\s:=]*(?:(?:of|was|is)\s)?(?:[5-9]|1[0-6])\.\d", re.IGNORECASE
)
"""Signs that a report is in US conventional units: the unit itself, or a calcium that can only be in mg/dL."""
OTHER_FLUID = stem_set("urine urinary csf sweat stool")
ALIKE_IN_BOTH = ("magnesium", "phosphate")
"""Values that look possible in mmol/L and in mg/dL: 'Mg 1.1' is high in one and very low in the other."""


def _in_the_units_used(q: Measurement, conventional: bool) -> Measurement:
    """The measurement as a report in these units means it when it gives no unit."""
    if not conventional or q.id not in ALIKE_IN_BOTH or "mg/dL" not in q.unitless_ranges:
        return q
    return msgspec.structs.replace(q, unitless_ranges={"mg/dL": (0.1, q.unitless_ranges["mg/dL"][1])})


def read_measures(
    text: str, tokens: Sequence[Token], matches: Sequence[Match], vocabulary: Vocabulary, sentence: Sequence[int]
) -> tuple[list[Reading], list[str]]:
    """Readings for every label matched, and notes on numbers that could not be used."""
    out: list[Reading] = []
    notes: list[str] = []
    labels = {m.lo for m in matches}
    conventional = CONVENTIONAL.search(text) is not None
    for m in matches:
        entry = vocabulary.entries[m.entry]
        measurement = _in_the_units_used(vocabulary.measurements[entry.id], conventional)
        short = len(tokens[m.lo].text) <= 2 and m.lo == m.hi
        if short and not tokens[m.lo].text[0].isupper() and not _lower_case_label(tokens, m.lo):
            continue
        if entry.phrase[:2].lower() != tokens[m.lo].text[:2].lower() and m.lo == m.hi:
            continue  # 'sit' has the stem of 'sat'
        if m.lo and tokens[m.lo - 1].stem in OTHER_FLUID and not entry.id.startswith("urine"):
            continue
        got = _number_after(text, tokens, m, measurement, notes, short=short)
        spelt = short and len(tokens[m.lo].text) == 2 and tokens[m.lo].text in ("CK", "Hb", "Na", "Ca", "Mg", "T4")
        named = _named_after(entry.phrase)
        if got is None and named:
            if not lookup(vocabulary, entry.phrase, ("condition", "mention", "finding")):
                got = _disorder(text, tokens, m, measurement, named)
        elif got is None and (spelt or not short) and tokens[m.hi].text.lower() != "pulses":
            got = _word_near(text, tokens, m, measurement, sentence, labels)
        if got is not None:
            out.append(got)
    out.extend(compared(text, tokens, vocabulary))
    if "temperature" in vocabulary.measurements and not any(r.measurement == "temperature" for r in out):
        for d in DEGREES.finditer(text):
            if d.group().endswith("°") and ANGLE.search(text[max(0, d.start() - 60) : d.start()]):
                continue
            lo, hi = covering(tokens, d.start(), d.end())
            out.append(Reading("temperature", float(d["v"]), "", 0, span_of(text, d.start(), d.end()), lo, hi, False))
            break
        for d in FAHRENHEIT.finditer(text):
            lo, hi = covering(tokens, d.start(), d.end())
            celsius = round((float(d["v"]) - 32) / 1.8, 1)
            out.append(Reading("temperature", celsius, "", 0, span_of(text, d.start(), d.end()), lo, hi, False))
            break
    return out, notes


def _named_after(label: str) -> str:
    """What a disorder's name says of the value: 'hypercalcaemia' high, 'hypomagnesaemia' low, 'calcium' nothing."""
    return "high" if label.lower().startswith("hyper") else "low" if label.lower().startswith("hypo") else ""


def _disorder(text: str, tokens: Sequence[Token], m: Match, q: Measurement, words: str) -> Reading:
    """The value named by its disorder; 'no hypercalcaemia' is normal."""
    denied = any(t.stem in NOT for t in tokens[max(0, m.lo - 2) : m.lo])
    span = span_of(text, tokens[m.lo].start, tokens[m.hi].end)
    return Reading(q.id, None, "normal" if denied else words, 0, span, m.lo, m.hi, False)


def _lower_case_label(tokens: Sequence[Token], at: int) -> bool:
    """'na 118', 'k 2.1' in hasty notes: a number follows at once, and none stands before ('40 mg 2 tablets')."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return after is not None and after.kind == "n" and not (at and tokens[at - 1].kind == "n")


def _number_after(
    text: str, tokens: Sequence[Token], m: Match, q: Measurement, notes: list[str], *, short: bool
) -> Reading | None:
    end = tokens[m.hi].end
    window = text[end : end + 110]
    v = VALUE.match(window)
    if v is None or ("\n\n" in v.group()) or (short and v.start("a") > (30 if tokens[m.lo].text == "CK" else 4)):
        return None
    value = as_number(v["b"] if v["b"] and "diastolic" in q.id else v["a"])
    value *= 1.001 if v["sign"] and v["sign"].lower() in MORE else 0.999 if v["sign"] else 1
    stop = v.end()
    thousands = re.match(r"\s?k\b", window[stop:])
    if thousands or (normal_unit(q.unit) == "xuln" and re.fullmatch(r"\d{1,3}\.\d{3}", v["a"])):
        value *= 1000  # 'CK 12k', 'CK 12.000'
        stop += thousands.end() if thousands else 0
    if re.match(r"\s?\+", window[stop:]) or tokens[m.hi].text.lower() == "pulses":
        return None  # a graded pulse, not a rate
    if (
        re.match(
            r"\s*(?:[-–]\s*\d|%?\s*(?:year|week|month|day|hour|minute|time(?!s? (?:the|upper|normal|uln|higher)))s?\b)",
            window[stop:],
            re.I,
        )
        and not v["b"]
    ):
        later = re.match(rf"\s*[-–]\s*({N})(?!\s*(?:year|week|month|day|hour|minute)s?\b)", window[stop:])
        if later is None:
            return None
        value = (value + as_number(later[1])) / 2
        stop += later.end()
    unit = ""
    u = UNIT.match(window, stop)
    known = {normal_unit(k): fo for k, fo in q.units.items()} | {normal_unit(q.unit): (1.0, 0.0)}
    if u and normal_unit(u["u"]) in known:
        unit = normal_unit(u["u"])
        stop = u.end()
    elif u and q.id == "temperature" and u["u"].strip("° ").upper() in ("C", "F"):
        unit = u["u"].strip("° ").lower()
        known = {"c": (1.0, 0.0), "f": (5 / 9, -160 / 9)} | known
        stop = u.end()
    elif u and value > 1 and MANYFOLD.match(u["u"]):
        span = span_of(text, tokens[m.lo].start, end + u.end())  # 'ALT 3-fold elevated'
        return Reading(q.id, None, "high", 0, span, m.lo, covering(tokens, span.start, span.end)[1], False)
    elif u and u["u"].strip() == "%":
        return None  # 'neutrophils 30 %': a share, not a count
    reference = REFERENCE.match(window, stop)
    converted = _convert(value, unit, q, known, reference, notes)
    if reference:
        stop = reference.end()
    if converted is None:
        return None
    if q.id in LOWER_OF_TWO:
        converted, stop = _lower(converted, window, stop, q, v, notes)
    start = tokens[m.lo].start
    lo, hi = covering(tokens, start, end + stop)
    before = text[max(0, start - 40) : start]
    after = text[end + stop : end + stop + 30]
    previous = bool(
        re.search(r"\b(?:previous(?:ly)?|last year|earlier|prior)\W*$", before, re.I) or EARLIER.match(after)
    )
    return Reading(q.id, converted, "", 0, span_of(text, start, end + stop), lo, hi, previous)


def _lower(
    value: float, window: str, stop: int, q: Measurement, v: re.Match[str], notes: list[str]
) -> tuple[float, int]:
    """The lower of the values of two legs: 'R 0.45 L 0.9', 'left 1.1, right 0.6'."""
    other = OTHER_SIDE.match(window, stop)
    sided = re.search(r"\b(?:left|right|l|r|lt|rt)\b", v.group(), re.I)
    if other is None or not (sided or other["s1"] or other["s2"] or other["s3"]):
        return value, stop
    second = as_number(other["v"])
    if not q.plausible[0] <= second <= q.plausible[1]:
        return value, stop
    notes.append(f"{q.name}: the lower of {value:g} and {second:g} was used")
    return min(value, second), other.end()


def _convert(
    value: float,
    unit: str,
    q: Measurement,
    known: dict[str, tuple[float, float]],
    reference: re.Match[str] | None,
    notes: list[str],
) -> float | None:
    low, high = q.plausible
    if normal_unit(q.unit) == "xuln" and unit != "xuln":
        if reference:
            value /= as_number(reference["hi"]) or 1.0
            return value if low <= value <= high else None
        factor = next((fo[0] for k, fo in known.items() if k in ("u/l", unit) and k != "xuln"), 1 / 200)
        value *= factor
        return value if low <= value <= high else None
    if unit:
        factor, offset = known[unit]
        value = value * factor + offset
    else:
        for candidate, (a, b) in q.unitless_ranges.items():
            if a <= value <= b and normal_unit(candidate) in known:
                factor, offset = known[normal_unit(candidate)]
                value = value * factor + offset
                break
    if not low <= value <= high:
        notes.append(
            f"{q.name}: {value:g} {q.unit} is outside what is possible ({low:g} to {high:g}) and was not used; "
            "check the unit"
        )
        return None
    return round(value, 6)


def _word_near(
    text: str, tokens: Sequence[Token], m: Match, q: Measurement, sentence: Sequence[int], labels: set[int]
) -> Reading | None:
    """'raised CK', 'creatine kinase normal', 'vitamin D and calcium low'."""
    return _word_before(text, tokens, m, q, sentence) or _word_after(text, tokens, m, q, sentence)


def _word_before(
    text: str, tokens: Sequence[Token], m: Match, q: Measurement, sentence: Sequence[int]
) -> Reading | None:
    j = m.lo - 1
    while j >= 0 and m.lo - j <= 3 and sentence[j] == sentence[m.lo] and tokens[j].kind == "w":
        kind = _kind(tokens[j].stem)
        if kind:
            previous = tokens[j - 1] if j else tokens[j]
            denied = previous.stem in NOT and kind != "normal"
            start = previous.start if denied else tokens[j].start
            degree = 0 if denied else _degree(previous.stem)
            span = span_of(text, start, tokens[m.hi].end)
            return Reading(q.id, None, "normal" if denied else kind, degree, span, j, m.hi, False)
        if tokens[j].stem not in BETWEEN:
            return None
        j -= 1
    return None


def _word_after(
    text: str, tokens: Sequence[Token], m: Match, q: Measurement, sentence: Sequence[int]
) -> Reading | None:
    start = tokens[m.lo].start
    for j in range(m.hi + 1, min(len(tokens), m.hi + 15)):
        t = tokens[j]
        if sentence[j] != sentence[m.lo]:
            return None
        near = j - m.hi - 1 < 4
        nxt = tokens[j + 1] if j + 1 < len(tokens) else None
        if t.stem == "not" and near and nxt is not None and _kind(nxt.stem) in ("high", "low"):
            return Reading(q.id, None, "normal", 0, span_of(text, start, nxt.end), m.lo, j + 1, False)
        if t.kind == "n" or t.stem in (";", "but", "no", "not", "without", ":"):
            return None
        kind = _kind(t.stem)
        if kind:
            open_end = nxt is None or nxt.kind == "p" or nxt.stem in AFTER_WORD
            if not open_end or t.stem == "up" or (t.stem in ("low", "high") and tokens[j - 1].stem == ","):
                return None
            degree = next((d for d in (_degree(tokens[i].stem) for i in range(max(m.hi + 1, j - 3), j)) if d), 0)
            return Reading(q.id, None, kind, degree, span_of(text, start, t.end), m.lo, j if near else m.hi, False)
    return None


def _kind(s: str) -> str:
    return (
        "high"
        if s in HIGH
        else "low"
        if s in LOW
        else "normal"
        if s in NORMAL
        else "borderline"
        if s in BORDERLINE
        else ""
    )


def _degree(s: str) -> int:
    return -1 if s in LITTLE else 1 if s in MUCH else 0


GIVEN = re.compile(rf"\s*(?P<sign>[<>≤≥]=?)?\s*(?P<v>{N})\s*(?P<u>[^\d\s].*?)?\s*")


def value_with_unit(words: str, q: Measurement) -> float | str:
    """A value given as text, '6.8 mg/dL', in the measurement's unit; or what is wrong with it."""
    m = GIVEN.fullmatch(words)
    if m is None:
        return f"'{words}' is not a number with a unit"
    known = {normal_unit(k): fo for k, fo in q.units.items()} | {normal_unit(q.unit): (1.0, 0.0)}
    if q.id == "temperature":
        known |= {"c": (1.0, 0.0), "f": (5 / 9, -160 / 9), "°c": (1.0, 0.0), "°f": (5 / 9, -160 / 9)}
    unit = normal_unit(m["u"] or "")
    if unit and unit not in known:
        return f"the unit '{m['u']}' is not known for {q.name}"
    value = as_number(m["v"]) * (1.001 if m["sign"] and m["sign"][0] in ">≥" else 0.999 if m["sign"] else 1)
    notes: list[str] = []
    converted = _convert(value, unit, q, known, None, notes) if unit else value
    return converted if converted is not None else f"{words} is outside what is possible"
