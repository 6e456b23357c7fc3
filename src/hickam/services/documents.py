"""Write one document about one assessed case: the assessment report, a note, a letter, a handout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hickam.errors import HickamError
from hickam.knowledge.translations import localise
from hickam.model.assessment import Assessment, Candidate, Reader
from hickam.model.case import Case
from hickam.model.condition import Level, Referral
from hickam.model.pack import Pack
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge
from hickam.writing.content import Content
from hickam.writing.documents.sheet import FOR_PATIENTS, Format
from hickam.writing.documents.write import Document, Kind, Letter
from hickam.writing.language import SOURCE_LANGUAGE, open_language


@dataclass(frozen=True)
class Wanted:
    """Which document. ``to``: the clinician a referral goes to, '' for the first the case is referred to.
    ``templates``: a site's folder of templates that stand in front of the program's."""

    kind: Kind = "report"
    form: Format = "markdown"
    reader: Reader = "clinician"
    to: str = ""
    language: str = SOURCE_LANGUAGE
    templates: Path | None = None
    as_of: str = ""
    full: bool = False
    """A patient has chosen to read the names that a clinician would tell face to face."""


def write_document(knowledge: Knowledge, case: Case, wanted: Wanted) -> bytes:
    """Assess the case for the document's reader and write it. Raises HickamError where it cannot be written."""
    open_language(wanted.language)
    reader: Reader = "patient" if wanted.kind in FOR_PATIENTS else wanted.reader
    if wanted.kind in ("soap", "referral") and reader == "patient":
        reader = "clinician"
    options = Options(reader=reader, as_of=wanted.as_of, full=wanted.full)
    return document(knowledge, case, assess(knowledge, case, options), wanted)


def document(knowledge: Knowledge, case: Case, answer: Assessment, wanted: Wanted) -> bytes:
    """The document for a case already assessed."""
    language = open_language(wanted.language)
    local = localise(knowledge.root, knowledge.pack, wanted.language) if wanted.language != SOURCE_LANGUAGE else None
    content = Content(pack=local.pack if local else knowledge.pack, case=case, answer=answer, english=knowledge.pack)
    if wanted.kind == "result" and not content.results:
        raise HickamError(
            code="no-results",
            where="--kind result",
            what="the case holds no test result",
            why="a result letter without a result says nothing",
            fix="add the results to the case, for example 'potassium 2.9 mmol/L', or use --kind handout",
        )
    letter = letter_to(content, wanted.to) if wanted.kind == "referral" else None
    made = Document(
        kind=wanted.kind,
        content=content,
        language=language,
        letter=letter,
        site=wanted.templates,
        local=local,
        full=wanted.full,
    )
    return made.write(wanted.form)


def letter_to(content: Content, clinician: str) -> Letter:
    """The letter to a clinician of the pack; the first the case is referred to when none is named."""
    pack = content.pack
    name = clinician or content.referred_to
    if name not in pack.clinicians:
        raise HickamError(
            code="no-such-clinician",
            where="--to",
            what=f"{name!r} is not a clinician of this pack",
            why="the letter needs somebody to go to",
            fix=f"use one of: {', '.join(sorted(pack.clinicians))}",
        )
    causes = _causes(content, name)
    referrals = [(c, r) for c in causes for r in _referrals(pack, c.condition.id, name)]
    return Letter(
        clinician=pack.clinicians[name],
        level=_level(content),
        causes=causes,
        criteria=tuple({r.when: r.sources for _, r in referrals}.items()),
        before=tuple(dict.fromkeys(step for _, r in referrals for step in r.before)),
    )


def _level(content: Content) -> Level:
    """Never below the case's own urgency; a letter is at least a routine appointment."""
    return content.at_least(content.answer.urgency.level, "routine")


def _causes(content: Content, clinician: str) -> tuple[Candidate, ...]:
    """Listed conditions that this clinician treats, at most four; the leading ones when none names the clinician.
    A rare one is asked about only when there is no other."""
    listed = content.tier("most_likely", "do_not_miss", "other_likely", "rare")
    theirs = [c for c in listed if _referrals(content.pack, c.condition.id, clinician)]
    likelier = [c for c in theirs if c.tier != "rare"]
    return tuple((likelier or theirs or list(listed[:2]))[:4])


def _referrals(pack: Pack, condition: str, clinician: str) -> list[Referral]:
    return [r for r in pack.conditions[condition].referral if r.clinician == clinician]
