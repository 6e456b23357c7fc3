"""Numbers of a pack in words: a probability with its interval, a distribution, for whom it holds."""

from __future__ import annotations

import math

from hickam.model.finding import Finding
from hickam.model.numbers import Number, Shares
from hickam.writing.language import _
from hickam.writing.words import percent


def number_words(number: Number, *, ratio: bool = False) -> str:
    """'67 % (50–80)' for a probability, '2.3 (1.4–3.8)' for an odds ratio; counts are shown as counted."""
    best, low, high = number.triple
    if ratio:
        return f"{best:.3g} ({low:.3g}–{high:.3g})"
    events, of = number.counts or (0, 0)
    counted = "; " + _("{events} of {number}", events=events, number=of) if number.counts else ""
    return f"{chance(best)} ({chance(low).removesuffix(' %')}–{chance(high).removesuffix(' %')}{counted})"


def chance(value: float) -> str:
    """A probability of the pack in per cent, with as many places as a rare one needs."""
    if value == 0 or value >= 0.1:
        return f"{100 * value:.0f} %"
    figures = 2 if value >= 0.001 else 1
    places = figures - 1 - math.floor(math.log10(100 * value))
    return f"{100 * value:.{max(0, places)}f} %"


def share_of_visits(value: float) -> str:
    """As ``chance``, but without more places than a computed share supports."""
    return chance(value) if value >= 1e-5 else _("under 0.001 %")


def share_words(shares: Shares, finding: Finding) -> str:
    """'cramp or spasm 85 %, ache 10 %' or 'mean 4.2, SD 0.4'."""
    if shares.mean is not None:
        return _("mean {mean}, SD {deviation}", mean=f"{shares.mean:g}", deviation=f"{shares.sd:g}")
    names = {value.id: value.name for value in finding.values} | {part.id: part.name for part in finding.ranges}
    ranked = sorted(shares.shares.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{names.get(name, name)} {percent(share)}" for name, share in ranked)


def stratum(number: Number) -> str:
    """'women 65–79 years', or '' when it holds for everyone."""
    sex = {"female": _("women"), "male": _("men")}.get(number.sex, "")
    low, high = (f"{age:g}" for age in number.age)
    age = "" if number.age == (0.0, 120.0) else _("{low}–{high} years", low=low, high=high)
    return " ".join(part for part in (sex, age) if part)
