"""The evaluation reports of ``docs/evaluation`` as pages: the files as they are, their links led to the pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path, PurePosixPath
from posixpath import normpath

from markdown_it import MarkdownIt
from markdown_it.token import Token

TABLE = re.compile("<table>.*?</table>", re.DOTALL)
PICTURES = {".svg": "image/svg+xml", ".png": "image/png"}


def find_reports() -> Path:
    """The folder of reports, in the package or in a checkout."""
    here = Path(__file__).resolve()
    places = [here.parents[1] / "evaluation", here.parents[3] / "docs" / "evaluation"]
    return next((place for place in places if (place / "README.md").exists()), places[0])


@dataclass(frozen=True)
class Reports:
    """The folder. Only files that were found in it when it was opened are ever served."""

    folder: Path

    @cached_property
    def texts(self) -> dict[str, Path]:
        """'' for the first page, 'answers', 'lay/report' -> its Markdown file."""
        found = {str(path.relative_to(self.folder).with_suffix("")): path for path in self.folder.rglob("*.md")}
        return {"" if name == "README" else name: path for name, path in sorted(found.items())}

    @cached_property
    def pictures(self) -> dict[str, Path]:
        """'lay/calibration.svg' -> the file."""
        paths = (path for path in self.folder.rglob("*") if path.suffix in PICTURES)
        return {str(path.relative_to(self.folder)): path for path in paths}

    def title(self, name: str) -> str:
        """The first heading of a report."""
        first = self.texts[name].read_text(encoding="utf-8").lstrip().splitlines()[0]
        return first.lstrip("# ").strip()

    def html(self, name: str, address: Callable[[str], str]) -> str:
        """The body of a report. ``address``: the page of a report or picture; other files are only named."""
        engine = MarkdownIt("commonmark", {"html": False}).enable("table")
        tokens = engine.parse(self.texts[name].read_text(encoding="utf-8"))
        for block in tokens:
            block.children = list(self._led(name, block.children, address)) if block.children else block.children
        made = str(engine.renderer.render(tokens, engine.options, {})).replace("<th></th>", "<td></td>")
        made = made.replace("<th>", '<th scope="col">')
        return TABLE.sub(_scrolling(), made)

    def _led(self, name: str, tokens: list[Token], address: Callable[[str], str]) -> Iterator[Token]:
        """The tokens with links and pictures led to pages; a link to what is no page is left as its words."""
        dead = False
        for token in tokens:
            if token.type in ("link_open", "image"):
                attribute = "href" if token.type == "link_open" else "src"
                target = self._target(name, str(token.attrGet(attribute)))
                dead = target is None and token.type == "link_open"
                token.attrSet(attribute, address(target or ""))
            if not (dead and token.type in ("link_open", "link_close")):
                yield token

    def _target(self, name: str, href: str) -> str | None:
        """The report or picture a relative link leads to; None for any other."""
        path = normpath(PurePosixPath(name).parent / href.partition("#")[0])
        if path in self.pictures:
            return path
        report = "" if path == "README.md" else path.removesuffix(".md")
        return report if path.endswith(".md") and report in self.texts else None


def _scrolling() -> Callable[[re.Match[str]], str]:
    """Wraps one table after the other in a part that scrolls by itself, each under a name of its own."""
    number = count(1)

    def wrapped(table: re.Match[str]) -> str:
        name = f"Table {next(number)}"
        return f'<div class="scroll" role="region" aria-label="{name}" tabindex="0">{table[0]}</div>'

    return wrapped
