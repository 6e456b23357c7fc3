"""An article for a terminal."""

from __future__ import annotations

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
from hickam.writing.screen import Style
from hickam.writing.words import percent


def article_text(article: Article, style: Style) -> str:
    """Every section and the references; ``style`` has the width and the colours."""
    return "\n".join(line.rstrip() for line in _Text(article, style).lines()) + "\n"


class _Text:
    def __init__(self, article: Article, style: Style) -> None:
        self.article = article
        self.style = style
        self.numbers = article.numbers

    def lines(self) -> Iterator[str]:
        article, style = self.article, self.style
        yield style.bold(article.title)
        yield from style.wrap(style.faint(f"{article.kind} · {article.crumb}" if article.crumb else article.kind), "")
        status = article.status
        yield from style.wrap(
            style.paint(f"{meaning(status)} {updated_words(status)}. {translation_words(article)}".rstrip(), "33"), ""
        )
        yield from style.wrap(style.faint(f"{parts_sentence(status)}. {stamp_words(article)}"), "")
        for part in status.reviewed:
            yield from style.wrap(part_words(part), "  • ", "    ")
        yield ""
        if article.lead:
            yield from style.wrap(self.line(article.lead), "")
            yield ""
        for name, line in article.facts:
            yield from style.wrap(f"{name}: {self.line(line)}", "", "  ")
        for section in article.sections:
            yield from self.section(section, 0)
        yield from self.end()

    def section(self, section: Section, depth: int) -> Iterator[str]:
        title = section.title.upper() if depth == 0 else section.title
        yield ""
        yield "  " * depth + self.style.bold(title)
        for block in section.blocks:
            yield from self.block(block)
        for inner in section.sections:
            yield from self.section(inner, depth + 1)

    def block(self, block: Block) -> Iterator[str]:
        wrap = self.style.wrap
        match block:
            case Paragraph(line):
                yield from wrap(self.line(line))
            case Bullets(lines):
                for line in lines:
                    yield from wrap(self.line(line), "  ✕ " if line.avoid else "  • ", "    ")
            case Notice(lines):
                for line in lines:
                    yield from wrap(self.line(line), "  ! ", "    ")
            case Grid():
                yield from wrap(self.style.faint(block.caption))
                for row in block.rows:
                    cells = [
                        f"{name}: {text}"
                        for name, text in zip(block.columns[1:], map(self.line, row[1:]), strict=True)
                        if text
                    ]
                    yield from wrap(f"{self.line(row[0])} – {'; '.join(cells)}", "  • ", "    ")
            case Matrix():
                yield from wrap(self.style.faint(f"{block.title}. {block.note}"))
                for text, shares, sources in block.features:
                    cells = [f"{name} {percent(shares[name])}" for name in block.names if name in shares]
                    yield from wrap(f"{text} – {'; '.join(cells)}{self.cite(sources)}", "  • ", "    ")

    def line(self, line: Line) -> str:
        basis = f" ({_(line.basis)})" if line.basis else ""
        return "".join(self.phrase(part) for part in line.parts).strip() + basis + self.cite(line.sources)

    def phrase(self, part: Phrase) -> str:
        if part.look in ("pill", "danger"):
            return f"[{part.text.strip()}]" + (" " if part.text.endswith(" ") else "")
        return self.style.bold(part.text) if part.look == "strong" else part.text

    def cite(self, keys: tuple[str, ...]) -> str:
        found = [str(self.numbers[key]) for key in keys if key in self.numbers]
        return f" [{','.join(found)}]" if found else ""

    def end(self) -> Iterator[str]:
        article, style = self.article, self.style
        if article.references:
            yield ""
            yield style.bold(_("References").upper())
        for number, source in enumerate(article.references, 1):
            unread = "" if source.opened else _("; nobody has opened it yet")
            text = f"{source.citation} ({evidence_kind(source.kind)}{unread}) {source.url}"
            yield from style.wrap(text, f"  [{number}] ", "      ")
        for title, text in (
            (_("Feedback").upper(), article.feedback),
            (_("Editorial policy").upper(), article.editorial_policy),
            (_("Disclaimer").upper(), article.disclaimer),
        ):
            if text:
                yield ""
                yield style.bold(title)
                yield from style.wrap(text.strip())
