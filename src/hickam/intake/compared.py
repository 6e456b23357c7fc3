"""Values made of two numbers: blood pressure, ankle over arm pressure, arm above leg, the girth of both calves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from hickam.intake.readings import N, Reading, as_number, covering, span_of
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import Token
from hickam.model.case import Span

ANKLE = re.compile(rf"\bankle (?:systolic )?(?:blood )?pressure\s*(?:of|was|:)?\s*(?P<v>{N})", re.I)
ARM = re.compile(
    rf"\b(?:arm|brachial) (?:systolic )?(?:blood )?pressure\s*(?:of|was|:)?\s*(?P<v>{N})"
    r"|\barm\s+(?P<w>\d{2,3})/\d{2,3}",
    re.I,
)
ARM_LEG = re.compile(
    rf"\b(?P<a>{N})/\d{{2,3}}[^.]{{0,12}} in (?:the|both)? ?arms?[^.]{{0,12}}?"
    rf"(?P<l>{N})/\d{{2,3}}[^.]{{0,12}} in (?:the|both)? ?legs?",
    re.I,
)
PRESSURE = re.compile(
    r"(?:\b(?:BP|blood pressure|RR(?= ?\d{2,3}/)"
    r"|(?:supine|lying|sitting|standing|erect|then|and|to|rose|fell)(?= ?\d{2,3}/))"
    r"\s*(?:[:=,]|of|was|is|at|now|today|lying|sitting|standing|reading|supine|right arm|left arm|\s)*"
    r"(?P<s>\d{2,3})\s?/\s?(?P<d>\d{2,3})(?!\d|/)|(?<![\d/.])(?P<s2>\d{2,3})\s?/\s?(?P<d2>\d{2,3})\s?mm ?Hg)",
    re.I,
)
CALVES = "calf_circumference_difference_cm"
_GAP = (
    r"(?:[\s,:;()=/>-]|\b(?:left|right|l|r|lt|rt|calf|calves|circumferences?|girths?|diameters?|and|vs?|versus|measures?|"
    r"measured|measuring|is|was|are|were|of|at|in|cm|compared|with|to|than|the|on|other|one|side|leg)\b){0,14}?"
)
GIRTHS = re.compile(
    rf"\bcal(?:f|ves)\b{_GAP}(?P<a>{N})\s*(?:cm\b)?{_GAP}\b(?P<b>{N})(?:\s*cm\b|(?=\s*(?:[,;)]|\.(?!\d)|$)))", re.I
)
_WIDER = r"(?:larger|bigger|greater|thicker|wider|fatter|more)"
WIDER = re.compile(
    rf"\bcal(?:f|ves)\b{_GAP}(?:(?:>|{_WIDER}\b){_GAP}\bby\s*(?P<x>{N})\s*cm\b|(?P<y>{N})\s*cm\s*(?:>|{_WIDER}\b))"
    rf"|\b(?P<z>{N})\s*cm (?:difference|discrepancy|asymmetry)\b{_GAP}\bcal(?:f|ves)\b",
    re.I,
)


def compared(text: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> list[Reading]:
    """Every reading of this kind."""
    out = pressures(text, tokens, vocabulary)
    if CALVES in vocabulary.measurements:
        for value, span in girths(text):
            lo, hi = covering(tokens, span.start, span.end)
            out.append(Reading(CALVES, value, "", 0, span, lo, hi, False))
    return out


def pressures(text: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> list[Reading]:
    """Blood pressure; ankle over arm pressure is the ankle-brachial index."""
    out: list[Reading] = []
    for bp in islice(PRESSURE.finditer(text), 20):
        for key, part in (("systolic", "s"), ("diastolic", "d")):
            q = next((m for id, m in vocabulary.measurements.items() if key in id), None)
            value = float(bp[part] or bp[part + "2"])
            if q is not None and q.plausible[0] <= value <= q.plausible[1]:
                lo, hi = covering(tokens, bp.start(), bp.end())
                out.append(Reading(q.id, value, "", 0, span_of(text, bp.start(), bp.end()), lo, hi, False))
    abi = next((k for k in ("ankle_brachial_index", "abi") if k in vocabulary.measurements), "")
    ankle, arm = ANKLE.search(text), ARM.search(text)
    if abi and ankle and arm:
        bottom = float((arm["v"] or arm["w"]).replace(",", ""))
        if bottom > 40:
            lo, hi = covering(tokens, ankle.start(), ankle.end())
            ratio = round(float(ankle["v"].replace(",", "")) / bottom, 3)
            if vocabulary.measurements[abi].plausible[0] <= ratio <= vocabulary.measurements[abi].plausible[1]:
                out.append(Reading(abi, ratio, "", 0, span_of(text, ankle.start(), ankle.end()), lo, hi, False))
    return out


def girths(text: str) -> list[tuple[float, Span]]:
    """Differences of the girth of the two calves in cm: 'left calf 38 cm, right 34 cm', 'L calf > R calf by 3 cm'."""
    out = [
        (round(abs(as_number(m["a"]) - as_number(m["b"])), 3), span_of(text, m.start(), m.end()))
        for m in GIRTHS.finditer(text)
        if all(20 <= as_number(m[side]) <= 70 for side in "ab")
    ]
    return out + [
        (as_number(m["x"] or m["y"] or m["z"]), span_of(text, m.start(), m.end())) for m in WIDER.finditer(text)
    ]


def arm_leg_gap(text: str) -> Span | None:
    """The words in which arm pressure is 20 mmHg or more above leg pressure."""
    m = ARM_LEG.search(text)
    if m and float(m["a"].replace(",", "")) - float(m["l"].replace(",", "")) >= 20:
        return span_of(text, m.start(), m.end())
    return None
