"""``hickam serve``: the workbench and the REST API on this machine."""

from __future__ import annotations

import argparse
import gc
import importlib.util
import ipaddress
import logging
import socket
import sys

from hickam.errors import HickamError
from hickam.services.knowledge import open_knowledge

NEEDED = ("fastapi", "uvicorn", "jinja2")


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
    if not (_loopback(options.host) or options.allow_network):
        raise HickamError(
            code="not-loopback",
            where="--host",
            what=f"{options.host} can be reached from other machines",
            why="there are no accounts and no TLS yet: others could use it, and read stories on their way",
            fix="leave --host out, or add --allow-network behind a proxy that gives TLS and access control",
        )
    import uvicorn

    from hickam.interfaces.cds.trust import read_trust
    from hickam.interfaces.web.app import create_app

    trust = read_trust(options.cds) if options.cds else None
    knowledge = open_knowledge(options.pack)
    pack = knowledge.pack
    with _listen(options.host, options.port) as listener:
        logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
        gc.enable()  # the short-lived commands run without it
        config = uvicorn.Config(
            create_app(knowledge, trust=trust),
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
        )
        host = f"[{options.host}]" if ":" in options.host else options.host
        print(f"Hickam workbench: http://{host}:{listener.getsockname()[1]}/   (Ctrl-C ends it)")
        print(
            f"pack {pack.manifest.id} {pack.manifest.version} ({pack.hash[:12]}); nothing you type is stored or logged"
        )
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[listener])
    return 0


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
