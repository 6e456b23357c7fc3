"""Who acts in a request: ``access.py`` has put the person there. Without accounts it is the local user."""

from __future__ import annotations

from fastapi import Request

from hickam.model.records import Actor


def acting(request: Request) -> Actor:
    """The person who was let in."""
    found: Actor = request.state.actor
    return found
