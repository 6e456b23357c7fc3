"""Who acts in a request. Without accounts it is the one person at this machine."""

from __future__ import annotations

from fastapi import Request

from hickam.model.records import LOCAL, Actor


def acting(request: Request) -> Actor:
    """The person who was let in; with accounts, what let them in has put it into ``request.state.actor``."""
    found = getattr(request.state, "actor", LOCAL)
    assert isinstance(found, Actor)
    return found
