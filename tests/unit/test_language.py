"""Language kept apart: a complete template of messages, a made-up language that shows what is not in it, a pack's own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from msgspec.structs import replace
from packs.mini_pack import mini_files, write_pack
from tracing import CATALOGUE, units

from hickam.errors import HickamError
from hickam.intake.reading import parse
from hickam.knowledge.lint import lint_folder
from hickam.knowledge.loading import load_pack
from hickam.knowledge.translations import localise, words_hash
from hickam.model.pack import Pack
from hickam.model.review import Review
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge
from hickam.writing.content import Content
from hickam.writing.documents.write import Document, Kind
from hickam.writing.language import DOMAIN, Language, available, open_language

STORY = Path("examples/night_cramps.txt").read_text() + "Potassium 4.1 mmol/L."
MAPPING = [("**.py", "python"), ("templates/**.md", "jinja2"), ("articles/templates/**.html", "jinja2")]
OPENING, CLOSING = "⟦", "⟧"


def test_the_template_of_messages_is_up_to_date() -> None:
    keywords = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    found = [
        item
        for place in ("writing", "services")
        for item in extract_from_dir(f"src/hickam/{place}", MAPPING, keywords=keywords)
    ]
    with CATALOGUE.open("rb") as file:
        listed = {message.id for message in read_po(file) if message.id}
    assert {item[2] for item in found} == listed, "run make catalogue"


def test_messages_of_one_plural_have_the_same_gaps() -> None:
    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            if isinstance(message.id, tuple):
                assert len({tuple(re.findall(r"\{\w+\}", text)) for text in message.id}) == 1


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A language in which every message stands in brackets."""
    folder = tmp_path_factory.mktemp("locale")
    with CATALOGUE.open("rb") as file:
        source = read_po(file)
    made = Catalog(locale="eo")
    for message in source:
        if isinstance(message.id, tuple):
            made.add(message.id, tuple(f"{OPENING}{text}{CLOSING}" for text in message.id))
        elif message.id:
            made.add(message.id, f"{OPENING}{message.id}{CLOSING}")
    made.mime_headers  # noqa: B018 (headers are made before one is added)
    path = folder / "eo" / "LC_MESSAGES" / f"{DOMAIN}.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as out:
        write_mo(out, made)
    return folder


def bracketed(pack: Pack) -> Pack:
    """The pack with every word for patients in brackets."""
    mark = f"{OPENING}{{}}{CLOSING}".format
    return replace(
        pack,
        conditions={
            n: replace(c, lay_name=mark(c.lay_name), patient_text=tuple(map(mark, c.patient_text)))
            for n, c in pack.conditions.items()
        },
        findings={
            n: replace(f, lay_name=mark(f.lay_name), lay_question=mark(f.lay_question))
            for n, f in pack.findings.items()
        },
        rules={n: replace(r, lay_sentence=mark(r.lay_sentence)) for n, r in pack.rules.items()},
        treatments={
            n: replace(
                t,
                exercises=tuple(
                    replace(e, name=mark(e.name), steps=tuple(map(mark, e.steps)), shows=mark(e.shows))
                    for e in t.exercises
                ),
            )
            for n, t in pack.treatments.items()
        },
    )


@pytest.mark.parametrize("kind", ["report", "handout", "result"])
def test_everything_a_patient_reads_can_be_translated(knowledge: Knowledge, locales: Path, kind: Kind) -> None:
    """Outside the brackets there is nothing but the patient's own words, numbers and names of the program."""
    case = parse(STORY, knowledge.vocabulary)
    answer = assess(knowledge, case, Options(reader="patient", draws=0, as_of="2026-11-22"))
    content = Content(pack=bracketed(knowledge.pack), case=case, answer=answer, english=knowledge.pack)
    text = Document(kind=kind, content=content, language=open_language("eo", locales)).markdown()
    left = []
    for unit in units(text):
        while unit != (unit := re.sub(f"{OPENING}[^{OPENING}{CLOSING}]*{CLOSING}", "", unit)):
            pass
        for own in [m.name for m in case.medications] + [s.text for s in case.not_understood] + ["mmol/L"]:
            unit = unit.replace(own, "")
        left += re.findall(r"[A-Za-z]{2,}", unit)
    assert left == []
    assert "This translation" in text


def test_a_language_that_nobody_wrote_is_refused(locales: Path) -> None:
    assert available() == ["en"]
    assert available(locales) == ["en", "eo"]
    for code in ("tlh", "../en", "", "EN"):
        with pytest.raises(HickamError, match="no catalogue"):
            open_language(code, locales)


def test_english_needs_no_catalogue() -> None:
    english = Language()
    assert english.date("2026-11-22") == "22 November 2026"
    assert english.date("") == ""
    assert english.count("{n} sign", "{n} signs", 2) == "{n} signs"
    assert english.review_state == ""


# ---- the pack's own words


def translated(tmp_path: Path, **changes: object) -> Path:
    """The mini pack with one condition in a made-up language."""
    root = write_pack(tmp_path, mini_files())
    of = words_hash("conditions", load_pack(root).conditions["arterial"])
    content = {"of": of, "lay_name": "vaskuloj mallarĝaj", **changes}
    return write_pack(tmp_path, {"languages/eo/conditions/arterial.yaml": content})


def test_translated_words_stand_in_front_and_are_counted(tmp_path: Path) -> None:
    root = translated(tmp_path)
    pack = load_pack(root)
    local = localise(root, pack, "eo")
    assert local.pack.conditions["arterial"].lay_name == "vaskuloj mallarĝaj"
    assert local.pack.conditions["arterial"].name == pack.conditions["arterial"].name
    assert local.translated == 1
    assert local.missing > 0
    assert local.review_state == "submitted"
    assert pack.hash == local.pack.hash


def test_the_review_of_a_translation_is_its_own(tmp_path: Path) -> None:
    from hickam.knowledge.hashing import item_hash
    from hickam.knowledge.translations import read_translations

    root = translated(tmp_path)
    pack = load_pack(root)
    found, _ = read_translations(root, pack, "eo")
    review = Review(
        item="languages/eo/conditions/arterial",
        hash=item_hash(found["conditions", "arterial"]),
        by="a person",
        on="2026-11-22",
        outcome="approved",
        next_review="2027-11-22",
    )
    assert localise(root, replace(pack, reviews=(review,)), "eo").review_state == "approved"
    assert localise(root, replace(pack, reviews=(replace(review, hash="0"),)), "eo").review_state == "submitted"


def test_a_translation_of_words_that_changed_is_not_used(tmp_path: Path) -> None:
    root = translated(tmp_path, of="0" * 64)
    pack, issues = lint_folder(root)
    assert pack is not None
    assert localise(root, pack, "eo").pack.conditions["arterial"].lay_name == "narrow arteries"
    assert any(
        "have changed" in issue.what and words_hash("conditions", pack.conditions["arterial"]) in issue.fix
        for issue in issues
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("languages/eo/conditions/moon.yaml", {"of": "x", "lay_name": "luno"}, "no conditions/moon"),
        ("languages/eo/sources/smith-2001.yaml", {"of": "x"}, "no sources/smith-2001"),
        ("languages/eo/conditions/arterial.yaml", {"of": "x", "lay_name": "a", "lay_question": "b"}, "no lay_question"),
        ("languages/eo/conditions/arterial.yaml", {"lay_name": "a"}, "of"),
        (
            "languages/eo/findings/quality.yaml",
            {"of": "x", "lay_name": "a", "lay_question": "b", "values": {"moon": "luno"}},
            "no value moon",
        ),
        ("languages/eo/findings/quality.yaml", {"of": "x", "lay_name": "a"}, "lay_question is not translated"),
    ],
)
def test_a_mistake_in_a_translation_is_said(tmp_path: Path, name: str, content: object, message: str) -> None:
    root = write_pack(tmp_path, {**mini_files(), name: content})
    _, issues = lint_folder(root)
    assert any(message in issue.what and issue.file == name for issue in issues), issues
