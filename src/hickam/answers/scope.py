"""Whether a question is about what this pack is about at all, by its sentence vector with the names in it.

``kinds`` tells wordings apart and is blind to names; a tired eyelid and a tired calf are asked about in the same words.
Here the wordings of ``examples.yaml`` are filled with the pack's own names, those of "uncovered" with other fields'
(``elsewhere.yaml``), and a question is compared with both crowds: along one direction (a ridge regression) and by its
nearest neighbours. Fitted when the index is built; how much it tells: docs/evaluation/answers.md.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np

from hickam.answers.entities import Names
from hickam.answers.kinds import EXAMPLES, SLOT, STRIDE, UNCOVERED, Embed, Matrix, filled_elsewhere
from hickam.knowledge.yaml12 import read_yaml
from hickam.model.pack import Pack

RIDGE = 6.0
NEAREST = 3
EVERY = 2
"""Of the wordings inside, one in so many: as good as all, in half the time."""


class Scope:
    """``direction``: weights of a vector and a constant; ``inside``, ``outside``: unit vectors, a row a wording."""

    def __init__(self, direction: Matrix, inside: Matrix, outside: Matrix) -> None:
        self._direction, self._inside, self._outside = direction, inside, outside

    def signs(self, vector: Matrix) -> tuple[float, float]:
        """How far along the direction from outside (-1) to inside (1), and how much nearer to wordings inside."""
        topic = float(vector @ self._direction[:-1] + self._direction[-1])
        return topic, _nearest(self._inside, vector) - _nearest(self._outside, vector)

    def dumps(self) -> bytes:
        """As bytes for the cache."""
        buffer = io.BytesIO()
        inside, outside = self._inside.astype(np.float16), self._outside.astype(np.float16)
        np.savez(buffer, direction=self._direction, inside=inside, outside=outside)
        return buffer.getvalue()

    @classmethod
    def loads(cls, data: bytes) -> Scope:
        """What ``dumps`` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(*(arrays[name].astype(np.float32) for name in ("direction", "inside", "outside")))


def _nearest(rows: Matrix, vector: Matrix) -> float:
    """Mean cosine of the nearest few."""
    return float(np.partition(rows @ vector, -NEAREST)[-NEAREST:].mean())


def fit(pack: Pack, names: Names, embed: Embed) -> Scope:
    """From the wordings of the examples, filled in."""
    inside, outside = wordings(pack, names)
    near, far = embed(inside), embed(outside)
    rows = np.hstack([np.vstack([near, far]), np.ones((len(near) + len(far), 1), np.float32)]).astype(np.float64)
    wanted = np.concatenate([np.ones(len(near)), -np.ones(len(far))])
    weight = np.where(wanted > 0, 1.0, len(near) / len(far))  # both crowds count alike
    gram = (rows * weight[:, None]).T @ rows + RIDGE * np.eye(rows.shape[1])
    direction = np.linalg.solve(gram, (rows * weight[:, None]).T @ wanted).astype(np.float32)
    return Scope(direction, near, far)


def wordings(pack: Pack, names: Names) -> tuple[list[str], list[str]]:
    """Questions inside, their slots filled with names of the pack, and outside."""
    own = _own(pack)
    inside: list[str] = []
    outside: list[str] = []
    for kind, lines in read_yaml(EXAMPLES.read_bytes()).items():
        found = lines.strip().splitlines()
        if kind == UNCOVERED:
            outside += [_named(line, own, at) for at, line in enumerate(filled_elsewhere(found, names))]
        else:
            inside += [_named(line, own, len(inside) + at) for at, line in enumerate(found)]
    return inside[::EVERY], outside


def _named(line: str, own: Mapping[str, Sequence[str]], at: int) -> str:
    """The line with names of the pack taken from somewhere in their lists."""
    return SLOT.sub(lambda slot: own[slot.group(1)][(at * STRIDE + slot.start()) % len(own[slot.group(1)])], line)


def _own(pack: Pack) -> dict[str, list[str]]:
    """Names of the pack by slot, everyday ones too."""
    conditions, findings = pack.conditions.values(), pack.findings.values()
    return {
        "c": [name for c in conditions for name in (c.name.split(" (")[0], c.lay_name)],
        "d": [name for d in pack.drugs.values() for name in (d.name, *d.members[:3])],
        "t": [t.name.split(" (")[0] for t in pack.treatments.values()],
        "x": [x.name for x in pack.tests.values()],
        "f": [f.name for f in findings],
        "w": [w.name for w in pack.clinicians.values()],
    }
