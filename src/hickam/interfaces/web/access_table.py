"""What each address needs: the one table. A route that is not here is refused to everybody in team mode, and
``tests/functional/test_permissions.py`` fails.
"""

from __future__ import annotations

from typing import Literal

from hickam.services.permissions import Permission

Need = Permission | Literal["public", "login", "caller"]
"""``public``: anybody who reaches the program. ``login``: any user. ``caller``: CDS Hooks check it."""

NEEDS: dict[str, Need] = {
    # knowledge, which is published under a free licence
    "/": "public",
    "/about": "public",
    "/editorial-policy": "public",
    "/sources": "public",
    "/statistics": "public",
    "/source-attributes": "public",
    "/evaluation": "public",
    "/evaluation/{name:path}": "public",
    "/articles": "public",
    "/articles/differential": "public",
    "/articles/overview": "public",
    "/articles/who-treats": "public",
    "/search": "public",
    "/search/pages.js": "public",
    "/conditions": "public",
    "/conditions/{id}": "public",
    "/findings": "public",
    "/findings/{id}": "public",
    "/tests": "public",
    "/tests/{id}": "public",
    "/drugs": "public",
    "/drugs/{id}": "public",
    "/treatments": "public",
    "/treatments/{id}": "public",
    "/static/{path:path}": "public",
    "/api/v1/openapi.json": "public",
    "/api/v1/pack": "public",
    "/api/v1/pack/findings": "public",
    "/api/v1/pack/conditions/{id}": "public",
    "/api/v1/articles/{kind}": "public",
    "/api/v1/articles/{kind}/{id}": "public",
    "/fhir/metadata": "public",
    "/fhir/Questionnaire/interview": "public",
    # a patient's story, answered and forgotten
    "/workbench": "assess",
    "/scribe": "assess",
    "/api/v1/visit": "assess",
    "/api/v1/visit/note": "assess",
    "/api/v1/visit/sign": "assess",
    "/api/v1/assess": "assess",
    "/api/v1/explain": "assess",
    "/api/v1/next": "assess",
    "/api/v1/parse": "assess",
    "/api/v1/ask": "assess",
    "/api/v1/note": "assess",
    "/api/v1/interview/next": "assess",
    "/api/v1/own-list": "assess",
    "/api/v1/transcribe": "assess",
    "/api/v1/transcribe/{id}": "assess",
    "/api/v1/transcribe/{id}/audio": "assess",
    "/fhir/Questionnaire/$next-question": "assess",
    "/fhir/$assess": "assess",
    "/cds-services": "public",
    "/cds-services/{rest:path}": "public",
    "/cds-services/{service}": "caller",
    "/cds-services/{service}/feedback": "caller",
    # what is saved; the store shows each person their own
    "/api/v1/cases": "cases",
    "/api/v1/cases/search": "cases",
    "/api/v1/cases/export": "cases",
    "/api/v1/cases/{case_id}/give": "cases",
    "/api/v1/cases/{case_id}": "cases",
    "/api/v1/cases/{case_id}/versions": "cases",
    "/api/v1/cases/{case_id}/versions/{number}": "cases",
    "/api/v1/cases/{case_id}/versions/{number}/replay": "cases",
    "/api/v1/cases/{case_id}/compare": "cases",
    "/api/v1/cases/{case_id}/documents": "cases",
    "/api/v1/visit/keep": "cases",
    "/api/v1/documents/{id}": "cases",
    "/api/v1/documents/{id}/sign": "cases",
    "/api/v1/documents/{id}/amend": "cases",
    "/api/v1/documents/{id}/print/{form}": "cases",
    # opened from a record system: it lets people in; what they then see needs a login here too
    "/smart/launch": "public",
    "/smart/callback": "public",
    "/smart/keys": "public",
    "/smart/patient": "assess",
    "/smart/case": "assess",
    "/smart/note": "assess",
    "/smart/end": "assess",
    # the editors' desk
    "/editorial": "editorial",
    "/editorial/item": "editorial",
    "/editorial/edit": "propose",
    "/editorial/feedback": "editorial",
    "/api/v1/editorial/check": "propose",
    "/api/v1/editorial/weigh": "editorial",
    "/api/v1/editorial/submit": "propose",
    "/api/v1/editorial/judge": "review",
    "/api/v1/feedback": "feedback",
    "/api/v1/feedback/{id}": "editorial",
    "/api/v1/feedback/{id}/case": "editorial",
    # accounts
    "/login": "public",
    "/login/provider": "public",
    "/login/provider/back": "public",
    "/logout": "login",
    "/account": "login",
    "/api/v1/me": "login",
    "/users": "users",
    # operation
    "/healthz": "public",
    "/readyz": "public",
    "/metrics": "operate",
}


def need(method: str, route: str) -> Need | None:
    """What a route needs; an entry 'POST /path' goes before '/path'. None where nothing is declared."""
    return NEEDS.get(f"{method} {route}") or NEEDS.get(route)
