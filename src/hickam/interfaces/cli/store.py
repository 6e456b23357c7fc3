"""``hickam store``: status, upgrade, backup, restore, verify, audit, export, erase, retention, compact."""

from __future__ import annotations

import argparse
from pathlib import Path

from hickam.interfaces.cli.output import put
from hickam.model.records import LOCAL
from hickam.services.custody import Custody, Erased, as_zip, back_up, restore, verify
from hickam.services.handing_over import hand_over_all
from hickam.services.saved_cases import Store, open_store


def store_command(options: argparse.Namespace) -> int:
    """Run one of the actions as the person who holds the database."""
    store = open_store(options.database)
    actions = {
        "status": _status,
        "upgrade": _upgrade,
        "backup": _backup,
        "restore": _restore,
        "verify": _verify,
        "audit": _audit,
        "export": _export,
        "erase": _erase,
        "retention": _retention,
        "give": _give,
        "compact": _compact,
    }
    try:
        return actions[options.action](store, options)
    finally:
        store.close()


def _status(store: Store, options: argparse.Namespace) -> int:
    if not store.exists():
        print(f"{store.name}: nothing has been saved yet")
        return 0
    print(f"{store.name}: tables at revision {store.revision() or 'none (hickam store upgrade makes them)'}")
    if store.revision():
        for name, count in Custody(store, LOCAL).counts().items():
            print(f"  {name:<14} {count:>8}")
    return 0


def _upgrade(store: Store, options: argparse.Namespace) -> int:
    print(f"{store.name}: tables at revision {store.upgrade()}")
    return 0


def _backup(store: Store, options: argparse.Namespace) -> int:
    rows = back_up(store, Path(options.file))
    print(f"{rows} rows of {store.name} in {options.file}; it holds patients' words: keep it as safe as the store")
    return 0


def _restore(store: Store, options: argparse.Namespace) -> int:
    return _report(store, restore(store, Path(options.file)).problems, "restored and sound")


def _verify(store: Store, options: argparse.Namespace) -> int:
    with store.reading() as connection:
        found = verify(connection, options.head)
    print(f"{found.rows} audit rows, head {found.head}")
    return _report(store, found.problems, "sound: every kept row is what the audit trail says was saved")


def _report(store: Store, problems: list[str], sound: str) -> int:
    for problem in problems:
        print(f"  ! {problem}")
    print(f"{store.name}: {f'{len(problems)} problem(s)' if problems else sound}")
    return 1 if problems else 0


def _audit(store: Store, options: argparse.Namespace) -> int:
    for entry in Custody(store, LOCAL).trail(subject=options.subject, user=options.user, last=options.last):
        detail = ", ".join(f"{key} {str(value)[:24]}" for key, value in entry.detail.items())
        what = f"{entry.user:<12} {entry.action:<20} {entry.subject}  {detail}"
        print(f"{entry.seq:>7}  {entry.at[:19]}  {what}".rstrip())
    return 0


def _export(store: Store, options: argparse.Namespace) -> int:
    everything = Custody(store, LOCAL).export(options.patient)
    put(as_zip(everything), options.out, binary=True)
    print(f"{len(everything.versions)} versions and {len(everything.documents)} documents in {options.out}")
    return 0


def _erase(store: Store, options: argparse.Namespace) -> int:
    custody = Custody(store, LOCAL)
    if not options.yes:
        print(f"{len(custody.cases_of(options.patient))} case(s) would be erased; add --yes to do it")
        return 0
    return _erased(store, custody.erase(options.patient))


def _retention(store: Store, options: argparse.Namespace) -> int:
    custody = Custody(store, LOCAL)
    if not options.yes:
        found = custody.outdated(options.days, signed_too=options.signed_too)
        print(f"{len(found)} case(s) would be erased; add --yes to do it")
        return 0
    return _erased(store, custody.retain(options.days, signed_too=options.signed_too))


def _erased(store: Store, erased: Erased) -> int:
    counts = f"{erased.cases} cases, {erased.versions} versions, {erased.documents} documents"
    print(f"erased: {counts}, {erased.feedback} pieces of feedback")
    print(f"kept: {erased.audit_rows} audit rows: times, users, random ids, salted hashes; none of the patient's words")
    for case_id in erased.elsewhere:
        print(f"  ! an earlier version of {case_id}, now another patient's, bears this name too")
    print(f"files: {store.compact()}")
    return 0


def _give(store: Store, options: argparse.Namespace) -> int:
    number = hand_over_all(Custody(store, LOCAL), options.old, options.new)
    print(f"{number} case(s) of {options.old} are {options.new}'s now")
    return 0


def _compact(store: Store, options: argparse.Namespace) -> int:
    print(f"{store.name}: {store.compact()}")
    return 0
