"""The Jinja environment of the documents: one template tree, with a site's own files in front of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from hickam.errors import HickamError
from hickam.writing.documents.escape import escape
from hickam.writing.language import Language

OWN = Path(__file__).parents[1] / "templates"


@lru_cache(maxsize=8)
def environment(language: Language, site: Path | None = None) -> ImmutableSandboxedEnvironment:
    """Templates of ``site`` first, file by file, then the program's. Values are escaped as Markdown, not as HTML.

    Kept for the next document in the same language; a template that has changed on disk is read again.
    """
    if site is not None and not site.is_dir():
        raise HickamError(
            code="no-such-folder",
            where=str(site),
            what="no such folder",
            why="the site's own templates are looked for there",
            fix="name a folder, or leave the option out",
        )
    folders = [FileSystemLoader(site)] if site else []
    made = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*folders, FileSystemLoader(OWN)]),
        autoescape=True,
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    made.globals["_"] = sayer(language)
    made.globals["ngettext"] = counter(language)
    made.filters["first_up"] = first_up
    made.filters["dot"] = dot
    made.filters["no_dot"] = no_dot
    made.filters["quoted"] = quoted
    return made


def render(made: ImmutableSandboxedEnvironment, name: str, values: dict[str, Any]) -> str:
    """The template as Markdown, blank lines put in order. A mistake in it is said with file and line."""
    try:
        text = str(made.get_template(name).render(values))
    except (TemplateError, UndefinedError) as error:
        line = f":{error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        where = (error.name or name) if isinstance(error, TemplateSyntaxError) else name
        raise HickamError(
            code="bad-template",
            where=f"{where}{line}",
            what=error.message or type(error).__name__,
            why="the document cannot be written",
            fix="mend the template; docs/how-to/templates.md names what it may use",
        ) from error
    except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise HickamError(
            code="bad-template",
            where=name,
            what=f"the template cannot be filled in ({type(error).__name__})",
            why="the document cannot be written",
            fix="mend the template; docs/how-to/templates.md names what it may use",
        ) from None
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def sayer(language: Language) -> Callable[..., Markup]:
    """``_("Date: {date}", date=…)``: the message in the reader's language with its values escaped."""

    def say(message: str, **values: Any) -> Markup:
        return Markup(language.text(message).format(**{k: escape(v) for k, v in values.items()}))

    return say


def counter(language: Language) -> Callable[..., Markup]:
    """``ngettext("{n} sign", "{n} signs", n)``."""

    def count(one: str, many: str, n: int, **values: Any) -> Markup:
        return Markup(language.count(one, many, n).format(n=n, **{k: escape(v) for k, v in values.items()}))

    return count


def first_up(value: Any) -> Any:
    """The first letter as a capital, the rest as it is."""
    text = value if isinstance(value, str) else str(value)
    return type(text)(text[:1].upper() + text[1:])


def dot(value: Any) -> Any:
    """The text with one full stop at its end, if it has no mark of its own."""
    text = value if isinstance(value, str) else str(value)
    return text if text.rstrip().endswith((".", "!", "?", "…")) else type(text)(text.rstrip() + ".")


def no_dot(value: Any) -> Any:
    """The text without its full stop, for what goes on after it."""
    text = value if isinstance(value, str) else str(value)
    return type(text)(text.rstrip().removesuffix("."))


def quoted(value: Markup) -> Markup:
    """The lines of a macro as one Markdown block quote."""
    lines = str(escape_lines(value)).strip("\n").splitlines()
    return Markup("\n".join(f"> {line}".rstrip() for line in lines) + "\n")


def escape_lines(value: Any) -> Markup:
    """Markup as it is; anything else escaped line by line."""
    return value if isinstance(value, Markup) else Markup("\n").join(escape(line) for line in str(value).splitlines())
