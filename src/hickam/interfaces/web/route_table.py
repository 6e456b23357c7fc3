"""Which route an address belongs to: what logs, metrics and permissions name instead of the address itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount, compile_path

ANY = frozenset({"*"})


def templates(routes: Sequence[BaseRoute]) -> Iterator[tuple[frozenset[str], str]]:
    """(methods, '/conditions/{id}') of every route in the router's order; a mounted folder takes any method."""
    for context in iter_route_contexts(routes):
        if isinstance(context.original_route, Mount):
            yield ANY, f"{context.original_route.path}/{{path:path}}"
        elif context.path is not None:
            yield frozenset(context.methods or ANY), context.path


class RouteTable:
    """The routes of one application."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._known = [(compile_path(path)[0], methods, path) for methods, path in templates(routes)]

    def template(self, method: str, address: str) -> str:
        """The template that the router will choose; '' where there is none."""
        for pattern, methods, path in self._known:
            if (method in methods or methods == ANY) and pattern.match(address):
                return path
        return ""
