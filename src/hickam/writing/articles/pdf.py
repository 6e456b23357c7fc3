"""An article as a tagged PDF, typeset from its Markdown by the typesetter of the documents."""

from __future__ import annotations

from hickam.writing.articles.document import Article
from hickam.writing.articles.markdown import article_markdown
from hickam.writing.articles.status import REVIEW_WORDS, stamp_words
from hickam.writing.documents.pdf import to_pdf
from hickam.writing.language import _, spoken


def article_pdf(article: Article) -> bytes:
    """PDF/UA-1 with its fonts inside. Raises HickamError where the typesetter is not installed."""
    figures: dict[str, str] = {}
    text = article_markdown(article, figures=figures)
    status = article.status
    page = {
        "title": article.title,
        "language": spoken().code.split("_")[0],
        "head": article.title,
        "foot": f"{stamp_words(article)} · {_(REVIEW_WORDS[status.state])}",
        "date": status.updated,
        "day": _("Last updated: {day}", day=status.updated) if status.updated else "",
        "look": "",
    }
    return to_pdf(text, figures, page)
