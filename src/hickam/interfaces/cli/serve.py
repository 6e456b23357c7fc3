"""``hickam serve``: the workbench and the REST API on this machine."""

from __future__ import annotations

import argparse
import gc
import importlib.util
import ipaddress
import logging
import os
import socket
import ssl
import sys
from typing import TYPE_CHECKING

from hickam.errors import HickamError
from hickam.services.knowledge import Knowledge, open_knowledge

if TYPE_CHECKING:
    from hickam.services.saved_cases import Store

NEEDED = ("fastapi", "uvicorn", "httptools", "jinja2", "prometheus_client", "sqlalchemy")
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def serve_command(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise HickamError(
            code="web-not-installed",
            where="hickam serve",
            what=f"not installed: {', '.join(missing)}",
            why="the command line works without them, the web pages do not",
            fix="run: pip install 'hickam[web]' (in a checkout: make serve)",
        )
    _check_reach(options)
    _check_certificate(options)
    import uvicorn

    from hickam.interfaces.cds.trust import read_trust
    from hickam.interfaces.web.app import create_app
    from hickam.interfaces.web.connection import IDLE_SECONDS, Connection
    from hickam.interfaces.web.provider import read_provider
    from hickam.interfaces.web.rates import Rate
    from hickam.interfaces.web.serving import Serving
    from hickam.services.saved_cases import open_store

    https = bool(options.tls_cert or options.behind_proxy)
    store = open_store(options.database)
    if options.team:
        _check_users(store)
    serving = Serving(
        hosts=_hosts(options),
        https=https,
        access_log=options.access_log,
        rate=Rate(per_second=options.rate, burst=int(3 * options.rate)),
        team=options.team,
        workers=_workers(options),
        provider=read_provider(options.oidc) if options.oidc else None,
        self_service=options.self_service,
    )
    trust = read_trust(options.cds) if options.cds else None
    knowledge = open_knowledge(options.pack)
    if options.approved_only:
        from hickam.services.editorial.approved import only_approved

        knowledge = only_approved(knowledge)
    with _listen(options.host, options.port) as listener:
        logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
        logging.getLogger("hickam.access").setLevel(logging.INFO)
        gc.enable()  # the short-lived commands run without it
        config = uvicorn.Config(
            create_app(knowledge, trust=trust, store=store, serving=serving),
            http=Connection,
            timeout_keep_alive=IDLE_SECONDS,
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=bool(options.behind_proxy),
            forwarded_allow_ips=options.behind_proxy,
            ssl_certfile=options.tls_cert,
            ssl_keyfile=options.tls_key,
        )
        _announce(options, listener.getsockname()[1], knowledge, store)
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _check_reach(options: argparse.Namespace) -> None:
    """Beyond this machine only with TLS and a login, or when that is said in so many words."""
    if (options.tls_cert is None) != (options.tls_key is None):
        raise HickamError(
            code="half-a-certificate",
            where="--tls-cert, --tls-key",
            what="only one of the two is given",
            why="TLS needs the certificate and its key",
            fix="give both, or neither",
        )
    if options.oidc and not options.team:
        raise HickamError(
            code="oidc-without-team",
            where="--oidc",
            what="there is no login without --team",
            why="everybody who reaches the program would be let in",
            fix="add --team",
        )
    if _loopback(options.host) or options.allow_network:
        return
    if not (options.tls_cert or options.behind_proxy):
        raise HickamError(
            code="not-loopback",
            where="--host",
            what=f"{options.host} can be reached from other machines, and nothing encrypts the way",
            why="others could read patients' stories and passwords on their way",
            fix="leave --host out; or give --tls-cert and --tls-key, or --behind-proxy; --allow-network does without",
        )
    if not options.team:
        raise HickamError(
            code="no-login",
            where="--host",
            what=f"{options.host} can be reached from other machines, and nobody has to log in",
            why="anybody there could read and change what is saved here",
            fix="add --team (docs/how-to/team.md); --allow-network does without",
        )


def _check_certificate(options: argparse.Namespace) -> None:
    if options.tls_cert is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            options.tls_cert, options.tls_key, password=lambda: ""
        )
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise HickamError(
            code="bad-certificate",
            where="--tls-cert, --tls-key",
            what=f"they cannot be used: {getattr(error, 'strerror', None) or 'not a certificate with its key'}",
            why="without them nothing encrypts the way",
            fix="give the certificate chain and its key, both as PEM files, the key without a passphrase",
        ) from error


def _check_users(store: Store) -> None:
    from hickam.services.users import UserAdmin

    if not any(user.active for user in UserAdmin(store).users()):
        raise HickamError(
            code="no-users",
            where="--team",
            what="nobody can log in: there are no users yet",
            why="a service that nobody can use is usually one with the wrong database",
            fix="run: hickam user add NAME --role administrator (or name the right --database)",
        )


def _workers(options: argparse.Namespace) -> int:
    """Processes that compute: as many as were asked for, else one a core for a team."""
    if options.workers is None:
        return (os.cpu_count() or 1) if options.team else 0
    if not 0 <= options.workers <= 64:
        raise HickamError(
            code="bad-workers",
            where="--workers",
            what=f"{options.workers} processes cannot be started",
            why="each holds the whole pack",
            fix="give 0 to 64, best the number of cores",
        )
    return int(options.workers)


def _hosts(options: argparse.Namespace) -> frozenset[str]:
    """Names this program answers to; empty (any) where it listens on every address and no name was given."""
    named = {name.lower() for name in options.host_name}
    if options.host in ("0.0.0.0", "::", ""):
        return frozenset({*named, *LOCAL_NAMES}) if named else frozenset()
    return frozenset({*named, *LOCAL_NAMES, options.host.lower()})


def _announce(options: argparse.Namespace, port: int, knowledge: Knowledge, store: Store) -> None:
    pack = knowledge.pack
    host = f"[{options.host}]" if ":" in options.host else options.host
    print(f"Hickam workbench: http{'s' if options.tls_cert else ''}://{host}:{port}/   (Ctrl-C ends it)")
    if options.team:
        print(f"people log in; what they save is kept in {store.name}")
    print(f"pack {pack.manifest.id} {pack.manifest.version} ({pack.hash[:12]}); only what you save is kept")
    if options.approved_only:
        print("approved content only: what is left out stands in every answer's disclaimer")
    if options.self_service:
        print("self-service: people may check themselves here; you answer for that (docs/safety/intended-use.md)")
    sys.stdout.flush()


def _loopback(host: str) -> bool:
    """Whether only this machine can connect."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket, so that a port in use is said in words before anything starts."""
    listener = None
    try:
        if not 0 <= port <= 65535:
            raise OverflowError("ports are 0 to 65535")
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        if listener is not None:
            listener.close()
        raise HickamError(
            code="cannot-listen",
            where=f"{host}:{port}",
            what=f"cannot listen: {getattr(error, 'strerror', None) or error}",
            why="the pages need a free port on this machine",
            fix="choose another --port, or 0 for any free one",
        ) from error
    return listener
