"""The leg cramps pack carries every item of its scope, and a place that leads nowhere is found."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from packs.mini_pack import mini_files, write_pack

from hickam.knowledge.issues import PackError
from hickam.knowledge.loading import load_pack, read_pack
from hickam.knowledge.scope import Disagreement, Scope, ScopeItem, check_scope, place_problem, read_scope, scope_text
from hickam.model.pack import Pack

LEG_CRAMPS = Path(__file__).parents[2] / "packs" / "leg_cramps"
ITEMS = {"a": 80, "b": 36, "c": 72, "d": 165}


@pytest.fixture(scope="module")
def leg_cramps() -> Pack:
    pack, _ = read_pack(LEG_CRAMPS)
    assert pack is not None
    return pack


@pytest.fixture(scope="module")
def scope() -> Scope:
    return read_scope(LEG_CRAMPS)


@pytest.fixture
def mini(tmp_path: Path) -> Pack:
    return load_pack(write_pack(tmp_path, mini_files()))


def _scope(*items: ScopeItem, disagreements: tuple[Disagreement, ...] = ()) -> Scope:
    return Scope(title="Mini", note="A test.", items=items, disagreements=disagreements)


def _item(*carried_by: str, name: str = "a-001") -> ScopeItem:
    return ScopeItem(id=name, kind="cause", text="Narrow arteries", carried_by=carried_by)


def test_the_scope_lists_all_353_items_in_order(scope: Scope) -> None:
    expected = [f"{letter}-{number:03}" for letter, of in ITEMS.items() for number in range(1, of + 1)]
    assert len(expected) == 353
    assert [item.id for item in scope.items] == expected


def test_every_item_and_disagreement_is_carried(leg_cramps: Pack, scope: Scope) -> None:
    assert [f"{issue.path}: {issue.what}" for issue in check_scope(leg_cramps, scope)] == []


def test_no_item_hangs_on_an_article_that_carries_nearly_everything(scope: Scope) -> None:
    """Most items lead to a condition, finding, test, treatment, clinician or rule, not to the overview alone."""
    overview_only = [i.id for i in scope.items if all(place.startswith("pack#") for place in i.carried_by)]
    assert len(overview_only) < len(scope.items) / 3


def test_departures_from_a_text_name_their_ground(scope: Scope) -> None:
    """Only where nothing was found to support a statement may a departure go without a source."""
    differing = [item for item in scope.items if item.instead]
    assert len(differing) > 40
    assert all(item.sources or item.why.startswith("No source was found") for item in differing)


@pytest.mark.parametrize(
    "place",
    [
        "conditions/arterial",
        "conditions/arterial#summary",
        "conditions/arterial#do_not_miss.why",
        "conditions/arterial#findings.on_exertion",
        "conditions/arterial#modifiers.smoker",
        "findings/quality#values.cramp",
        "sources/smith-2001",
        "pack#disclaimer",
        "pack#status_factors.past",
        "cases/first",
    ],
)
def test_a_place_that_says_something_is_accepted(mini: Pack, place: str) -> None:
    assert place_problem(mini, place) is None


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("conditions/arterail", "did you mean 'arterial'?"),
        ("conditions/arterial#sumary", "did you mean 'summary'?"),
        ("conditions/arterial#findings.absent_pulse", "did you mean 'absent_pulses'?"),
        ("conditions/arterial#presentation", "there but empty"),
        ("conditions/low_potassium#do_not_miss", "nothing called 'do_not_miss'"),
        ("conditions/arterial#summary.more", "nothing called 'more'"),
        ("findings/quality#how_to", "there but empty"),
        ("conditions/arterial#cause_only", "there but empty"),
        ("disease/arterial", "no folder 'disease'"),
        ("arterial", "no folder 'arterial'"),
        ("pack", "write pack#field"),
        ("pack#articles.definition", "nothing called 'definition'"),
        ("sources/jones-1999", "there is no 'jones-1999'"),
    ],
)
def test_a_place_that_leads_nowhere_is_found(mini: Pack, place: str, words: str) -> None:
    [issue] = check_scope(mini, _scope(_item(place)))
    assert issue.path == "items.a-001"
    assert words in issue.what


def test_the_check_finds_what_is_wrong_with_an_item(mini: Pack) -> None:
    good = _item("conditions/arterial")
    assert check_scope(mini, _scope(good)) == []
    wrong = {
        "carried nowhere": _scope(_item()),
        "the id is used twice": _scope(good, good),
        "no source 'jones-1999'": _scope(msgspec.structs.replace(good, sources=("jones-1999",))),
        "'instead' without": _scope(msgspec.structs.replace(good, instead="the other way round")),
    }
    for words, broken in wrong.items():
        assert [issue.what for issue in check_scope(mini, broken) if words in issue.what], words


def test_the_check_fails_when_the_pack_loses_what_carried_an_item(leg_cramps: Pack, scope: Scope) -> None:
    before = {issue.path for issue in check_scope(leg_cramps, scope)}
    conditions = {name: c for name, c in leg_cramps.conditions.items() if name != "peripheral_artery_disease"}
    after = {issue.path for issue in check_scope(msgspec.structs.replace(leg_cramps, conditions=conditions), scope)}
    assert {"items.a-040", "items.d-036", "disagreements.n-06"} <= after - before


def test_the_page_counts_and_names_what_is_missing(mini: Pack) -> None:
    scope = _scope(
        _item("conditions/arterial"),
        msgspec.structs.replace(
            _item("tests/abi", name="a-002"), instead="Not so.", why="A study.", sources=("smith-2001",)
        ),
        disagreements=(
            Disagreement(id="n-01", point="Which?", we_say="This.", why="Seen.", carried_by=("rules/no_pulse",)),
        ),
    )
    text = scope_text(scope, check_scope(mini, scope))
    assert "1 of 2 items are carried by the pack." in text
    assert "a-002 Narrow arteries: 'tests/abi': there is no 'abi' in tests" in text
    assert "we say: Not so." in text
    assert "Disagreements (1):\n  n-01 Which?\n      we say: This.\n" in text


def test_the_page_of_the_leg_cramps_pack_shows_all_disagreements(leg_cramps: Pack, scope: Scope) -> None:
    text = scope_text(scope, [])
    assert "353 of 353 items are carried by the pack." in text
    assert all(entry.point in text for entry in scope.disagreements)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "the file is missing"),
        ("items: [", "not readable as YAML"),
        ("title: T\nnote: N\nitmes: []\n", "did you mean 'items'?"),
        ("title: T\nnote: N\nitems: [{id: a-001, kind: rumour, text: T, carried_by: []}]\n", "Invalid enum value"),
    ],
)
def test_an_unreadable_scope_says_why(tmp_path: Path, content: str | None, words: str) -> None:
    if content is not None:
        (tmp_path / "scope.yaml").write_text(content)
    with pytest.raises(PackError, match=r"scope\.yaml") as caught:
        read_scope(tmp_path)
    assert words in str(caught.value)
