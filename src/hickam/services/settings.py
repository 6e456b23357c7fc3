"""What a person chooses once and the program remembers: the reader, the language, the site's templates.

An option on the command line goes before the environment (``HICKAM_READER``), which goes before the file, which goes
before the default. The file holds choices and nothing about any patient.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hickam.errors import HickamError


@dataclass(frozen=True)
class Setting:
    """One choice. ``allowed`` is empty where any text will do."""

    name: str
    default: str
    help: str
    allowed: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return f"HICKAM_{self.name.upper()}"


READERS = ("clinician", "patient", "student", "researcher")
SETTINGS: dict[str, Setting] = {
    item.name: item
    for item in (
        Setting(
            "reader", "clinician", "whom answers are written for", ("clinician", "patient", "student", "researcher")
        ),
        Setting("language", "en", "language of documents, where a reviewed catalogue exists"),
        Setting("templates", "", "folder of a site's own document templates"),
    )
}


def settings_file() -> Path:
    """``$HICKAM_SETTINGS``, else ``settings.json`` in the user's configuration folder."""
    named = os.environ.get("HICKAM_SETTINGS")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "hickam" / "settings.json"


def remembered() -> dict[str, str]:
    """The choices in the file; none when there is no file. Raises HickamError for a file that cannot be read."""
    path = settings_file()
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, OSError) as error:
        raise _unreadable(path, "cannot be read as JSON") from error
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise _unreadable(path, "is not one object of names and texts")
    return {name: _checked(name, value, str(path)) for name, value in data.items()}


def chosen(name: str, given: str | None = None, environment: Mapping[str, str] = os.environ) -> str:
    """The choice that holds: given now, else the environment's, else the remembered one, else the default."""
    item = SETTINGS[name]
    if given is not None:
        return _checked(name, given, f"--{name}")
    if environment.get(item.variable):
        return _checked(name, environment[item.variable], item.variable)
    return remembered().get(name, item.default)


def remember(name: str, value: str | None) -> Path:
    """Write one choice to the file, or forget it when None; returns the file."""
    path = settings_file()
    kept = {**remembered(), **({} if value is None else {name: _checked(name, value, name)})}
    if value is None:
        setting_named(name, name)
        kept.pop(name, None)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return path


def setting_named(name: str, where: str = "settings") -> Setting:
    """The setting; raises HickamError with those that exist."""
    if name not in SETTINGS:
        raise HickamError(
            code="no-such-setting",
            where=where,
            what=f"{name!r} is not a setting",
            why="a misspelt setting would be lost in silence",
            fix=f"use one of: {', '.join(SETTINGS)}",
        )
    return SETTINGS[name]


def _checked(name: str, value: str, where: str) -> str:
    item = setting_named(name, where)
    if item.allowed and value not in item.allowed:
        raise HickamError(
            code="bad-setting",
            where=where,
            what=f"{value!r} is not a {name}",
            why=f"{name} says {item.help}",
            fix=f"use one of: {', '.join(item.allowed)}",
        )
    return value


def _unreadable(path: Path, what: str) -> HickamError:
    return HickamError(
        code="bad-settings-file",
        where=str(path),
        what=what,
        why="your choices are kept there",
        fix="mend the file or delete it",
    )
