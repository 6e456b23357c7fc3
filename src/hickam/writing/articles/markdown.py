"""An article as Markdown (CommonMark with tables), whole in one file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hickam.writing.articles.document import (
    Article,
    Block,
    Bullets,
    Grid,
    Line,
    Matrix,
    Notice,
    Paragraph,
    Phrase,
    Section,
)
from hickam.writing.articles.status import (
    evidence_kind,
    meaning,
    part_words,
    parts_sentence,
    stamp_words,
    translation_words,
    updated_words,
)
from hickam.writing.language import _
from hickam.writing.words import percent

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def article_markdown(article: Article, figures: dict[str, str] | None = None) -> str:
    """Headings, lists, pipe tables, numbered references.

    With ``figures`` the text names its figures (``![words](figure:name)``), and the SVG of each is put there by name:
    for a typesetter. Without, numbers side by side are a table.
    """
    return "\n".join(_Markdown(article, figures).lines()) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()) if "\n" in text else text)


class _Markdown:
    def __init__(self, article: Article, figures: dict[str, str] | None) -> None:
        self.article = article
        self.figures = figures
        self.numbers = article.numbers

    def lines(self) -> Iterator[str]:
        article = self.article
        status = article.status
        yield f"# {escaped(article.title)}\n"
        banner = f"> **{meaning(status)}** {updated_words(status)}. {parts_sentence(status)}."
        yield f"{banner} {translation_words(article)}".rstrip()
        for part in status.reviewed:
            yield f"> - {escaped(part_words(part))}"
        yield f">\n> {escaped(stamp_words(article))}\n"
        if article.lead:
            yield f"{self.line(article.lead)}\n"
        for name, line in article.facts:
            yield f"- **{escaped(name)}:** {self.line(line)}"
        for section in article.sections:
            yield from self.section(section, 2)
        if article.references:
            yield f"\n## {_('References')}\n"
        for number, source in enumerate(article.references, 1):
            unread = "" if source.opened else _("; nobody has opened it yet")
            url = f" {source.url}" if source.url else ""
            url = f" <{source.url}>" if source.url and self.figures is None else url
            yield f"{number}. {escaped(source.citation)} ({evidence_kind(source.kind)}{unread}){url}"
        for title, text in (
            (_("Feedback"), article.feedback),
            (_("Editorial policy"), article.editorial_policy),
            (_("Disclaimer"), article.disclaimer),
        ):
            if text:
                yield f"\n## {title}\n\n{escaped(text.strip())}"

    def section(self, section: Section, level: int) -> Iterator[str]:
        yield f"\n{'#' * min(level, 6)} {escaped(section.title)}\n"
        for block in section.blocks:
            yield from self.block(block)
            yield ""
        for inner in section.sections:
            yield from self.section(inner, level + 1)

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Paragraph(line):
                yield self.line(line)
            case Bullets(lines):
                yield from (f"- {self.line(line)}" for line in lines)
            case Notice(lines):
                yield from (f"> {self.line(line)}\n>" for line in lines)
            case Grid():
                yield f"*{escaped(block.caption)}*\n"
                marks = ["--:" if place in block.numbers else "---" for place in range(len(block.columns))]
                yield f"| {' | '.join(map(escaped, block.columns))} |\n| {' | '.join(marks)} |"
                yield from (f"| {' | '.join(map(self.line, row))} |" for row in block.rows)
            case Matrix() if self.figures is not None:
                yield from self.drawn(block, self.figures)
            case Matrix():
                yield f"*{escaped(block.title)}*\n"
                heads = [escaped(name) for name in block.names]
                yield f"| {_('feature')} | {' | '.join(heads)} |\n| --- |{' --: |' * len(heads)}"
                for text, shares, sources in block.features:
                    cells = [percent(shares[name]) if name in shares else "" for name in block.names]
                    yield f"| {escaped(text)}{self.cite(sources)} | {' | '.join(cells)} |"
                yield f"\n{escaped(block.note)}"

    def drawn(self, block: Matrix, figures: dict[str, str]) -> Iterator[str]:
        """The figure, and its numbers in lines for those who cannot see it."""
        from hickam.writing.figures import comparison_matrix

        shares = [(text, shares) for text, shares, _ in block.features]
        figure = comparison_matrix(block.names, shares, title=block.title, theme="light")
        name = f"matrix-{len(figures) + 1}"
        figures[name] = figure.svg
        yield f"![{escaped(f'{figure.title}. {figure.description}')}](figure:{name})\n"
        for text, values, sources in block.features:
            cells = "; ".join(f"{name} {percent(values[name])}" for name in block.names if name in values)
            yield f"- {escaped(f'{text}: {cells}')}{self.cite(sources)}"
        yield f"\n{escaped(block.note)}"

    def line(self, line: Line) -> str:
        basis = f" *({_(line.basis)})*" if line.basis else ""
        return "".join(self.phrase(part) for part in line.parts).strip() + basis + self.cite(line.sources)

    def phrase(self, part: Phrase) -> str:
        text = escaped(part.text)
        if part.look in ("strong", "pill", "danger") and text.strip():
            inner = text.strip()
            return text.replace(inner, f"**{inner}**")
        return text

    def cite(self, keys: tuple[str, ...]) -> str:
        found = [str(self.numbers[key]) for key in keys if key in self.numbers]
        return f" \\[{', '.join(found)}\\]" if found else ""
