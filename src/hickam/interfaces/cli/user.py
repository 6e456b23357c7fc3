"""``hickam user``: who may log in to a team's service. Works on the database itself, as its holder."""

from __future__ import annotations

import argparse
import getpass
import sys

from hickam.errors import HickamError
from hickam.services.saved_cases import open_store
from hickam.services.users import UserAdmin, one_time_password


def user_command(options: argparse.Namespace) -> int:
    """One change or the list; 0."""
    store = open_store(options.database)
    try:
        _act(UserAdmin(store), options)
    finally:
        store.close()
    return 0


def _act(admin: UserAdmin, options: argparse.Namespace) -> None:
    match options.action:
        case "list":
            _list(admin)
        case "add":
            password = None if options.no_password else _password(options)
            user = admin.add(options.name, options.display_name, options.role, password)
            print(f"added {user.name}: {', '.join(user.roles)}")
            _say(options, password)
        case "reset":
            password = _password(options)
            admin.reset(options.name, password)
            print(f"new password for {options.name}; every session of theirs has ended")
            _say(options, password)
        case "role":
            user = admin.set_roles(options.name, options.roles)
            print(f"{user.name}: {', '.join(user.roles)}")
        case "disable":
            print(f"disabled {admin.disable(options.name).name}")
        case "enable":
            print(f"enabled {admin.enable(options.name).name}")


def _list(admin: UserAdmin) -> None:
    found = admin.users()
    if not found:
        print("nobody yet; add somebody: hickam user add NAME --role administrator")
    for user in found:
        state = "active" if user.active else "disabled"
        seen = user.last_login_at[:16].replace("T", " ") or "never"
        print(f"{user.name:24} {state:9} last login {seen:16}  {', '.join(user.roles)}  ({user.display_name})")


def _password(options: argparse.Namespace) -> str:
    """A made one, or with --ask a typed one; from a line of standard input when that is no terminal."""
    if not options.ask:
        return one_time_password()
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != typed:
        raise HickamError(
            code="not-the-same",
            where="password",
            what="the two differ",
            why="nobody could log in with it",
            fix="type the same password twice",
        )
    return typed


def _say(options: argparse.Namespace, password: str | None) -> None:
    if password is not None and not options.ask:
        print(f"one-time password: {password}")
    if password is not None:
        print("it has to be changed at the first login")
