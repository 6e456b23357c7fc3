"""Log in and out, one's own account, and the list of users for an administrator. Only where there are accounts."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hickam.errors import HickamError
from hickam.interfaces.web.access import FormTokens, Gate
from hickam.interfaces.web.acting import acting
from hickam.interfaces.web.forms import form_of
from hickam.interfaces.web.pages import Pages
from hickam.model.records import ROLES, Role, Session, User
from hickam.services.accounts import LoginError
from hickam.services.permissions import GRANTS, MEANING, Permission, permissions_of
from hickam.services.users import UserAdmin, one_time_password

HOME = "/workbench"


class Entry:
    """The login page, and the way in from it. ``provider``: what the identity provider is called, '' without one."""

    def __init__(self, gate: Gate, tokens: FormTokens, pages: Pages, provider: str) -> None:
        self.gate, self.tokens, self.pages, self.provider = gate, tokens, pages, provider

    def page(self, request: Request, target: str, error: HickamError | None = None) -> Response:
        """The login page; with what went wrong."""
        visitor = request.cookies.get(self.gate.csrf_cookie) or secrets.token_urlsafe(16)
        request.state.csrf = self.tokens.token(visitor)
        status = 200 if error is None else 429 if isinstance(error, LoginError) and error.wait else 401
        response = shown(self.pages, "login.html", request, status, target=target, error=error, provider=self.provider)
        if isinstance(error, LoginError) and error.wait:
            response.headers["retry-after"] = str(error.wait)
        response.set_cookie(self.gate.csrf_cookie, visitor, secure=self.gate.https, samesite="strict")
        return response

    def refused(self, request: Request, error: HickamError) -> Response:
        """Back at the login page."""
        return self.page(request, HOME, error)

    async def entered(self, request: Request, token: str, target: str) -> Response:
        """On to the page that was wanted, with the new session; one from before ends."""
        old = request.cookies.get(self.gate.cookie, "")
        if old:
            await asyncio.to_thread(self.gate.accounts.log_out, old)
            self.gate.forget()
        session = await self.gate.session(token)
        assert session is not None
        if session.user.password_hash and not session.user.own_password:
            target = "/account"  # nothing else opens until it is changed
        return self.gate.give(RedirectResponse(target, status_code=303), token, session.csrf)


def login_routes(gate: Gate, entry: Entry, pages: Pages) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/login")
    async def login(request: Request, next: str = HOME) -> Response:
        return entry.page(request, local(next))

    @router.post("/login")
    async def log_in(request: Request) -> Response:
        form = fields(request)
        target = local(form.get("next", HOME))
        address = request.client.host if request.client else ""
        try:
            token = await asyncio.to_thread(
                gate.accounts.log_in, form.get("name", ""), form.get("password", ""), address
            )
        except LoginError as error:
            return entry.page(request, target, error)
        return await entry.entered(request, token, target)

    @router.post("/logout")
    async def log_out(request: Request) -> Response:
        await asyncio.to_thread(gate.accounts.log_out, request.cookies.get(gate.cookie, ""))
        gate.forget()
        return gate.take(RedirectResponse("/login", status_code=303))

    @router.get("/account")
    async def account(request: Request) -> Response:
        return shown(pages, "account.html", request, **_own(request), error=None)

    @router.post("/account")
    async def choose_password(request: Request) -> Response:
        form, session = fields(request), _session(request)
        address = request.client.host if request.client else ""
        try:
            if form.get("new") != form.get("again"):
                raise HickamError(
                    code="not-the-same",
                    where="password",
                    what="the two new passwords differ",
                    why="a slip of a finger would lock you out",
                    fix="type the new one twice",
                )
            token = await asyncio.to_thread(
                gate.accounts.choose_password, session.user, form.get("old", ""), form.get("new", ""), address
            )
        except HickamError as error:
            return shown(pages, "account.html", request, 422, **_own(request), error=error)
        gate.forget()
        return await entry.entered(request, token, HOME)

    @router.get("/users")
    async def users(request: Request) -> Response:
        return await users_page(request)

    async def users_page(request: Request, status: int = 200, **parts: Any) -> Response:
        admin = UserAdmin(gate.accounts.desk.store, acting(request))
        found = await asyncio.to_thread(admin.users)
        given = {"error": None, "changed": "", "password": "", **parts}
        return shown(
            pages, "users.html", request, status, users=found, roles=ROLES, grants=GRANTS, meaning=MEANING, **given
        )

    @router.post("/users")
    async def change_users(request: Request) -> Response:
        admin = UserAdmin(gate.accounts.desk.store, acting(request))
        try:
            password = await asyncio.to_thread(_change, admin, request)
        except HickamError as error:
            return await users_page(request, 422, error=error)
        gate.forget()
        return await users_page(request, changed=fields(request).get("name", ""), password=password)

    return router


def shown(pages: Pages, name: str, request: Request, status: int = 200, **parts: Any) -> Response:
    """A page about the person who asks: with the token for its forms, and never kept."""
    response = pages.render(name, status, csrf=request.state.csrf, **parts)
    response.headers["cache-control"] = "no-store"
    return response


def me_routes() -> APIRouter:
    """Who asks, for our own scripts and for programs."""
    router = APIRouter(prefix="/api/v1", tags=["accounts"])

    @router.get("/me", summary="Who asks, and what this person may do")
    async def me(request: Request) -> Me:
        actor = acting(request)
        return Me(
            name=actor.name,
            roles=list(actor.roles),
            permissions=sorted(permissions_of(actor)),
            team=request.state.session is not None,
        )

    return router


class Me(BaseModel):
    """``team`` false: there are no accounts here, and everybody who reaches the program is the local user."""

    name: str
    roles: list[Role]
    permissions: list[Permission]
    team: bool


def fields(request: Request) -> dict[str, str]:
    """The first value of each field of the form that was sent."""
    return {name: values[0] for name, values in form_of(request).items()}


def local(target: str) -> str:
    """A page of this program to go on to; the workbench instead of anything else."""
    plain = target.startswith("/") and not target.startswith("//") and target.isprintable() and "\\" not in target
    return target if plain else HOME


def _change(admin: UserAdmin, request: Request) -> str:
    """One change; the one-time password it made, else ''."""
    form = fields(request)
    roles = form_of(request).get("role", [])
    name, action, password = form.get("name", ""), form.get("action", ""), ""
    if action == "add":
        password = one_time_password()
        admin.add(name, form.get("display_name", ""), roles, password)
    elif action == "reset":
        password = one_time_password()
        admin.reset(name, password)
    elif action == "roles":
        admin.set_roles(name, roles)
    elif action == "disable":
        admin.disable(name)
    elif action == "enable":
        admin.enable(name)
    else:
        raise HickamError(
            code="bad-action",
            where="action",
            what="this is nothing that can be done to a user",
            why="nothing was changed",
            fix="use the buttons of the page",
        )
    return password


def _session(request: Request) -> Session:
    found: Session = request.state.session
    return found


def _own(request: Request) -> dict[str, Any]:
    user: User = _session(request).user
    return {"user": user, "must": not user.own_password and user.password_hash is not None}
