"""Sources as citations a reader can follow."""

from __future__ import annotations

from hickam.model.assessment import Reference
from hickam.model.pack import Source


def reference(key: str, source: Source) -> Reference:
    """One source as a citation a reader can follow."""
    url = source.url or (f"https://doi.org/{source.doi}" if source.doi else "")
    url = url or (f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/" if source.pmid else "")
    return Reference(
        key=key,
        short=short(source),
        citation=citation(source),
        kind=source.kind,
        url=url,
        doi=source.doi,
        pmid=source.pmid,
        opened=source.opened,
    )


def short(source: Source) -> str:
    """'Khan 2006, JAMA': the first author's surname or the organisation, the year, where it appeared."""
    who = (source.authors or source.organisation).split(",")[0].strip()
    if source.authors:
        who = who.removesuffix(" et al").removesuffix(" et al.")
        surname, _, initials = who.rpartition(" ")
        who = surname if initials.isupper() and len(initials) <= 3 and not surname.isupper() else who
    where = source.publication or source.title
    return ", ".join(part for part in (f"{who} {source.year or ''}".strip(), where.rstrip(".")) if part)


def citation(source: Source) -> str:
    """'Maisonneuve H et al. Title. Publication. 2016.'"""
    parts = [source.authors or source.organisation, source.title, source.publication, str(source.year or "")]
    ids = " ".join(
        x for x in (f"doi:{source.doi}" if source.doi else "", f"PMID {source.pmid}" if source.pmid else "") if x
    )
    return " ".join(part if part.endswith("?") else f"{part.rstrip('.')}." for part in (*parts, ids) if part)
