"""Latin-hypercube draws of a pack's numbers: one column of standard normals per number, seed fixed by the pack.

64 random permutations of the midpoints of equal-probability strata, each usable at any cyclic shift, make 64 x draws
distinct columns that are as good as independent; so a case gathers only the columns of the numbers it uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from hickam.inference.layout import Floats, Ints, Network

PERMUTATIONS = 64


@dataclass(frozen=True, eq=False)
class Pool:
    """``windows`` [64, shifts, draws]: every permutation at every cyclic shift (a view of each permutation twice)."""

    draws: int
    windows: Floats

    def rows(self, numbers: Ints) -> Floats:
        """Standard normal draws of the numbers with these indices. [numbers, draws]"""
        result: Floats = self.windows[numbers % PERMUTATIONS, numbers // PERMUTATIONS % self.draws]
        return result


def pool(network: Network, draws: int) -> Pool:
    """The pool of a network, made once."""
    key = ("pool", draws)
    found = network.cache.get(key)
    if not isinstance(found, Pool):
        rng = np.random.default_rng(network.seed)
        normal = NormalDist()
        points = np.array([normal.inv_cdf((i + 0.5) / draws) for i in range(draws)])
        table = np.stack([rng.permutation(points) for _ in range(PERMUTATIONS)])
        twice = np.concatenate([table, table], axis=1).astype(np.float32)
        found = network.cache[key] = Pool(draws, np.lib.stride_tricks.sliding_window_view(twice, draws, axis=1))
    return found


@dataclass(frozen=True)
class Numbering:
    """First index of each kind of number of a network."""

    prior: int
    share: int
    kappa: int
    background: int
    modifier: int
    link: int
    row: int


def numbering(network: Network) -> Numbering:
    """Every uncertain number has an index."""
    n, f = len(network.conditions), len(network.findings)
    m, links = len(network.mod_condition), len(network.link_condition)
    starts = np.cumsum([0, n, n, n, f, m, links]).tolist()
    return Numbering(*starts)


def shifted(p: Floats, sigma: Floats, z: Floats) -> Floats:
    """Logit-normal draw round p, in single precision, which is enough for a draw; 0 stays 0 and 1 stays 1."""
    single = np.asarray(p, np.float32)
    odds = np.exp(np.asarray(sigma, np.float32) * z)
    odds *= single
    result: Floats = odds / (odds + (1 - single))
    return result
