"""Every address is in the one table of what addresses need, and the table names no address that is not there."""

from __future__ import annotations

import pytest

from hickam.interfaces.cds.trust import Trust
from hickam.interfaces.smart.servers import SmartServer
from hickam.interfaces.web.access_table import NEEDS, need
from hickam.interfaces.web.app import create_app
from hickam.interfaces.web.route_table import templates
from hickam.interfaces.web.serving import Serving
from hickam.services.knowledge import Knowledge
from hickam.store.database import Store

WITH_A_PROVIDER = {"/login/provider", "/login/provider/back"}


@pytest.fixture(scope="module")
def routes(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('routes') / 'x.db'}")
    trust = Trust(audience="https://a.example", smart=(SmartServer(iss="https://ehr.example", client_id="hickam"),))
    app = create_app(knowledge, store=store, trust=trust, serving=Serving(team=True))
    return [(method, path) for methods, path in templates(app.routes) for method in methods]


def test_every_route_declares_what_it_needs(routes: list[tuple[str, str]]) -> None:
    undeclared = [f"{method} {path}" for method, path in routes if need(method, path) is None]
    assert undeclared == [], "add them to src/hickam/interfaces/web/access_table.py"


def test_the_table_names_no_route_that_is_not_there(routes: list[tuple[str, str]]) -> None:
    known = {path for _, path in routes} | {f"{method} {path}" for method, path in routes} | WITH_A_PROVIDER
    assert set(NEEDS) - known == set()
