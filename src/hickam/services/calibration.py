"""Is a probability of 30 % right three times in ten? Measured on patients simulated from the pack itself.

This is self-consistency, not clinical calibration: it shows whether inference does what the pack's numbers say. Groups
of correlated findings are tempered (each counts less than it would alone), while simulated findings are independent, so
the engine is expected to be somewhat under-confident here; the same is measured with tempering switched off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import msgspec
import numpy as np

from hickam.inference.batch import posterior_many
from hickam.inference.cohort import Cohort, draw_cohort
from hickam.inference.draws import shifted
from hickam.inference.engine import Engine
from hickam.inference.layout import EPISODE, PATIENT, RISK, Bools, Floats, Ints, Network
from hickam.model.case import Case
from hickam.model.pack import Setting

SEED = 4
BINS = 20
CHUNK = 1000
LEAST = 0.01
"""Probabilities below this are left out of the pairwise errors: thousands of noughts would hide every error."""
REVEALED = 10
POOL = 10
"""A finding may be revealed when at least this many conditions state it."""
Of = Literal["leading cause", "cause", "present"]


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Predictions of one bin: how many, their mean, and how often they came true."""

    count: int
    predicted: float
    observed: float


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Expected calibration error: mean over predictions of |predicted - observed| of their bin. ``lean``: mean of
    observed - predicted over all (above nought: under-confident)."""

    of: Of
    error: float
    lean: float
    bins: tuple[Bin, ...]


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How many answers of each case lie inside the 90 % interval, if the true pack is drawn from the same intervals."""

    answers: tuple[int, ...]
    inside: tuple[int, ...]

    @property
    def share(self) -> float:
        """Share of the answers inside."""
        return sum(self.inside) / max(sum(self.answers), 1)


def untempered(network: Network) -> Network:
    """The same network with every correlation group's phi at nought."""
    return replace(network, group_phi=np.zeros_like(network.group_phi))


def revealable(network: Network) -> list[str]:
    """Yes/no findings, risk factors among them, that many conditions speak of."""
    stated = np.diff(network.link_ptr) + np.bincount(network.mod_factor, minlength=len(network.findings))
    kind = np.isin(network.kind, [EPISODE, PATIENT, RISK])
    return [network.findings[f] for f in np.flatnonzero(kind & (stated >= POOL)).tolist()]


def calibration(network: Network, n: int, setting: Setting = "primary_care", revealed: int = 15) -> list[Calibration]:
    """n simulated patients with ``revealed`` random findings known each: errors of P(cause) and P(present)."""
    cohort = draw_cohort(network, n, SEED, setting)
    return measure(network, cohort, random_cases(network, cohort, revealed))


def random_cases(network: Network, cohort: Cohort, revealed: int) -> list[Case]:
    """Each patient of the cohort with a random choice of findings."""
    rng = np.random.default_rng(SEED)
    pool = revealable(network)
    return [
        cohort.case(row, tuple(rng.choice(pool, size=min(revealed, len(pool)), replace=False).tolist()))
        for row in range(len(cohort.cause))
    ]


def measure(network: Network, cohort: Cohort, cases: list[Case]) -> list[Calibration]:
    """The engine's answers to the cases against the truth of the cohort."""
    ordinary = ~network.cause_only
    tops: list[tuple[Floats, Bools]] = []
    pairs: dict[Of, list[tuple[Floats, Bools]]] = {"cause": [], "present": []}
    for start in range(0, len(cases), CHUNK):
        rows = slice(start, start + CHUNK)
        answer = posterior_many(network, cases[rows])
        cause = np.concatenate([answer.cause, answer.unexplained[:, None]], axis=1)
        truth = cohort.cause[rows, None] == np.arange(cause.shape[1])
        leading = cause.argmax(axis=1)
        each = np.arange(len(leading))
        tops.append((cause[each, leading], truth[each, leading]))
        pairs["cause"].append(_above(cause, truth))
        pairs["present"].append(_above(answer.present[:, ordinary], cohort.present[rows][:, ordinary]))
    return [_calibration("leading cause", tops), *(_calibration(of, found) for of, found in pairs.items())]


def _above(predicted: Floats, truth: Bools) -> tuple[Floats, Bools]:
    keep = predicted >= LEAST
    return predicted[keep], truth[keep]


def _calibration(of: Of, parts: list[tuple[Floats, Bools]]) -> Calibration:
    predicted = np.concatenate([p for p, _ in parts])
    truth = np.concatenate([t for _, t in parts]).astype(np.float64)
    place: Ints = np.minimum((predicted * BINS).astype(np.int64), BINS - 1)
    count = np.bincount(place, minlength=BINS)
    total = np.maximum(count, 1)
    means = np.bincount(place, weights=predicted, minlength=BINS) / total
    rates = np.bincount(place, weights=truth, minlength=BINS) / total
    return Calibration(
        of=of,
        error=float((count * np.abs(means - rates)).sum() / count.sum()),
        lean=float(truth.mean() - predicted.mean()),
        bins=tuple(
            Bin(count=int(c), predicted=float(p), observed=float(r))
            for c, p, r in zip(count, means, rates, strict=True)
            if c
        ),
    )


def drawn_network(network: Network, rng: np.random.Generator, frequencies: bool) -> Network:
    """A pack that could be the true one: priors, shares, consulting rates, odds ratios, leaks and yes/no evidence drawn
    from their intervals, as the engine draws them for its own; ``frequencies``: those of risk factors too, which the
    engine's intervals keep fixed."""

    def normal(size: int) -> Floats:
        return rng.standard_normal(size)

    n, findings = len(network.conditions), len(network.findings)
    background = np.clip(network.background, 1e-12, 1 - 1e-12)
    drawn = np.where(network.background > 0, shifted(background, network.background_sigma, normal(findings)), 0.0)
    if not frequencies:
        drawn = np.where(network.kind == RISK, network.background, drawn)
    owner = np.repeat(np.arange(findings), np.diff(network.link_ptr))
    patient = network.kind[owner] == PATIENT
    leak, leak_drawn = background.mean(axis=0)[owner], drawn.mean(axis=0)[owner]
    strength = np.clip(np.where(patient, 1 - (1 - network.link_value) / (1 - leak), network.link_value), 1e-9, 1 - 1e-9)
    moved = shifted(strength, network.link_sigma, normal(len(owner)))
    kappa = np.clip(network.kappa, 0, 0.999)
    return replace(
        network,
        prior=shifted(network.prior, network.prior_sigma, normal(n)),
        exposure_share=shifted(network.exposure_share, network.exposure_sigma, normal(n)),
        kappa=np.where(kappa > 0, shifted(kappa, network.kappa_sigma, normal(n)), 0.0),
        mod_log_or=network.mod_log_or + network.mod_sigma * normal(len(network.mod_log_or)),
        background=drawn,
        link_value=np.where(patient, 1 - (1 - moved) * (1 - leak_drawn), moved),
    )


def interval_coverage(network: Network, cases: int, frequencies: bool = False, draws: int = 400) -> Coverage:
    """For each case a true pack is drawn, a patient is simulated from it, and its answers (where the engine says 1 % or
    more) are compared with the intervals of the pack as it is."""
    engine = Engine(network)
    answers, inside = [0] * cases, [0] * cases
    for i in range(cases):
        truth = drawn_network(network, np.random.default_rng([SEED, i]), frequencies)
        cohort = draw_cohort(truth, 1, SEED + i)
        case = random_cases(network, cohort, REVEALED)[0]
        right = Engine(truth).posterior(case).cause
        for name, interval in engine.intervals(case, draws).cause.items():
            if interval.value >= LEAST:
                answers[i] += 1
                inside[i] += interval.low <= right[name] <= interval.high
    return Coverage(answers=tuple(answers), inside=tuple(inside))
