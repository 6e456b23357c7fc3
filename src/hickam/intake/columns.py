"""Structured cases by columns: what ``case_from_json`` does for one object, for many rows without text at once.

Each distinct name is looked up once, by the same functions; the rows are then settled (one state a finding,
contradictions out, implied findings in) by a compiled loop. Rows with text go through ``case_from_json``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit

from hickam.inference.layout import CATEGORICAL, RANGED, Ints, Network
from hickam.intake.assemble import MOST_VALUES
from hickam.intake.errors import IntakeError
from hickam.intake.resolving import resolve_condition, resolve_finding, resolve_medicine, resolve_value
from hickam.intake.vocabulary import Vocabulary
from hickam.model.case import Observation, State
from hickam.model.pack import Pack

F = TypeVar("F", bound=Callable[..., Any])
Said = tuple[int, int, int]
"""Finding, present (1) or absent (0), value number or -1."""


class Words(NamedTuple):
    """Distinct names of one column, looked up: name c says ``finding/present/value[ptr[c]:ptr[c + 1]]``."""

    ptr: Ints
    finding: Ints
    present: Ints
    value: Ints


class Implied(NamedTuple):
    """What each finding implies: ``finding[ptr[f]:ptr[f + 1]]`` in ``present`` state (1 or 0); and what says nothing
    more beside it, ``covers[covers_ptr[f]:covers_ptr[f + 1]]`` (``lookups.covered_by``)."""

    ptr: Ints
    finding: Ints
    present: Ints
    covers_ptr: Ints
    covers: Ints


class Settled(NamedTuple):
    """Rows settled, sorted by finding: ``ptr`` [B + 1]; ``finding``; ``state`` 1, 0 or the mask of its values.
    ``conflicts`` [B] number of findings given as present and as absent."""

    ptr: Ints
    finding: Ints
    state: Ints
    conflicts: Ints


def _compiled(function: F) -> F:
    made: Any = njit(cache=True, nogil=True, error_model="numpy")(function)
    return cast("F", made)


class Lookup:
    """Names of a pack to numbers of its network, each looked up once; what is refused is remembered with its reason."""

    def __init__(self, pack: Pack, vocabulary: Vocabulary, network: Network) -> None:
        self.pack, self.vocabulary, self.network = pack, vocabulary, network
        self.implied = _implied(vocabulary, network)
        self.valued = np.where(network.kind == CATEGORICAL, MOST_VALUES, np.where(network.kind == RANGED, 62, 0))
        self._said: dict[tuple[object, ...], list[Said] | IntakeError] = {}
        self._facts: dict[tuple[str, str], tuple[int, str, bool] | IntakeError] = {}

    def finding(self, name: str, state: str) -> list[Said] | IntakeError:
        """What a name in ``present`` or ``absent`` says."""
        said: State = "present" if state == "present" else "absent"
        return self._once((state, name), lambda: [resolve_finding(name, said, self.vocabulary)])

    def medicine(self, name: str) -> list[Said] | IntakeError:
        """What taking a medicine says."""
        return self._once(("drug", name), lambda: resolve_medicine(name, self.vocabulary)[1])

    def value(self, name: str, value: object, age: float | None, sex: str | None) -> list[Said] | IntakeError:
        """What a value says, in a patient of this age and sex."""
        key = ("value", name, tuple(value) if isinstance(value, list) else value, age, sex)
        if len(self._said) > 500_000:
            self._said.clear()
        return self._once(key, lambda: resolve_value(name, value, self.vocabulary, age, sex))

    def condition(self, name: str, status: str, column: str) -> tuple[int, str, bool] | IntakeError:
        """Number and status of a condition, and whether it is a past acute event, which is not present now."""
        key = (name, status)
        if key not in self._facts:
            try:
                fact = resolve_condition(name, status, column, self.vocabulary)
                prior = self.pack.conditions[fact.condition].prior
                gone = fact.status == "past" and prior is not None and prior.measure != "prevalence"
                self._facts[key] = self.network.condition_index[fact.condition], fact.status, gone
            except IntakeError as error:
                self._facts[key] = error
        return self._facts[key]

    def _once(self, key: tuple[object, ...], look: Callable[[], Sequence[Observation]]) -> list[Said] | IntakeError:
        found = self._said.get(key)
        if found is None:
            try:
                found = [said for observation in look() for said in self._numbers(observation)]
            except IntakeError as error:
                found = error
            self._said[key] = found
        return found

    def _numbers(self, observation: Observation) -> list[Said]:
        f = self.network.finding_index[observation.finding]
        present = int(observation.state == "present")
        if not observation.values:
            return [(f, present, -1)]
        return [(f, present, self.network.values[f].index(value)) for value in observation.values]


def words_of(said: Sequence[list[Said]]) -> Words:
    """Names looked up, as flat arrays."""
    flat = np.array([one for many in said for one in many], dtype=np.int64).reshape(-1, 3)
    ptr = np.zeros(len(said) + 1, dtype=np.int64)
    np.cumsum([len(many) for many in said], out=ptr[1:])
    finding, present, value = (np.ascontiguousarray(flat[:, i]) for i in range(3))
    return Words(ptr, finding, present, value)


def _implied(vocabulary: Vocabulary, network: Network) -> Implied:
    rows: list[list[tuple[int, int]]] = []
    for name in network.findings:
        words = vocabulary.findings[name]
        known = [(other, 1) for other in words.implies] + [(other, 0) for other in words.implies_absent]
        rows.append([(network.finding_index[o], s) for o, s in known if o in vocabulary.findings])
    flat = np.array([one for row in rows for one in row], dtype=np.int64).reshape(-1, 2)
    ptr = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in rows], out=ptr[1:])
    finding, present = np.ascontiguousarray(flat[:, 0]), np.ascontiguousarray(flat[:, 1])
    return Implied(ptr, finding, present, network.covers_ptr, network.covers)


def settle_rows(words: Words, ptr: Ints, codes: Ints, implied: Implied, valued: Ints, sizes: Ints) -> Settled:
    """Rows of codes into ``words``, each row settled as ``assemble.settle`` does for statements given outright.

    ``valued`` [F]: most values a finding may hold (0: a yes/no finding). ``sizes`` [F]: how many values it has.
    """
    rows = len(ptr) - 1
    room = int((words.ptr[codes + 1] - words.ptr[codes]).sum()) if len(codes) else 0
    room = 4 * room + 64 * rows + 64
    while True:
        out = (np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64))
        ends, conflicts = np.zeros(rows + 1, dtype=np.int64), np.zeros(rows, dtype=np.int64)
        if _settle(words, ptr, codes, implied, valued, sizes, ends, conflicts, *out):
            return Settled(ends, out[0][: ends[-1]], out[1][: ends[-1]], conflicts)
        room *= 2


@_compiled
def _close(implied: Implied, told: Ints, queue: Ints, waiting: int, touched: Ints, n: int) -> int:
    """Tell what the present findings in ``queue`` imply, step by step, and silence (5) what says nothing beside a
    narrower one. How many findings are touched then."""
    i = 0
    while i < waiting:
        f = queue[i]
        for j in range(implied.ptr[f], implied.ptr[f + 1]):
            other = implied.finding[j]
            if told[other] == 0 or told[other] == 4:
                if told[other] == 0:
                    touched[n] = other
                    n += 1
                told[other] = 1 if implied.present[j] else 2
                if implied.present[j]:
                    queue[waiting] = other
                    waiting += 1
        i += 1
    for i in range(waiting):
        for j in range(implied.covers_ptr[queue[i]], implied.covers_ptr[queue[i] + 1]):
            if told[implied.covers[j]] == 1:
                told[implied.covers[j]] = 5
    return n


@_compiled
def _settle(
    words: Words,
    ptr: Ints,
    codes: Ints,
    implied: Implied,
    valued: Ints,
    sizes: Ints,
    ends: Ints,
    conflicts: Ints,
    finding: Ints,
    state: Ints,
) -> bool:
    """Fill ``finding`` and ``state``; False when they are too short."""
    many = len(valued)
    told, mask, count = np.zeros(many, np.int64), np.zeros(many, np.int64), np.zeros(many, np.int64)
    queue, touched = np.zeros(many, np.int64), np.zeros(many, np.int64)
    at = 0
    for row in range(len(ptr) - 1):
        n = 0
        for i in range(ptr[row], ptr[row + 1]):
            for j in range(words.ptr[codes[i]], words.ptr[codes[i] + 1]):
                f, present, value = words.finding[j], words.present[j], words.value[j]
                if told[f] == 0:
                    touched[n] = f
                    n += 1
                told[f] |= 1 if present else 2
                if present and value >= 0 and not mask[f] >> value & 1 and count[f] < valued[f]:
                    mask[f] |= 1 << value
                    count[f] += 1
        waiting = 0
        for i in range(n):
            f = touched[i]
            if valued[f]:
                told[f] = 1 if told[f] & 1 else 4  # only denied: says nothing, and may still be implied
            elif told[f] == 3:
                conflicts[row] += 1
            if told[f] == 1:
                queue[waiting] = f
                waiting += 1
        n = _close(implied, told, queue, waiting, touched, n)
        if at + n > len(finding):
            return False
        order = np.sort(touched[:n])
        for f in order:
            full = (1 << sizes[f]) - 1
            if told[f] == 1 and (valued[f] == 0 or 0 < mask[f] < full):
                finding[at], state[at] = f, 1 if valued[f] == 0 else mask[f]
                at += 1
            elif told[f] == 2 and valued[f] == 0:
                finding[at], state[at] = f, 0
                at += 1
            told[f] = mask[f] = count[f] = 0
        ends[row + 1] = at
    return True
