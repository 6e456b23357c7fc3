"""``Network``: a compiled pack as plain arrays, independent of any case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

RISK, EPISODE, CATEGORICAL, PATIENT, RANGED = range(5)
"""Kinds of finding: prior shift; episode yes/no; episode with values; patient yes/no; patient with ranges."""
COMPLAINTS = ("leg", "any")
SETTINGS = ("primary_care", "emergency", "specialist")
STATUSES = ("active", "controlled", "past", "unknown")
IN_FAMILY = 4.0
"""How much more than a condition that stands alone a member of a family counts when items are put in order."""
META = "meta"


@dataclass(frozen=True, eq=False)
class Network:
    """n conditions, F findings, S strata (age band x sex; index 2*band + sex, female 0), V values, R rows, L links.

    Ragged tables are pointers into flat arrays: finding f owns ``x[ptr[f]:ptr[f+1]]``. A *link* is the yes/no
    evidence of one condition for one finding, a *row* the distribution of one condition over a finding's values.
    For ranged findings every range is ``weight * (form[up] - form[down])`` where a form is a product over the
    conditions present, ``form_bg * prod form_phi`` (noisy-MAX); local form 0 is the constant 1.
    """

    # identity
    hash: str
    conditions: tuple[str, ...]
    findings: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    groups: tuple[str, ...]
    # strata
    age_starts: Ints  # [bands]
    visits: Floats  # [cells, 5]: age from, age to, sex, share of visits, share per unit of visiting rate
    unexplained: Floats  # [settings] target share
    # conditions
    prior: Floats  # [S, n] population probability in the window, without exposures
    prior_sigma: Floats  # [S, n] logit
    exposure: Ints  # [n] finding index or -1
    exposure_share: Floats  # [n]
    exposure_sigma: Floats  # [n]
    sex_ok: Bools  # [2, n]
    cause_only: Bools  # [n]
    kappa: Floats  # [2 complaints, n] probability of consulting in the window
    kappa_sigma: Floats  # [2, n]
    setting_factor: Floats  # [3 settings, n]
    mentioned: Floats  # [n]
    status_complaint: Floats  # [4 statuses, n]
    status_findings: Floats  # [4, n]
    danger_threshold: Floats  # [n] test threshold, 0 where not dangerous
    danger_weight: Floats  # [n] harm weight H
    # links between conditions
    edge_parent: Ints
    edge_child: Ints
    edge_rho: Floats
    edge_inside: Bools  # both ends in one block
    exclude_a: Ints
    exclude_b: Ints
    block: Ints  # [n] block number, -1 alone
    # risk factors
    mod_condition: Ints
    mod_factor: Ints
    mod_log_or: Floats
    mod_sigma: Floats
    # findings
    kind: Ints  # [F]
    group: Ints  # [F] index into groups, -1 alone
    group_phi: Floats  # [groups]
    covers_ptr: Ints  # [F+1]
    covers: Ints  # findings that say nothing more when this one is present
    background: Floats  # [S, F] leak, usual frequency, or population frequency
    background_sigma: Floats  # [S, F]
    finding_mentioned: Floats  # [F]
    finding_sex: Bools  # [2, F]
    finding_age: Floats  # [F, 2]
    burden: Floats  # [F]
    link_ptr: Ints  # [F+1]
    link_condition: Ints
    link_value: Floats  # P(finding | condition)
    link_sigma: Floats
    value_ptr: Ints  # [F+1]
    value_bg: Floats  # [V]
    range_up: Ints  # [V] local form
    range_down: Ints  # [V] local form or -1
    range_weight: Floats  # [V]
    row_ptr: Ints  # [F+1]
    row_condition: Ints  # [R]
    row_sigma: Floats  # [R]
    row_share: Ints  # [R] offset into share
    share: Floats
    form_ptr: Ints  # [F+1]
    form_bg: Floats
    row_form: Ints  # [R] offset into form_phi
    form_phi: Floats

    @cached_property
    def condition_index(self) -> dict[str, int]:
        """Id of a condition -> its index."""
        return {name: i for i, name in enumerate(self.conditions)}

    @cached_property
    def finding_index(self) -> dict[str, int]:
        """Id of a finding -> its index."""
        return {name: i for i, name in enumerate(self.findings)}

    @cached_property
    def seed(self) -> int:
        """Fixed seed of this pack: the first 52 bits of its hash, or of the hash's text when it is not hexadecimal."""
        try:
            return int(self.hash[:13], 16)
        except ValueError:
            return int.from_bytes(self.hash.encode()[:6].ljust(6, b"0"), "big")

    @cached_property
    def cache(self) -> dict[Any, Any]:
        """Case-independent results that are cheap to keep (draw tables, case mixes)."""
        return {}

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays by field name, and ``meta``: one JSON text as bytes with everything that is not an array."""
        arrays: dict[str, NDArray[Any]] = {}
        meta: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            (arrays if isinstance(value, np.ndarray) else meta)[item.name] = value
        arrays[META] = np.frombuffer(json.dumps(meta, ensure_ascii=False).encode(), dtype=np.uint8)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Network:
        """The inverse of ``to_arrays``; arrays are taken as they are, so a memory map stays one."""
        meta = json.loads(np.asarray(arrays[META]).tobytes().decode())
        known: dict[str, Any] = {item.name: arrays[item.name] for item in fields(cls) if item.name in arrays}
        known["hash"] = str(meta["hash"])
        for name in ("conditions", "findings", "groups"):
            known[name] = tuple(meta[name])
        known["values"] = tuple(tuple(ids) for ids in meta["values"])
        return cls(**known)
