"""Messages in the reader's language: gettext catalogues over English, which is written in the code itself.

English needs no catalogue. A translation is written and reviewed by people; its review state is the header
``X-Review-State`` of its catalogue and is printed with every document in that language.
"""

from __future__ import annotations

import datetime
import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from hickam.errors import HickamError

DOMAIN = "hickam"
LOCALES = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
_CODE = re.compile(r"[a-z]{2,3}(?:_[A-Za-z]{2,8})*")


def N_(text: str) -> str:  # noqa: N802 (the field's name for "extract this string")
    """Mark a string for extraction without translating it here."""
    return text


MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


class Language:
    """One language's messages. ``review_state`` is '' for English, which is reviewed with the program."""

    def __init__(self, code: str = SOURCE_LANGUAGE, catalogue: gettext.NullTranslations | None = None) -> None:
        self.code = code
        self._catalogue = catalogue or gettext.NullTranslations()
        self.review_state = "" if catalogue is None else self._catalogue.info().get("x-review-state", "submitted")

    def text(self, message: str) -> str:
        """The message in this language; English where the catalogue has none."""
        return self._catalogue.gettext(message) if message else ""

    def count(self, one: str, many: str, number: int) -> str:
        """The message for this number of things."""
        return self._catalogue.ngettext(one, many, number)

    def date(self, iso: str) -> str:
        """'2026-11-22' -> '22 November 2026'; '' stays ''."""
        if not iso:
            return ""
        day = datetime.date.fromisoformat(iso)
        return self.text(N_("{day} {month} {year}")).format(
            day=day.day, month=self.text(MONTHS[day.month - 1]), year=day.year
        )


_SPOKEN: ContextVar[Language | None] = ContextVar("language", default=None)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Within it ``_`` and ``ngettext`` speak this language; articles and figures are built and written so."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def lower_state(*states: str) -> str:
    """The lower of the review states that a translation's parts are in; '' when there are none."""
    return min((s for s in states if s), key=("submitted", "under_review", "approved").index, default="")


def spoken() -> Language:
    """The language of the moment; English unless somebody chose."""
    return _SPOKEN.get() or Language()


def _(message: str, **values: object) -> str:
    """The message in the language of the moment, its ``{gaps}`` filled."""
    text = spoken().text(message)
    return text.format(**values) if values else text


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """``ngettext("{n} part", "{n} parts", n)`` in the language of the moment."""
    return spoken().count(one, many, n).format(n=n, **values)


def available(locales: Path = LOCALES) -> list[str]:
    """Codes of the languages that documents can be written in."""
    found = [path.parent.parent.name for path in locales.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")]
    return sorted({SOURCE_LANGUAGE, *found})


@lru_cache(maxsize=8)
def open_language(code: str = SOURCE_LANGUAGE, locales: Path = LOCALES) -> Language:
    """The language by its code; raises HickamError with the languages that exist."""
    if code == SOURCE_LANGUAGE:
        return Language()
    if not _CODE.fullmatch(code) or code not in available(locales):
        raise HickamError(
            code="no-such-language",
            where="--language",
            what=f"there is no catalogue for {code!r}",
            why="words for patients are never translated by a machine",
            fix=f"use one of: {', '.join(available(locales))}; docs/how-to/translate.md says how to add one",
        )
    return Language(code, gettext.translation(DOMAIN, locales, [code]))
