"""``hickam serve`` beyond this machine: only with TLS and a login, or when that is said in so many words."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from hickam.interfaces.cli.main import build_parser, main
from hickam.interfaces.cli.serve import _check_reach, _hosts


def options(*given: str) -> argparse.Namespace:
    return build_parser().parse_args(["serve", *given])


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (["--host", "0.0.0.0"], "nothing encrypts the way"),
        (["--host", "::"], "nothing encrypts the way"),
        (["--host", "192.0.2.1", "--team"], "nothing encrypts the way"),
        (["--host", "0.0.0.0", "--behind-proxy"], "nobody has to log in"),
        (["--host", "example.org", "--behind-proxy", "10.0.0.1"], "nobody has to log in"),
        (["--tls-cert", "cert.pem"], "only one of the two"),
        (["--oidc", "provider.json"], "there is no login without --team"),
        (["--tls-cert", "no-such.pem", "--tls-key", "no-such.pem"], "they cannot be used"),
        (["--team"], "there are no users yet"),
        (["--workers", "-1"], "cannot be started"),
    ],
)
def test_what_would_expose_patients_is_refused_in_words(
    given: list[str], fault: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["serve", *given, "--database", f"sqlite:///{tmp_path / 'x.db'}"]) == 2
    said = capsys.readouterr().err
    assert fault in said
    assert "what to do:" in said


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["--host", "localhost"],
        ["--host", "::1"],
        ["--team"],
        ["--host", "0.0.0.0", "--allow-network"],
        ["--host", "0.0.0.0", "--team", "--behind-proxy"],
        ["--host", "0.0.0.0", "--team", "--tls-cert", "c", "--tls-key", "k"],
    ],
)
def test_what_is_safe_or_asked_for_is_let_through(given: list[str]) -> None:
    _check_reach(options(*given))


def test_it_answers_to_its_own_names_only() -> None:
    assert _hosts(options()) == {"localhost", "127.0.0.1", "::1"}
    assert "hickam.example" in _hosts(options("--host", "0.0.0.0", "--host-name", "Hickam.Example"))
    assert _hosts(options("--host", "0.0.0.0", "--allow-network")) == frozenset()


def test_users_from_the_command_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    database = ["--database", f"sqlite:///{tmp_path / 'x.db'}"]
    assert main(["user", "add", "anna", "--role", "administrator", "--display-name", "Dr Anna Berg", *database]) == 0
    made = capsys.readouterr().out
    assert "one-time password: " in made
    assert main(["user", "add", "anna", "--role", "reader", *database]) == 2
    assert main(["user", "role", "anna", "reader", *database]) == 2
    assert "only administrator" in capsys.readouterr().err
    assert main(["user", "add", "ben", "--role", "clinician", "--role", "editor", "--no-password", *database]) == 0
    assert main(["user", "disable", "ben", *database]) == 0
    assert main(["user", "reset", "nobody", *database]) == 2
    capsys.readouterr()
    assert main(["user", "list", *database]) == 0
    listed = capsys.readouterr().out
    assert "Dr Anna Berg" in listed
    assert "disabled" in listed
    assert "argon2" not in listed
