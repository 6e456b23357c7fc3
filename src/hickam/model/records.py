"""What is kept when a person saves: who acts, a case and its versions, the answer given, documents, the audit trail.

Times are UTC, ISO 8601 with microseconds, as text: they sort as text and mean the same in every database.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from hickam.model.assessment import PackStamp
from hickam.model.case import Case

Role = Literal["reader", "clinician", "reviewer", "editor", "administrator"]
ROLES: tuple[Role, ...] = ("reader", "clinician", "reviewer", "editor", "administrator")
DocumentState = Literal["draft", "signed"]
FeedbackState = Literal["open", "answered", "closed"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts: the id of a user, the name that others see, and what the person may do."""

    user: str
    name: str
    roles: tuple[Role, ...]


LOCAL = Actor(user="local", name="local user", roles=ROLES)
"""The one person at their own machine, and whoever holds the database itself (the command line)."""


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with an account. ``name`` is what is typed at login; ``own_password``: chosen by the person alone.

    ``oidc_subject``: 'issuer|subject' at an identity provider, None until the first login there.
    """

    id: str
    name: str
    display_name: str
    roles: tuple[Role, ...]
    active: bool
    password_hash: str | None
    oidc_subject: str | None
    own_password: bool
    last_login_at: str

    @property
    def actor(self) -> Actor:
        """The person as one who acts."""
        return Actor(user=self.id, name=self.display_name, roles=self.roles)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A login that holds until ``expires_at``, or until nothing is asked for a while."""

    user: User
    csrf: str
    last_seen_at: str
    expires_at: str


class Failures(msgspec.Struct, frozen=True, kw_only=True):
    """Failed logins in a row, and the time before which none is tried ('' for now)."""

    count: int
    until: str


class SavedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer as it was given.

    ``answer``: the bytes of hickam.assessment/1. ``knowledge``: the digest of the kept pack. ``basis``: the options it
    was computed with; with the case and the pack they give the same bytes again.
    """

    id: str
    made_at: str
    made_by: str
    pack: PackStamp
    knowledge: str
    engine_version: str
    basis: dict[str, Any]
    urgency: str
    leading: str
    answer: bytes
    hash: str


class CaseVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a case. ``told``: what the person entered, from which the page can be filled again.

    ``answer`` is None where nothing of the case was understood.
    """

    case_id: str
    number: int
    saved_at: str
    saved_by: str
    patient: str
    title: str
    told: dict[str, Any]
    case: Case
    hash: str
    answer: SavedAnswer | None


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """A remark on a line of an answer or article. ``has_case``: its sender added a case they had saved."""

    id: str
    at: str
    sender: str
    subject: str
    pack_hash: str
    text: str
    has_case: bool
    state: FeedbackState
    answer: str


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """One saved case in a list: its latest version in a line."""

    id: str
    owner: str
    patient: str
    title: str
    versions: int
    created_at: str
    saved_at: str
    urgency: str
    leading: str


class SavedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A note, letter, handout or report. Signed, it never changes; ``amends``: the signed document it replaces.

    ``text`` is Markdown; ``foot`` names the pack, engine and review state it was written from. ``hash`` covers every
    other part and the PDF; it is in the audit trail.
    """

    id: str
    case_id: str
    version: int
    kind: str
    reader: str
    language: str
    title: str
    text: str
    foot: str
    state: DocumentState
    revision: int
    amends: str
    made_at: str
    made_by: str
    changed_at: str
    signed_at: str
    signed_by: str
    signed_name: str
    hash: str


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the audit trail. ``detail`` holds versions, hashes and counts, never a patient's words."""

    seq: int
    at: str
    user: str
    action: str
    subject: str
    detail: dict[str, Any]
    previous: str
    hash: str
