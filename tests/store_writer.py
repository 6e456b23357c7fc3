"""A program of its own that saves without end and says what was acknowledged, until it is killed.

Run as: python store_writer.py URL NAME. Prints 'case ID' or 'version ID NUMBER' after each save has returned.
"""

from __future__ import annotations

import sys

from builders_of_records import new_case, new_document

from hickam.model.records import LOCAL
from hickam.store.case_desk import CaseDesk, Once
from hickam.store.database import Store
from hickam.store.document_desk import DocumentDesk


def text_of(name: str, count: int) -> str:
    """The words of the n-th save: long enough that rows span pages."""
    return f"{name} {count} " + "calf pain " * 400


def main(url: str, name: str) -> None:
    store = Store(url)
    desk, papers = CaseDesk(store, LOCAL), DocumentDesk(store, LOCAL)
    count = 0
    print("ready", flush=True)
    while True:
        count += 1
        once = Once(key=f"{name}-{count}", request=b"save")
        saved = desk.save(new_case(text_of(name, count), patient=name, answered=True), once)
        print(f"case {saved.case_id} 1 {count}", flush=True)
        for number in (1, 2):
            count += 1
            desk.add_version(saved.case_id, new_case(text_of(name, count), patient=name), after=number)
            print(f"case {saved.case_id} {number + 1} {count}", flush=True)
        document = papers.draft(saved.case_id, 1, new_document(text_of(name, count)))
        print(f"document {document.id} 1 {count}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
