"""One broken file per mistake: each is refused, in the right file, with the words a person needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from packs.mini_pack import Files, mini_files, write_pack

from hickam.knowledge.issues import PackError
from hickam.knowledge.lint import lint_folder
from hickam.knowledge.loading import load_pack

Break = Callable[[Files], object]
ARTERIAL, EXERTION, QUALITY = "conditions/arterial.yaml", "findings/on_exertion.yaml", "findings/quality.yaml"
LOW = "conditions/low_potassium.yaml"


def _set(name: str, *path: str | int, to: object) -> Break:
    def change(files: Files) -> None:
        place = files[name]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def _add(name: str, content: object) -> Break:
    return lambda files: files.__setitem__(name, content)


def _two(*changes: Break) -> Break:
    def change(files: Files) -> None:
        for each in changes:
            each(files)

    return change


LAYOUT = "presentation.yaml"


def _group(category: str, *conditions: str) -> object:
    return {"category": category, "title": "A group", "conditions": list(conditions)}


_COMPARISON = {
    "title": "Side by side",
    "conditions": ["arterial"],
    "findings": ["on_exertion"],
    "columns": {"when": "When"},
    "rows": [{"condition": "arterial", "cells": {"when": {"text": "On walking.", "sources": ["nobody-2000"]}}}],
}
_PARENT = {"value": [0.01, 0.003, 0.03], "basis": "estimate"}

MISTAKES: list[tuple[str, Break, str, str]] = [
    ("not yaml", _add("findings/x.yaml", "id: [unclosed"), "findings/x.yaml", "not readable as YAML"),
    ("empty file", _add("findings/x.yaml", ""), "findings/x.yaml", "the file is empty"),
    ("key twice", _add("findings/x.yaml", "id: x\nid: y\n"), "findings/x.yaml", "is written twice"),
    ("no manifest", lambda f: f.pop("pack.yaml"), "pack.yaml", "the file is missing"),
    ("misspelt key", _set(ARTERIAL, "sumary", to="x"), ARTERIAL, "did you mean 'summary'?"),
    ("unknown key inside", _set(ARTERIAL, "findings", 0, "valeu", to=[1, 1, 1]), ARTERIAL, "unknown key 'valeu'"),
    ("wrong type", _set(ARTERIAL, "urgency", to="whenever"), ARTERIAL, "Invalid enum value"),
    ("missing key", lambda f: f[ARTERIAL].pop("summary"), ARTERIAL, "missing required field `summary`"),
    ("id is not the file name", _set(ARTERIAL, "id", to="arteries"), ARTERIAL, "is not the file name"),
    ("probability of 1.2", _set(ARTERIAL, "findings", 0, "value", to=[1.2, 0.5, 1.3]), ARTERIAL, "not a probability"),
    ("value outside interval", _set(ARTERIAL, "findings", 0, "value", to=[0.2, 0.5, 0.9]), ARTERIAL, "outside its interval"),
    ("narrow estimate", _set(ARTERIAL, "findings", 0, "value", to=[0.9, 0.89, 0.91]), ARTERIAL, "too narrow"),
    ("estimate that cites", _set(ARTERIAL, "findings", 0, "source", to="smith-2001"), ARTERIAL, "an estimate that cites"),
    ("direct without locator", lambda f: f[ARTERIAL]["prior"]["rows"][0].pop("locator"), ARTERIAL, "without locator"),
    ("unknown article part", _set("pack.yaml", "articles", to={"defintion": [{"text": "A."}]}), "pack.yaml", "no article has"),
    ("articles without a date", _set("pack.yaml", "articles", to={"definition": [{"text": "A."}]}), "pack.yaml", "is not a date"),
    ("group of nobody", _add(LAYOUT, {"groups": [_group("vascular", "gout")]}), LAYOUT, "no condition 'gout'"),
    ("group of another category", _add(LAYOUT, {"groups": [_group("neurologic", "arterial")]}), LAYOUT, "has the category"),
    ("in two groups", _add(LAYOUT, {"groups": [_group("vascular", "arterial")] * 2}), LAYOUT, "is in 2 groups"),
    ("clinician of nobody", _add(LAYOUT, {"clinicians": [{"title": "x", "clinicians": ["wizard"]}]}), LAYOUT, "no clinician 'wizard'"),
    ("comparison of a measurement", _add(LAYOUT, {"comparison": {**_COMPARISON, "findings": ["potassium"]}}), LAYOUT, "not a yes/no"),
    ("comparison with an empty cell", _add(LAYOUT, {"comparison": {**_COMPARISON, "columns": {"when": "When", "where": "Where"}}}), LAYOUT, "its cells are not"),
    ("comparison without its source", _add(LAYOUT, {"comparison": _COMPARISON}), LAYOUT, "is not in sources/"),
    ("misspelt key of the layout", _add(LAYOUT, {"gruops": []}), LAYOUT, "did you mean 'groups'?"),
    (
        "avoid with a double negative",
        _set(ARTERIAL, "management", to=[{"step": "Do not run.", "line": "avoid"}]),
        ARTERIAL,
        "double negative",
    ),
    ("missing source", _set(ARTERIAL, "prior", "rows", 0, "source", to="jones-1999"), ARTERIAL, "is not in sources/"),
    ("derived without arithmetic", _set(ARTERIAL, "prior", "rows", 0, "basis", to="derived"), ARTERIAL, "without why"),
    ("events above patients", _set(ARTERIAL, "findings", 2, "counts", to=[70, 60]), ARTERIAL, "70 events of 60"),
    ("value and counts", _set(ARTERIAL, "findings", 2, "value", to=[0.6, 0.5, 0.7]), ARTERIAL, "both value and counts"),
    ("no value", lambda f: f[ARTERIAL]["findings"][0].pop("value"), ARTERIAL, "no value for a yes/no finding"),
    ("age not covered", _set(ARTERIAL, "prior", "rows", 0, "age", to=[50, 120]), ARTERIAL, "nothing is said for"),
    ("no prior", lambda f: f[ARTERIAL].pop("prior"), ARTERIAL, "neither or both of prior and exposure"),
    ("unknown finding", _set(ARTERIAL, "findings", 0, "finding", to="on_exercise"), ARTERIAL, "this finding does not exist"),
    ("finding twice", lambda f: f[ARTERIAL]["findings"].append(dict(f[ARTERIAL]["findings"][0])), ARTERIAL, "stated 2 times"),
    ("risk factor as finding", _set(ARTERIAL, "findings", 0, "finding", to="smoker"), ARTERIAL, "this is a risk finding"),
    ("finding as risk factor", _set(ARTERIAL, "modifiers", 0, "factor", to="on_exertion"), ARTERIAL, "is not a risk finding"),
    ("sensitivity below leak", _set(ARTERIAL, "findings", 2, "counts", to=[1, 60]), ARTERIAL, "is not above the background"),
    ("certain episode", _set(ARTERIAL, "findings", 0, "value", to=[1.0, 0.9, 1.0]), ARTERIAL, "leaves no room"),
    ("shares not 1", _set(ARTERIAL, "findings", 1, "shares", to={"cramp": 0.7, "ache": 0.7}), ARTERIAL, "add up to 1.4"),
    ("unknown value", _set(ARTERIAL, "findings", 1, "shares", to={"cramp": 0.7, "itch": 0.3}), ARTERIAL, "unknown values"),
    ("any below leg", _set(ARTERIAL, "complaint", "any", "value", to=[0.01, 0.005, 0.02]), ARTERIAL, "is below leg"),
    ("bad code", _set(ARTERIAL, "codes", to={"icd10cm": ["73.9"]}), ARTERIAL, "is not an ICD-10-CM code"),
    ("no code", _set(ARTERIAL, "codes", to={}), ARTERIAL, "no ICD-10-CM code"),
    ("one disease twice", _add("conditions/copy.yaml", {**mini_files()[ARTERIAL], "id": "copy"}), "conditions/", "is also the name of"),
    ("unknown lookalike", _set(ARTERIAL, "lookalikes", to=[{"condition": "x", "difference": "y"}]), ARTERIAL, "'x' does not exist"),
    ("bad exclusion", _set(ARTERIAL, "do_not_miss", "excluded_by", to=["no such"]), ARTERIAL, "cannot read the term"),
    ("cycle", _two(
        _set(ARTERIAL, "parents", to=[{"condition": "low_potassium", "rho": _PARENT}]),
        _set(LOW, "parents", to=[{"condition": "arterial", "rho": _PARENT}]),
    ), "conditions/", "a cycle"),
    ("findings that imply each other", _two(
        _set(EXERTION, "implies", to=["quality"]),
        _set(QUALITY, "implies", to=["on_exertion"]),
    ), "findings/", "a cycle"),
    ("contradiction", _two(
        _set(ARTERIAL, "parents", to=[{"condition": "low_potassium", "rho": _PARENT}]),
        _set(ARTERIAL, "excludes", to=["low_potassium"]),
    ), ARTERIAL, "both a parent and excluded"),
    ("reasons backwards", _two(
        _set(ARTERIAL, "parents", to=[{"condition": "low_potassium", "rho": {"value": [0.99, 0.9, 0.999], "basis": "estimate"}}]),
        _two(_set(ARTERIAL, "family", to="f"), _set(LOW, "family", to="f")),
        _set(LOW, "prior", "rows", 0, "value", to=[0.2, 0.1, 0.3]),
    ), ARTERIAL, "its parents explain"),
    ("cause-only with links", _two(
        _set(ARTERIAL, "cause_only", to=True), _set(ARTERIAL, "excludes", to=["low_potassium"]),
    ), ARTERIAL, "a cause-only condition with links"),
    ("finding nobody uses", _add("findings/hiccups.yaml", {
        **mini_files()[EXERTION], "id": "hiccups", "synonyms": ["hiccups"],
    }), "findings/hiccups.yaml", "no condition, rule or drug uses this finding"),
    ("no background", _set(EXERTION, "background", to=[]), EXERTION, "no background frequency"),
    ("kind and about differ", _set(EXERTION, "about", to="risk"), EXERTION, "do not go together"),
    ("unknown group", _set(EXERTION, "group", to="walking"), EXERTION, "is not in pack.yaml"),
    ("implies nothing", _set(EXERTION, "implies", to=["nothing"]), EXERTION, "is not another finding"),
    ("implies both", _two(
        _set(EXERTION, "implies", to=["absent_pulses"]), _set(EXERTION, "implies_absent", to=["absent_pulses"]),
    ), EXERTION, "implied both present and absent"),
    ("wording twice", _set("findings/absent_pulses.yaml", "synonyms", to=["Exertional"]), "findings/", "also belongs to"),
    ("categorical shares", _set(QUALITY, "shares", "shares", to={"cramp": 1.0}), QUALITY, "shares and values differ"),
    ("ranges do not rise", _set("findings/potassium.yaml", "ranges", 1, "below", to=2.0), "findings/potassium.yaml", "no upper limit"),
    ("two normals", _set("findings/potassium.yaml", "ranges", 0, "level", to=0), "findings/potassium.yaml", "not one ladder"),
    ("unknown measurement", _set("findings/potassium.yaml", "measurement", to="k"), "findings/potassium.yaml", "does not exist"),
    ("negative unit factor", _set("measurements/potassium.yaml", "units", to={"mEq/L": [-1, 0]}), "measurements/", "not positive"),
    ("plausible backwards", _set("measurements/potassium.yaml", "plausible", to=[9, 1]), "measurements/", "is not a range"),
    ("visits do not add up", _set("pack.yaml", "visits", 0, "share", to=0.1), "pack.yaml", "add up to 0.600"),
    ("unexplained of zero", _set("pack.yaml", "unexplained", to={"primary_care": 0.0}), "pack.yaml", "unexplained share is 0"),
    ("source without address", _set("sources/all.yaml", "smith-2001", "pmid", to=""), "sources", "no DOI, PMID or URL"),
    ("unknown key in a source", _set("sources/all.yaml", "smith-2001", "jornal", to="x"), "sources/all.yaml", "unknown key 'jornal'"),
    ("rule without terms", _set("rules/no_pulse.yaml", "all", to=[]), "rules/no_pulse.yaml", "no terms"),
    ("rule on nothing", _set("rules/no_pulse.yaml", "all", to=["no_such_sign"]), "rules/no_pulse.yaml", "no finding"),
    ("rule not readable", _set("rules/no_pulse.yaml", "all", to=["potassium = 3"]), "rules/no_pulse.yaml", "cannot read the term"),
    ("flag without source", _set("rules/no_pulse.yaml", "sources", to=[]), "rules/no_pulse.yaml", "without a source"),
    ("flag without level", lambda f: f["rules/no_pulse.yaml"].pop("level"), "rules/no_pulse.yaml", "without a level"),
    ("drug factor", _set("drugs/water.yaml", "factors", to=["on_exertion"]), "drugs/water.yaml", "is not a risk finding"),
    ("drug name twice", _add("drugs/other.yaml", {
        **mini_files()["drugs/water.yaml"], "id": "other",
    }), "drugs/", "also belongs to"),
    ("case on nothing", _set("cases/first.yaml", 0, "present", to=["nothing"]), "cases/first.yaml", "no finding 'nothing'"),
    ("case expects nothing known", _set("cases/first.yaml", 0, "expect", to={"top": "gout"}), "cases/first.yaml", "no condition"),
]  # fmt: skip


def test_the_mini_pack_is_clean(tmp_path: Path) -> None:
    pack, issues = lint_folder(write_pack(tmp_path, mini_files()))
    assert pack is not None
    assert [str(issue) for issue in issues if issue.severity == "error"] == []


@pytest.mark.parametrize(("change", "file", "words"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_each_mistake_is_named(tmp_path: Path, change: Break, file: str, words: str) -> None:
    files = mini_files()
    change(files)
    _, issues = lint_folder(write_pack(tmp_path, files))
    told = [
        issue for issue in issues if issue.severity == "error" and issue.file.startswith(file) and words in str(issue)
    ]
    assert told, "\n".join(str(issue) for issue in issues) or "nothing was found wrong"
    assert all(issue.why and issue.fix for issue in told)


@pytest.mark.parametrize(("means", "warned"), [("", True), (" ", True), ("A low index confirms it.", False)])
def test_a_workup_step_that_does_not_say_what_its_result_means_is_a_warning(
    tmp_path: Path, means: str, warned: bool
) -> None:
    files = mini_files()
    files[ARTERIAL]["workup"] = [{"stage": "now", "test": "Ankle index", "why": "narrowing", "means": means}]
    _, issues = lint_folder(write_pack(tmp_path, files))
    told = [issue for issue in issues if issue.path == "workup[0].means"]
    assert [(issue.file, issue.severity) for issue in told] == ([(ARTERIAL, "warning")] if warned else [])


def test_loading_a_broken_pack_raises_with_every_structural_problem(tmp_path: Path) -> None:
    files = mini_files()
    files[ARTERIAL]["sumary"] = "x"
    files[EXERTION]["kidn"] = "x"
    with pytest.raises(PackError) as caught:
        load_pack(write_pack(tmp_path, files))
    assert "sumary" in str(caught.value)
    assert "kidn" in str(caught.value)


def test_a_reviewed_item_loses_its_approval_when_it_changes(tmp_path: Path) -> None:
    before = load_pack(write_pack(tmp_path, mini_files()))
    files = mini_files()
    files[ARTERIAL]["summary"] = "Narrow leg arteries."
    after = load_pack(write_pack(tmp_path, files))
    assert before.hashes["conditions/arterial"] != after.hashes["conditions/arterial"]
    assert before.hashes["findings/quality"] == after.hashes["findings/quality"]
    assert before.hash != after.hash
