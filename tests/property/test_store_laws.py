"""Whatever people do, in whatever order: what was saved stays as it was until it is erased, and everything is sound."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from builders_of_records import ANNA, BEN, add_user, new_case, new_document
from databases import with_tables
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from hickam.errors import HickamError
from hickam.model.records import LOCAL, Actor, SavedDocument
from hickam.store.case_desk import CaseDesk
from hickam.store.custody import Custody
from hickam.store.database import Store
from hickam.store.document_desk import DocumentDesk, Signature
from hickam.store.hashing import now
from hickam.store.verify import verify

PEOPLE = {person.user: person for person in (LOCAL, ANNA, BEN)}
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = st.sampled_from(["", "P 1", "P 2"])
WHO = st.sampled_from(sorted(PEOPLE))


class People(RuleBasedStateMachine):
    """Three people save, edit, sign, hand over and erase; beside the store a plain dictionary says what must hold."""

    cases = Bundle("cases")
    papers = Bundle("papers")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="hickam-laws-"))
        self.store = Store(with_tables(f"sqlite:///{self.folder / 'hickam.db'}"))
        add_user(self.store, ANNA)
        add_user(self.store, BEN)
        self.owner: dict[str, Actor] = {}
        self.versions: dict[str, list[Any]] = {}
        self.documents: dict[str, SavedDocument] = {}

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def desk(self, case_id: str) -> CaseDesk:
        return CaseDesk(self.store, self.owner[case_id])

    def desk_of_papers(self, document: str) -> DocumentDesk:
        return DocumentDesk(self.store, self.owner[self.documents[document].case_id])

    def take_away(self, case_id: str) -> None:
        del self.owner[case_id], self.versions[case_id]
        self.documents = {k: d for k, d in self.documents.items() if d.case_id != case_id}

    @rule(target=cases, who=WHO, words=WORDS, patient=NAMES, answered=st.booleans())
    def save(self, who: str, words: str, patient: str, answered: bool) -> str:
        saved = CaseDesk(self.store, PEOPLE[who]).save(new_case(words, patient=patient, answered=answered))
        self.owner[saved.case_id], self.versions[saved.case_id] = PEOPLE[who], [saved]
        return saved.case_id

    @rule(case_id=cases, words=WORDS, patient=NAMES, stale=st.booleans())
    def add(self, case_id: str, words: str, patient: str, stale: bool) -> None:
        if case_id in self.owner:
            latest, new = len(self.versions[case_id]), new_case(words, patient=patient)
            if stale:
                with pytest.raises(HickamError, match="it is now at version"):
                    self.desk(case_id).add_version(case_id, new, after=latest - 1)
            else:
                self.versions[case_id].append(self.desk(case_id).add_version(case_id, new, after=latest))
                assert self.versions[case_id][-1].number == latest + 1

    @rule(case_id=cases, who=WHO)
    def give(self, case_id: str, who: str) -> None:
        if case_id in self.owner:
            self.desk(case_id).give(case_id, who)
            self.owner[case_id] = PEOPLE[who]

    @rule(target=papers, case_id=cases, words=WORDS)
    def draft(self, case_id: str, words: str) -> str:
        if case_id not in self.owner:
            return ""
        made = DocumentDesk(self.store, self.owner[case_id]).draft(case_id, 1, new_document(words.replace("\0", "")))
        self.documents[made.id] = made
        return made.id

    @rule(document=papers, words=WORDS)
    def edit(self, document: str, words: str) -> None:
        if document in self.documents:
            known, words, desk = self.documents[document], words.replace("\0", ""), self.desk_of_papers(document)
            if known.state == "signed":
                with pytest.raises(HickamError, match="it is signed"):
                    desk.edit(document, words, "", after=known.revision)
            else:
                self.documents[document] = desk.edit(document, words, "", after=known.revision)
                assert self.documents[document].text == words

    @rule(document=papers)
    def sign(self, document: str) -> None:
        if document in self.documents and self.documents[document].state == "draft":
            signature = Signature(name="Dr", at=now(), pdf=b"%PDF")
            desk = self.desk_of_papers(document)
            self.documents[document] = desk.sign(document, signature, after=self.documents[document].revision)

    @rule(case_id=consumes(cases))
    def erase(self, case_id: str) -> None:
        if case_id in self.owner:
            self.desk(case_id).erase(case_id)
            self.take_away(case_id)

    @rule(patient=st.sampled_from(["P 1", "P 2"]))
    def erase_patient(self, patient: str) -> None:
        theirs = [case_id for case_id, versions in self.versions.items() if versions[-1].patient == patient]
        if theirs:
            assert Custody(self.store, LOCAL).erase(patient).cases == len(theirs)
        else:
            with pytest.raises(HickamError, match="no case bears this name"):
                Custody(self.store, LOCAL).erase(patient)
        for case_id in theirs:
            self.take_away(case_id)

    @invariant()
    def everybody_sees_their_own_as_it_was_saved(self) -> None:
        for person in PEOPLE.values():
            own = {case_id for case_id, owner in self.owner.items() if owner == person}
            assert {line.id for line in CaseDesk(self.store, person).lines()} == own
            for case_id in own:
                assert CaseDesk(self.store, person).versions(case_id) == self.versions[case_id]
                found = {d.id: d for d in DocumentDesk(self.store, person).documents(case_id)}
                assert found == {k: d for k, d in self.documents.items() if d.case_id == case_id}
        with self.store.reading() as connection:
            assert verify(connection).problems == []


People.TestCase.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
test_what_people_do = People.TestCase
