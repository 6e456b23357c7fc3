"""``hickam batch`` as a user meets it: formats in and out, refused rows, kills, other runs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numba")
pa = pytest.importorskip("pyarrow")
import pyarrow.parquet as pq  # noqa: E402

from hickam.errors import HickamError  # noqa: E402
from hickam.interfaces.cli.main import main  # noqa: E402
from hickam.services.batch import run  # noqa: E402

ROWS: list[dict[str, Any]] = [
    {
        "id": f"p{i}",
        "age": 40 + i % 45,
        "sex": "male" if i % 3 else "female",
        "present": ["on_exertion", "site_calf"] if i % 2 else ["nocturnal", "site_calf"],
        "absent": ["leg_swelling"],
        "values": {"potassium": 2.9} if i % 5 == 0 else {"ankle_brachial_index": 0.6},
        "known_conditions": ["hypertension"] if i % 4 == 0 else [{"id": "type_2_diabetes", "status": "controlled"}],
        "medications": ["atorvastatin"],
    }
    for i in range(60)
]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """The rows above with conditions that the pack holds."""
    from hickam.services.knowledge import open_knowledge

    known = [c for c, item in open_knowledge().pack.conditions.items() if not item.cause_only][:2]
    changed = []
    for i, row in enumerate(ROWS):
        conditions = [known[0]] if i % 4 == 0 else [{"id": known[1], "status": "controlled"}]
        changed.append(row | {"known_conditions": conditions})
    return changed


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_every_format_gives_the_same_answers(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    source = write(tmp_path / "cases.ndjson", rows)
    pq.write_table(
        pa.Table.from_pylist([row | {"known_conditions": json.dumps(row["known_conditions"])} for row in rows]),
        tmp_path / "cases.parquet",
    )
    with (tmp_path / "cases.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        names = ["id", "age", "sex", "present", "absent", "values.potassium", "values", "known_conditions"]
        writer.writerow([*names, "medications"])
        for row in rows:
            abi = row["values"].get("ankle_brachial_index")
            flat = [row["id"], row["age"], row["sex"], ";".join(row["present"]), json.dumps(row["absent"])]
            flat += [row["values"].get("potassium", ""), f"ankle_brachial_index={abi}" if abi else ""]
            writer.writerow([*flat, json.dumps(row["known_conditions"]), ";".join(row["medications"])])
    answers = []
    for name in ("cases.ndjson", "cases.parquet", "cases.csv"):
        out = tmp_path / f"{name}.out.ndjson"
        assert main(["batch", str(tmp_path / name), str(out)]) == 0
        answers.append(lines(out))
    assert answers[0] == answers[1] == answers[2]
    assert [row["id"] for row in answers[0]] == [row["id"] for row in rows]
    assert len(answers[0][0]["differential"]) == 10
    assert "pending human review" in answers[0][0]["stamp"]
    assert main(["batch", str(source), str(tmp_path / "a.parquet"), "--every"]) == 0
    table = pq.read_table(tmp_path / "a.parquet")
    names = table.schema.metadata[b"hickam.conditions"].decode().split()
    first = table.slice(0, 1).to_pylist()[0]
    assert first["cause"][names.index(first["differential"][0]["condition"])] == first["differential"][0]["cause"]
    assert sum(first["cause"]) + first["unexplained"] == pytest.approx(1, abs=1e-6)
    assert b"hickam.disclaimer" in table.schema.metadata


def test_what_cannot_be_read_goes_to_a_side_file_with_its_row(
    tmp_path: Path, rows: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "cases.ndjson"
    bad = [
        "{not json",
        "[1, 2]",
        json.dumps({"id": "x1", "present": ["no such thing"]}),
        json.dumps({"id": "x2", "age": 400, "present": ["site_calf"]}),
        json.dumps({"id": "x3", "presnt": ["site_calf"]}),
        json.dumps({"id": "x4", "age": 40}),
        json.dumps({"id": "x5", "sex": "male", "present": ["pregnant"]}),
        json.dumps({"id": "x6", "values": {"potassium": 900}}),
        json.dumps({"id": "x7", "medications": [5]}),
    ]
    source.write_text("\n".join([json.dumps(rows[0]), *bad, json.dumps(rows[1])]) + "\n")
    out = tmp_path / "out.ndjson"
    assert main(["batch", str(source), str(out)]) == 0
    assert "9 rows refused" in capsys.readouterr().err
    assert [row["id"] for row in lines(out)] == ["p0", "p1"]
    refused = lines(tmp_path / "out.ndjson.refused.ndjson")
    assert [row["row"] for row in refused] == list(range(2, 11))
    assert [row["id"] for row in refused] == [None, None, "x1", "x2", "x3", "x4", "x5", "x6", "x7"]
    for row, words in zip(
        refused, ["JSON", "object", "no such thing", "120", "presnt", "nothing", "male", "900", "name"], strict=True
    ):
        assert words in " ".join(row[key] for key in ("where", "what", "why", "fix")), row


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


@pytest.mark.parametrize("ending", ["parquet", "ndjson"])
def test_a_killed_run_goes_on_and_ends_the_same(
    tmp_path: Path, rows: list[dict[str, Any]], ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PLAIN_ROWS", 7)
    source = write(tmp_path / "cases.ndjson", [*rows, {"id": "bad"}])
    whole = tmp_path / f"whole.{ending}"
    run.run_batch(source, whole)
    out = tmp_path / f"out.{ending}"
    made = []
    for kill_after in (1, 3, 2):
        parts = 0

        def tell(done: int, share: float, found: float, kill_after: int = kill_after) -> None:
            nonlocal parts
            parts += 1
            if parts == kill_after:
                raise Killed

        with pytest.raises(Killed):
            run.run_batch(source, out, tell=tell)
        made.append(len(list((tmp_path / f"out.{ending}.parts").glob("done-*"))))
        assert not out.exists()
    assert made == [1, 4, 6]
    (tmp_path / f"out.{ending}.parts" / "part-0000007.99999").write_text("half a part")
    done = run.run_batch(source, out)
    assert done.found == 42
    assert done.rows == 61
    assert out.read_bytes() == whole.read_bytes()
    sides = [path.with_name(path.name + ".refused.ndjson").read_bytes() for path in (out, whole)]
    assert sides[0] == sides[1] != b""
    assert not (tmp_path / f"out.{ending}.parts").exists()


def test_parts_of_another_run_are_refused(
    tmp_path: Path, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PLAIN_ROWS", 7)
    source, out = write(tmp_path / "cases.ndjson", rows), tmp_path / "out.parquet"

    def tell(done: int, share: float, found: float) -> None:
        raise Killed

    with pytest.raises(Killed):
        run.run_batch(source, out, tell=tell)
    with pytest.raises(HickamError, match="another input"):
        run.run_batch(source, out, options=run.BatchOptions(top=3))
    write(source, rows[:-1])
    with pytest.raises(HickamError, match="another input"):
        run.run_batch(source, out)
    assert run.run_batch(source, out, overwrite=True).rows == 59
    with pytest.raises(HickamError, match="there already"):
        run.run_batch(source, out)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cases.xlsx", "", "ending"),
        ("missing.csv", None, "no such file"),
        ("cases.csv", "id,agee\n1,2\n", "agee"),
        ("cases.csv", "id\n1\n", "part of a case"),
        ("cases.ndjson", "", "no rows"),
        ("cases.parquet", "not parquet", "Parquet"),
    ],
)
def test_wrong_files_are_refused_in_words(
    tmp_path: Path, name: str, content: str | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    assert main(["batch", str(tmp_path / name), str(tmp_path / "out.parquet")]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_spark_refuses_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["batch", str(tmp_path), str(tmp_path / "out"), "--engine", "spark", "--from", "fhir"]
    assert main(arguments) == 2
    assert "no FHIR" in capsys.readouterr().err


def test_urgency_is_that_of_one_case(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    from hickam.api import Options, assess

    source, out = write(tmp_path / "cases.ndjson", rows[:3]), tmp_path / "out.ndjson"
    assert main(["batch", str(source), str(out), "--urgency"]) == 0
    for row, found in zip(rows, lines(out), strict=False):
        answer = assess({k: v for k, v in row.items() if k != "id"}, Options(draws=0, explain=False, steps=0))
        assert found["urgency"] == answer.urgency.level
        assert found["provisional"] == answer.urgency.provisional
        assert found["differential"][0]["condition"] == answer.differential[0].condition.id


def test_fhir_bulk_data_are_one_row_a_patient(tmp_path: Path) -> None:
    from hickam.api import knowledge
    from hickam.interfaces.fhir.reading import read_fhir

    record = json.loads((Path(__file__).parents[2] / "examples" / "record.json").read_text())
    folder = tmp_path / "export"
    folder.mkdir()
    files: dict[str, list[str]] = {}
    for number in range(3):
        for entry in record["entry"]:
            text = json.dumps(entry["resource"])
            patient = next(e["resource"]["id"] for e in record["entry"] if e["resource"]["resourceType"] == "Patient")
            resource = json.loads(text.replace(f"Patient/{patient}", f"Patient/{patient}{number}"))
            if resource["resourceType"] == "Patient":
                resource["id"] = f"{patient}{number}"
            files.setdefault(resource["resourceType"], []).append(json.dumps(resource))
    files["Condition"].append("{broken")
    files["Organization"] = [json.dumps({"resourceType": "Organization", "id": "o"})]
    for kind, resources in files.items():
        (folder / f"{kind}.ndjson").write_text("\n".join(resources) + "\n")
    out = tmp_path / "out.ndjson"
    assert main(["batch", str(folder), str(out), "--as-of", "2026-11-22"]) == 0
    found = lines(out)
    assert [row["id"] for row in found] == [f"{patient}{number}" for number in range(3)]
    opened = knowledge()
    right = opened.engine.posterior(read_fhir(record, opened, "2026-11-22").case)
    for row in found:
        first = row["differential"][0]
        assert first["cause"] == pytest.approx(right.cause[first["condition"]], rel=1e-6)
    refused = lines(tmp_path / "out.ndjson.refused.ndjson")
    assert len(refused) == 1
    assert "Condition.ndjson" in refused[0]["what"]
