"""A case to a colleague, or all of somebody's cases when they leave."""

from __future__ import annotations

from hickam.errors import HickamError
from hickam.model.records import LOCAL
from hickam.services.permissions import permissions_of
from hickam.store.case_desk import CaseDesk
from hickam.store.custody import Custody
from hickam.store.database import Store
from hickam.store.user_desk import UserDesk


def hand_over(desk: CaseDesk, case_id: str, name: str) -> None:
    """The case to the user of this name; HickamError when it cannot be theirs."""
    desk.give(case_id, recipient(desk.store, name))


def hand_over_all(custody: Custody, old: str, new: str) -> int:
    """Every case of one user (active or not) to another; returns how many."""
    return custody.give_all(_known(custody.store, old), recipient(custody.store, new))


def recipient(store: Store, name: str) -> str:
    """Id of a user who may hold cases."""
    user = UserDesk(store).by_name(name.strip().lower())
    if user is None or not user.active or "cases" not in permissions_of(user.actor):
        raise _no_such_user()
    return user.id


def _known(store: Store, name: str) -> str:
    user = UserDesk(store).by_name(name.strip().lower())
    if user is None:
        raise _no_such_user()
    return user.id


def _no_such_user() -> HickamError:
    return HickamError(
        code="no-such-user",
        where="the user",
        what="nobody of this name can hold cases",
        why="a case without somebody to look after it would be lost",
        fix=f"name an active clinician as at login (hickam user list), or {LOCAL.user}",
    )
