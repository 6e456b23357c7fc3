"""``hickam scribe``: a visit's transcript to findings, a draft note, a signed note, and what is made from it."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

import msgspec

from hickam.errors import HickamError
from hickam.interfaces.cli.assess import as_of_date
from hickam.interfaces.cli.output import put
from hickam.model.pack import Setting
from hickam.model.visit import Place, Visit
from hickam.services import scribe
from hickam.services.knowledge import Knowledge, open_knowledge

NOTHING = """Nothing about a patient was understood in this transcript.
    why it matters: a note made from nothing would have to invent.
    what to do: check that each line names its speaker (Doctor: …, Patient: …) and that the speech is English."""


def scribe_command(options: argparse.Namespace) -> int:
    """Run one action; 3 when nothing was understood."""
    actions = {
        "read": _read,
        "note": _note,
        "sign": _sign,
        "keep": _keep,
        "show": _show,
        "document": _document,
        "evaluate": _evaluate,
    }
    return actions[options.action](options)


def _visit(options: argparse.Namespace, knowledge: Knowledge) -> tuple[bytes, Visit]:
    given = options.transcript
    data = sys.stdin.buffer.read(scribe.MOST + 1) if given == "-" else _bytes(given)
    speech = scribe.speech_of(data, options.transcript)
    setting: Setting = options.setting or "primary_care"
    return data, scribe.visit_of(knowledge, speech, age=options.age, sex=options.sex, setting=setting)


def _bytes(name: str) -> bytes:
    path = Path(name)
    if not path.is_file():
        raise HickamError(
            code="no-such-file",
            where=name,
            what="no such file",
            why="there is nothing to read",
            fix="check the path",
        )
    with path.open("rb") as file:
        return file.read(scribe.MOST + 1)


def _understood(visit: Visit) -> bool:
    if visit.items():
        return True
    print(f"hickam: {NOTHING}", file=sys.stderr)
    return False


def _read(options: argparse.Namespace) -> int:
    _, visit = _visit(options, open_knowledge(options.pack))
    if not _understood(visit):
        return 3
    if options.format == "json":
        put(msgspec.json.format(msgspec.json.encode(visit), indent=1) + b"\n", options.out, binary=False)
    else:
        put(_listed(visit).encode(), options.out, binary=False)
    return 0


def _listed(visit: Visit) -> str:
    """What was heard, each with its number, its words and its turn."""
    lines: list[str] = []
    groups = (
        ("PRESENT", [f for f in visit.findings if f.state == "present" and not f.examined]),
        ("ABSENT", [f for f in visit.findings if f.state == "absent" and not f.examined]),
        ("FOUND ON EXAMINATION OR MEASURED", [f for f in visit.findings if f.examined]),
    )
    for title, found in groups:
        lines += [title] if found else []
        for f in found:
            name = f"no {f.name}" if f.state == "absent" and f.examined else f.name
            shown = f"{name}{f', {f.side}' if f.side else ''}{f', {f.value:g} {f.unit}' if f.value is not None else ''}"
            lines.append(_line(f.number, shown, f.places, f.doubts))
    if visit.medicines:
        lines.append("MEDICINES")
    for m in visit.medicines:
        lines.append(
            _line(m.number, f"{m.name} {m.dose}".strip() + ("" if m.current else " (stopped)"), m.places, m.doubts)
        )
    if visit.conditions:
        lines.append("BACKGROUND")
    lines += [_line(c.number, f"{c.name} ({c.status})", c.places, c.doubts) for c in visit.conditions]
    if visit.to_ask:
        lines.append("TO ASK AGAIN")
    lines += [f"     {ask.name} ({ask.why})  {_words(ask.places)}" for ask in visit.to_ask]
    return "\n".join(lines) + "\n"


def _line(number: int, shown: str, places: tuple[Place, ...], doubts: tuple[str, ...]) -> str:
    mark = "? " if doubts else "  "
    because = f"  [confirm: {'; '.join(doubts)}]" if doubts else ""
    return f"{number:>3}{mark}{shown}  {_words(places)}{because}"


def _words(places: tuple[Place, ...]) -> str:
    return " ".join(f"“{p.words}” {p.turn}" for p in places)


def _chosen(given: str, visit: Visit) -> frozenset[int]:
    """'all' (everything certain), '1,2,5-9', 'all,14', or 'none'."""
    chosen: set[int] = set()
    for part in given.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if part == "all":
            chosen |= visit.certain()
        elif first.isdigit() and (not last or last.isdigit()) and len(part) < 12:
            chosen |= set(range(int(first), min(int(last or first), 9999) + 1))
        elif part != "none":
            raise HickamError(
                code="bad-numbers",
                where="--confirm",
                what=f"{part!r} is no number of a finding",
                why="what is confirmed goes into the note",
                fix="write all, none, or numbers such as 1,2,5-9",
            )
    return frozenset(chosen)


def _note(options: argparse.Namespace) -> int:
    from hickam.writing.documents.visit_page import write_visit_note

    knowledge = open_knowledge(options.pack)
    data, visit = _visit(options, knowledge)
    if not _understood(visit):
        return 3
    chosen = _chosen(options.confirm, visit)
    note = scribe.draft_note(knowledge, visit, chosen, transcript=data, as_of=as_of_date(options.as_of))
    made = scribe.write_note(note) if options.format == "json" else write_visit_note(note, options.format)
    put(made, options.out, binary=options.format == "pdf")
    return 0


def _sign(options: argparse.Namespace) -> int:
    data = _bytes(options.note)
    beside = scribe.signature_path(Path(options.note))
    if beside.exists():
        raise HickamError(
            code="already-signed",
            where=str(beside),
            what="there is a signature already",
            why="a signature is never replaced unseen",
            fix="delete it first if the note has to be signed anew",
        )
    now = datetime.datetime.now(datetime.UTC)
    signature = scribe.sign(data, options.note, name=options.name, role=options.role, now=now)
    put(msgspec.json.format(msgspec.json.encode(signature), indent=1) + b"\n", str(beside), binary=False)
    print(f"signed by {signature.name} at {signature.signed_at}: {beside}")
    return 0


def _show(options: argparse.Namespace) -> int:
    from hickam.writing.documents.visit_page import write_visit_note

    data = _bytes(options.note)
    signature = scribe.signature_of(data, scribe.signature_path(Path(options.note)))
    made = write_visit_note(scribe.read_note(data, options.note), options.format, signature)
    put(made, options.out, binary=options.format == "pdf")
    return 0


def _keep(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.saved_parsers import need_store

    need_store()
    from hickam.model.records import LOCAL
    from hickam.services.saved_cases import CaseDesk, open_store
    from hickam.services.visit_record import keep_note

    data = _bytes(options.note)
    signature = scribe.signature_of(data, scribe.signature_path(Path(options.note)))
    store = open_store(options.database)
    try:
        cases = CaseDesk(store, LOCAL)
        knowledge = open_knowledge(options.pack)
        kept = keep_note(knowledge, cases, data, options.note, signature, patient=options.patient)
    finally:
        store.close()
    print(f"{kept.id}  {kept.kind}  signed by {kept.signed_name} on {kept.signed_at[:16]} UTC, case {kept.case_id}")
    print(f"kept in {store.name}", file=sys.stderr)
    return 0


def _document(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.note import wanted_document

    data = _bytes(options.note)
    signature = scribe.signature_of(data, scribe.signature_path(Path(options.note)))
    wanted = wanted_document(options, options.kind, options.format, as_of_date(options.as_of))
    made = scribe.document_of_note(open_knowledge(options.pack), data, options.note, signature, wanted)
    put(made, options.out, binary=options.format == "pdf")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from hickam.services.scribe_evaluation import evaluate_visits, report

    found = evaluate_visits(open_knowledge(options.pack), [Path(p) for p in options.visits])
    if options.report:
        Path(options.report).write_text(report(found))
        print(f"written to {options.report}", file=sys.stderr)
    else:
        print(report(found), end="")
    return 0
