"""What a record system sends: a hook request, and feedback on cards."""

from __future__ import annotations

from typing import Any

import msgspec

from hickam.errors import HickamError
from hickam.interfaces.smart.scopes import grants


class Authorization(msgspec.Struct, kw_only=True):
    """The token with which the record may be read."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = 0
    scope: str = ""
    subject: str = ""
    patient: str = ""

    def lets_read(self, kind: str, patient: str, *, one: bool) -> bool:
        """Whether the token is for reading ``one`` resource, or all, of this type and patient, as far as it says so:
        without a scope the record server alone decides."""
        if self.token_type.lower() != "bearer" or (self.patient and self.patient != patient):
            return False
        return not self.scope.strip() or grants(self.scope, kind, "read" if one else "search")


class HookRequest(msgspec.Struct, kw_only=True, rename="camel"):
    """One call of a service."""

    hook: str
    hook_instance: str
    context: dict[str, Any]
    fhir_server: str = ""
    fhir_authorization: Authorization | None = None
    prefetch: dict[str, dict[str, Any] | None] = {}

    @property
    def patient(self) -> str:
        """The patient's id, without a type."""
        return str(self.context["patientId"]).removeprefix("Patient/")

    @property
    def server(self) -> str:
        """The record's address without a slash at its end; '' when the call names none."""
        return self.fhir_server.rstrip("/")

    @property
    def user(self) -> str:
        """Who asks, as Type/id; '' when the hook does not say."""
        return str(self.context.get("userId", ""))


class Chosen(msgspec.Struct, kw_only=True):
    """A suggestion that was taken."""

    id: str


class OverrideReason(msgspec.Struct, kw_only=True, rename="camel"):
    """Why a card was put aside. The comment is free text, may name the patient, and is never kept."""

    reason: dict[str, Any] | None = None
    user_comment: str | None = None


class Feedback(msgspec.Struct, kw_only=True, rename="camel"):
    """What became of one card."""

    card: str
    outcome: str
    outcome_timestamp: str
    accepted_suggestions: list[Chosen] = []
    override_reason: OverrideReason | None = None


class FeedbackBody(msgspec.Struct, kw_only=True):
    """The body of a feedback call."""

    feedback: list[Feedback]


NEEDS: dict[str, tuple[tuple[str, type], ...]] = {
    "order-select": (("draftOrders", dict), ("selections", list)),
    "order-sign": (("draftOrders", dict),),
    "problem-list-item-create": (("conditions", dict),),
}
"""Parts of the context without which a hook would be answered by silence, as if there were nothing to say."""


def hook_request(sent: object, hook: str) -> HookRequest:
    """The request, checked. Raises HickamError."""
    try:
        request = msgspec.convert(sent, HookRequest)
    except msgspec.ValidationError as error:
        raise _bad(str(error)) from None
    if request.hook != hook:
        raise _bad(f"this service is for the hook {hook}")
    if not isinstance(request.context.get("patientId"), str) or not request.patient:
        raise _bad("context.patientId is needed")
    for name, kind in NEEDS.get(hook, ()):
        if not isinstance(request.context.get(name), kind):
            raise _bad(f"context.{name} is needed")
    return request


def feedback_body(sent: object) -> list[Feedback]:
    """The feedback, checked. Raises HickamError."""
    try:
        given = msgspec.convert(sent, FeedbackBody).feedback
    except msgspec.ValidationError as error:
        raise _bad(str(error)) from None
    for item in given:
        if item.outcome not in ("accepted", "overridden"):
            raise _bad("outcome is accepted or overridden")
        if item.outcome == "accepted" and not item.accepted_suggestions:
            raise _bad("an accepted card names the suggestions that were taken")
    return given


def _bad(what: str) -> HickamError:
    return HickamError(
        code="bad-hook",
        where="CDS Hooks request",
        what=what,
        why="an answer to a misread request would be about the wrong thing",
        fix="send what CDS Hooks 2.0.1 asks for this hook",
    )
