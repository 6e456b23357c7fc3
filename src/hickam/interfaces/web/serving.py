"""How the program is reached and who may use it: what ``hickam serve`` is told."""

from __future__ import annotations

from dataclasses import dataclass

from hickam.interfaces.web.provider import Provider
from hickam.interfaces.web.rates import NO_LIMIT, Rate


@dataclass(frozen=True)
class Serving:
    """``hosts``: names it answers to, without ports; empty for any. ``https``: browsers reach it over TLS.

    ``team``: a login is needed; ``provider``: also through this identity provider.
    ``workers``: processes that compute; 0 for this one alone. ``self_service``: people may check themselves here,
    without a clinician; off, what is written for a patient is for reading together (docs/safety/intended-use.md).
    """

    hosts: frozenset[str] = frozenset()
    https: bool = False
    access_log: bool = False
    rate: Rate = NO_LIMIT
    team: bool = False
    provider: Provider | None = None
    workers: int = 0
    self_service: bool = False
