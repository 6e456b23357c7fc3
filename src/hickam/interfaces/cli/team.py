"""Parsers of ``hickam serve`` and ``hickam user``; what they do is imported when they run."""

from __future__ import annotations

import argparse

from hickam.interfaces.cli.options import Commands

ROLES = ("reader", "clinician", "reviewer", "editor", "administrator")


def add_serve(commands: Commands) -> None:
    """``hickam serve``."""
    parser = commands.add_parser("serve", help="the workbench and the REST API, for you or for a team")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on, 0 for any free one (default: 8000)")
    parser.add_argument("--team", action="store_true", help="people log in (hickam user add)")
    parser.add_argument("--database", default=None, metavar="URL", help="where people save (HICKAM_DATABASE)")
    parser.add_argument("--oidc", default=None, metavar="FILE", help="an identity provider that people log in with")
    parser.add_argument("--tls-cert", default=None, metavar="FILE", help="certificate chain: serve over TLS")
    parser.add_argument("--tls-key", default=None, metavar="FILE", help="its private key")
    parser.add_argument(
        "--behind-proxy",
        nargs="?",
        const="127.0.0.1",
        default=None,
        metavar="ADDRESS",
        help="a proxy gives TLS; its address, whose X-Forwarded-For is believed (default: 127.0.0.1)",
    )
    parser.add_argument(
        "--host-name", action="append", default=[], metavar="NAME", help="a name people reach it by; may be repeated"
    )
    parser.add_argument(
        "--allow-network", action="store_true", help="listen beyond this machine without TLS or without a login"
    )
    parser.add_argument(
        "--rate", type=float, default=20.0, metavar="N", help="requests a second of one person (default: 20; 0: any)"
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=None,
        metavar="N",
        help="processes that compute, 150 MB each (default: one a core with --team, else none beside this one)",
    )
    parser.add_argument("--access-log", action="store_true", help="a line a request, without addresses or queries")
    parser.add_argument("--cds", default=None, metavar="FILE", help="who may call CDS Hooks, which records it may read")
    parser.add_argument(
        "--self-service", action="store_true", help="people may check themselves, without a clinician (default: off)"
    )
    parser.add_argument(
        "--approved-only", action="store_true", help="serve what people have approved; refused where dangers are not"
    )
    parser.add_argument("--pack", default="leg_cramps", help="pack name or folder (default: leg_cramps)")
    parser.set_defaults(command=_serve)


def add_user(commands: Commands) -> None:
    """``hickam user …``."""
    parser = commands.add_parser("user", help="who may log in to a team's service (hickam serve --team)")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    add = actions.add_parser("add", help="a new user; prints a one-time password, or asks for one")
    actions.add_parser("list", help="everybody with roles, state and last login")
    role = actions.add_parser("role", help="give exactly these roles; ends every session")
    disable = actions.add_parser("disable", help="no login any more; ends every session")
    enable = actions.add_parser("enable", help="login again")
    reset = actions.add_parser("reset", help="a new password; lifts a lock; ends every session")
    for action in (add, role, disable, enable, reset):
        action.add_argument("name", metavar="NAME", help="as typed at login")
    add.add_argument("--display-name", default="", metavar="NAME", help="as others see it (default: the name)")
    add.add_argument("--role", action="append", choices=ROLES, required=True, help="may be given several times")
    role.add_argument("roles", nargs="+", choices=ROLES, metavar="ROLE", help=", ".join(ROLES))
    reset.add_argument("--ask", action="store_true", help="type the password, or give it on standard input")
    chosen = add.add_mutually_exclusive_group()
    chosen.add_argument("--ask", action="store_true", help="type the password, or give it on standard input")
    chosen.add_argument("--no-password", action="store_true", help="logs in through the identity provider only")
    for action in actions.choices.values():
        action.add_argument("--database", default=None, metavar="URL", help="where users are kept (HICKAM_DATABASE)")
        action.set_defaults(command=_user)


def _serve(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.serve import serve_command

    return serve_command(options)


def _user(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.user import user_command

    return user_command(options)
