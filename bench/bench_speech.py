"""How well recorded visits are heard: the written visits of tests/visits, spoken by neural voices, clean and in noise.

``make bench-speech`` speaks them once (.bench/speech), transcribes each in every condition, and writes
docs/evaluation/speech.json and speech.md. What has been measured is kept, so a stopped run goes on (--fresh: anew).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
import time
import wave
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein
from speech_visits import ALL, AMERICAN, CLINICIANS, ROOT, Sound, Spoken, read_wav, spoken_visits, with_noise
from whisper_normalizer.english import EnglishTextNormalizer

from hickam.intake.dialogue import turns_of_transcript
from hickam.intake.speech import editing
from hickam.intake.speech.decoding import RATE, AudioFile
from hickam.intake.speech.hints import Names, plain
from hickam.intake.speech.transcribing import Transcriber
from hickam.model.transcript import Transcript
from hickam.services.knowledge import open_knowledge
from hickam.services.scribe import draft_note, visit_of
from hickam.services.speech.transcriber import chosen_hearing, transcriber

WORK = ROOT / ".bench" / "speech"
OUT = ROOT / "docs" / "evaluation"
CONDITIONS: dict[str, float | None] = {"clean": None, "20 dB": 20.0, "10 dB": 10.0, "5 dB": 5.0}
WHISPER = EnglishTextNormalizer()
SPELLINGS = (
    (r"\bnought\b", "zero"),
    (r"\bone point\b", "1 point"),
    (r"([,;:.!?])\s+", r"\1 qq "),
    (r"\b(\d+) ?mg\b", r"\1 milligrams"),
    (r"-", " "),
    (r"\b(?!(?:it|that|there|he|she|what|where|who|how|here|let|when)'s)(\w+)'s\b", r"\1s"),
    (r"\boedema", "edema"),
    (r"\banymore\b", "any more"),
)
"""What whisper-normalizer leaves different or makes wrong, on both sides alike: 'nought', 'one point nought one'
(one.01), numbers parted by a comma ('four hundred, three times' became 403 times), units, hyphens, the s of
"athlete's foot" (which became "athlete is foot") and of "calf's", oedema, anymore."""
GROUPS = ("building", "held_apart")
SITES = frozenset(re.split(r"\W+", "calf calves thigh thighs toe toes foot feet ankle ankles knee hip shin pulses"))
LATERAL = frozenset({"left", "right"})
FEW = 0.34
"""Share of a line's words below which the line counts as lost."""


def normal(text: str) -> list[str]:
    """Words as they are compared: whisper-normalizer, and the spellings above."""
    for written, alike in SPELLINGS:
        text = re.sub(written, alike, text, flags=re.IGNORECASE)
    return [word for word in WHISPER(text).split() if word != "qq"]


def measure(visit: Spoken, noise: float | None, ready: Transcriber, names: Names) -> dict[str, Any]:
    """Everything counted for one visit in one condition."""
    sound = read_wav(visit.path)
    sound = sound if noise is None else with_noise(sound, noise, seed=len(visit.name))
    with tempfile.TemporaryDirectory() as folder:
        path = _write(Path(folder) / "visit.wav", sound)
        wall, processor = time.perf_counter(), time.process_time()
        transcript = ready.transcribe(AudioFile(path))
        spent = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
    record = " ".join(turn.heard_text for turn in transcript.turns)
    settled, wrong = _settled(transcript, visit, names)
    lines = [normal(line.text) for line in visit.lines]
    said = [word for line in lines for word in line]
    heard, after = normal(record), normal(settled)
    return {
        "visit": visit.name,
        "group": visit.group,
        "seconds": transcript.recording.duration,
        "words": len(said),
        "said": " ".join(said),
        "heard": " ".join(heard),
        "offered": [[p.said, p.proposed, p.probability] for p in transcript.proposals],
        "errors": Levenshtein.distance(said, heard),
        **_by_voice(visit, lines, heard),
        "errors_after": Levenshtein.distance(said, after),
        "terms": _terms(visit.text, visit.text, names),
        "terms_heard": _terms(visit.text, record, names),
        "terms_after": _terms(visit.text, settled, names),
        "lines": len(visit.lines),
        "lost_silently": _lost(visit, transcript),
        "proposals": len(transcript.proposals),
        "proposals_wrong": wrong,
        "invented_drugs": _invented(visit, transcript, names),
        "unmarked_drugs": _unmarked(transcript, names),
        **_not_said(visit, transcript, names),
        "marked": sum(word.to_confirm for turn in transcript.turns for word in turn.words),
        "uncovered": sum(gap.end - gap.start for gap in transcript.uncovered),
        **_attributed(visit, transcript),
        **spent,
    }


def _by_voice(visit: Spoken, lines: Sequence[Sequence[str]], heard: Sequence[str]) -> dict[str, int]:
    """Words and errors of each voice."""
    whose = [line.voice for line, words in zip(visit.lines, lines, strict=True) for _ in words]
    said = [word for words in lines for word in words]
    counts = Counter(f"words_{name}" for name in whose)
    for change in Levenshtein.editops(said, heard):
        counts[f"errors_{whose[min(change.src_pos, len(whose) - 1)]}"] += 1
    return dict(counts)


def _settled(transcript: Transcript, visit: Spoken, names: Names) -> tuple[str, int]:
    """The text once a person who was there has accepted the proposals that name what was said; how many did not."""
    said = _plain_words(visit.text)
    wrong = 0
    for proposal in transcript.proposals:
        known = [word for word in _plain_words(proposal.proposed) if word in names.words]
        if all(word in said for word in known):
            transcript = editing.accept(transcript, proposal.id)
        else:
            wrong += 1
    return " ".join(turn.text for turn in transcript.turns), wrong


def _plain_words(text: str) -> list[str]:
    return [word for part in re.split(r"[\s/-]+", text) if (word := plain(part))]


def _terms(said: str, heard: str, names: Names) -> int:
    """How many of the pack's names and sites spoken are in the text, each as often as it was spoken at most."""
    spoken, found = _counted(said, names), _counted(heard, names)
    return sum(min(count, found[name]) for name, count in spoken.items())


def _counted(text: str, names: Names) -> Counter[str]:
    words = f" {' '.join(_plain_words(text))} ".replace("oedema", "edema")
    wanted = {" ".join(_plain_words(name)).replace("oedema", "edema") for name in names.names} | SITES
    return Counter({name: count for name in wanted if (count := words.count(f" {name} "))})


def _lost(visit: Spoken, transcript: Transcript) -> int:
    """Lines of three words or more of which almost nothing was heard, without a gap shown where they were said."""
    words = [word for turn in transcript.turns for word in turn.words]
    lost = 0
    for line in visit.lines:
        near = [word for word in words if line.start - 0.4 < (word.start + word.end) / 2 < line.end + 0.4]
        said = line.text.split()
        shown = any(gap.start < line.end and gap.end > line.start for gap in transcript.uncovered)
        lost += len(said) >= 3 and len(near) < FEW * len(said) and not shown
    return lost


def _invented(visit: Spoken, transcript: Transcript, names: Names) -> int:
    """Names of medicines in the record that nobody said."""
    said = set(_plain_words(visit.text))
    return sum(plain(w.text) in names.drugs and plain(w.text) not in said for t in transcript.turns for w in t.words)


def _unmarked(transcript: Transcript, names: Names) -> int:
    """Names of medicines that are not marked to be confirmed."""
    words = [word for turn in transcript.turns for word in turn.words]
    return sum(plain(word.text) in names.drugs and not word.to_confirm for word in words)


def _not_said(visit: Spoken, transcript: Transcript, names: Names) -> dict[str, int]:
    """Medicines, figures and sides in the note that are nowhere in the script: when everything certain is confirmed,
    and when a careless person ticks every finding without having looked at a single marked word."""
    knowledge = open_knowledge()
    read = visit_of(knowledge, turns_of_transcript(transcript))
    said = {*_plain_words(visit.text), *normal(visit.text)}
    every = {item.number for item in read.items()}
    out = {}
    for how, chosen in (("certain", read.certain()), ("careless", every)):
        note = draft_note(knowledge, read, chosen, transcript=b"", as_of="2026-01-01")
        stated = {finding for line in note.lines for finding in line.findings}
        seen = [o for o in note.case.observations if o.finding in stated and o.how not in ("implied", "derived")]
        quoted = [words for line in note.lines for words in re.findall("“(.*?)”", line.text)]
        taken = [f"{m.name} {m.dose or ''}" for m in note.case.medications]
        text = " ".join([*quoted, *taken, *(f"{o.side} {o.value or ''}" for o in seen)])
        words = {*_plain_words(text), *normal(text)} - said
        out[f"note_{how}"] = sum(word in names.drugs | LATERAL or any(c.isdigit() for c in word) for word in words)
    return out


def _attributed(visit: Spoken, transcript: Transcript) -> dict[str, int]:
    """Words given to the right voice (the best naming of voices), and to the right role."""
    pairs: Counter[tuple[str, str]] = Counter()
    roles = placed = 0
    for turn in transcript.turns:
        for word in turn.words:
            middle = (word.start + word.end) / 2
            line = next((line for line in visit.lines if line.start <= middle <= line.end), None)
            if line is None:
                continue
            placed += 1
            pairs[turn.speaker, line.speaker] += 1
            roles += (transcript.role(turn) == "clinician") == (line.speaker in CLINICIANS)
    right = sum(max(pairs[s, who] for s in {a for a, _ in pairs}) for who in {b for _, b in pairs}) if pairs else 0
    return {"placed": placed, "right_voice": right, "right_role": roles}


def _write(path: Path, sound: Sound) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def table(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Sums and shares over visits."""
    total: Counter[str] = Counter()
    for row in rows:
        total.update({key: value for key, value in row.items() if isinstance(value, int | float)})
    return {
        "visits": len(rows),
        "minutes": round(total["seconds"] / 60, 1),
        "words": total["words"],
        "wer": round(total["errors"] / total["words"], 4),
        "wer_american": _share(total, "errors", "words", AMERICAN),
        "wer_accented": _share(total, "errors", "words", [voice for voice in ALL if voice not in AMERICAN]),
        "wer_voices": {voice: _share(total, "errors", "words", (voice,)) for voice in ALL},
        "wer_after": round(total["errors_after"] / total["words"], 4),
        "terms": total["terms"],
        "term_recall": round(total["terms_heard"] / total["terms"], 4),
        "term_recall_after": round(total["terms_after"] / total["terms"], 4),
        "lines": total["lines"],
        "lost_silently": total["lost_silently"],
        "proposals": total["proposals"],
        "proposals_wrong": total["proposals_wrong"],
        "invented_drugs": total["invented_drugs"],
        "unmarked_drugs": total["unmarked_drugs"],
        "note_certain": total["note_certain"],
        "note_careless": total["note_careless"],
        "notes": sum("note_certain" in row for row in rows),
        "marked_share": round(total["marked"] / total["words"], 3),
        "right_voice": round(total["right_voice"] / total["placed"], 4),
        "right_role": round(total["right_role"] / total["placed"], 4),
        "rtf_processor": round(total["processor"] / total["seconds"], 4),
        "rtf_wall": round(total["wall"] / total["seconds"], 4),
    }


def _share(total: Counter[str], errors: str, words: str, voices: Sequence[str]) -> float:
    wrong, said = (sum(total[f"{name}_{voice}"] for voice in voices) for name in (errors, words))
    return round(wrong / max(1, said), 4)


def run(
    model: str, conditions: Iterable[str], *, american: bool, fresh: bool, as_they_are: bool, most: int
) -> dict[str, Any]:
    """Measure what has not been measured, and sum up what has."""
    kept = WORK / f"rows-{model}{'-american' if american else ''}.jsonl"
    if fresh:
        kept.unlink(missing_ok=True)
    rows = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    known = {(row["visit"], row["condition"]) for row in rows}
    knowledge = open_knowledge()
    names, ready = Names(knowledge.pack), transcriber(chosen_hearing(model), knowledge)
    for condition in conditions:
        spoken = spoken_visits(WORK, american=american, as_they_are=as_they_are)
        wanted = [visit for group in GROUPS for visit in [v for v in spoken if v.group == group][:most]]
        for visit in wanted:
            if (visit.name, condition) in known:
                continue
            speakers = len({line.speaker for line in visit.lines})
            ready.options = type(ready.options)(**{**_fields(ready.options), "speakers": speakers})
            row = {"condition": condition, **measure(visit, CONDITIONS[condition], ready, names)}
            rows.append(row)
            with kept.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(f"{condition:6} {visit.name:28} errors {row['errors']:3} of {row['words']:3}", flush=True)
    return {
        "model": model,
        "cores": os.cpu_count(),
        "conditions": {
            name: {
                "all": table(found),
                **{group: table(part) for group in GROUPS if (part := [r for r in found if r["group"] == group])},
            }
            for name in CONDITIONS
            if (found := [row for row in rows if row["condition"] == name])
        },
    }


def _fields(options: Any) -> dict[str, Any]:
    return {name: getattr(options, name) for name in options.__struct_fields__}


COLUMNS = (
    ("visits", "visits", "{}"),
    ("words", "words", "{:,}"),
    ("WER", "wer", "{:.1%}"),
    ("American voices", "wer_american", "{:.1%}"),
    ("accented voices", "wer_accented", "{:.1%}"),
    ("key terms", "term_recall", "{:.1%}"),
    ("after proposals", "term_recall_after", "{:.1%}"),
    ("proposals (wrong)", "proposals", "{}"),
    ("lines lost in silence", "lost_silently", "{}"),
    ("medicines nobody said", "invented_drugs", "{}"),
    ("of medicines unmarked", "unmarked_drugs", "{}"),
    ("in a note, not said (careless)", "note_certain", "{}"),
    ("right voice", "right_voice", "{:.1%}"),
    ("right role", "right_role", "{:.1%}"),
    ("processor s per s", "rtf_processor", "{:.3f}"),
)


def page(results: dict[str, Any]) -> str:
    """The figures as a table in Markdown."""
    lines = [
        "| condition | " + " | ".join(title for title, _, _ in COLUMNS) + " |",
        "|---|" + "---|" * len(COLUMNS),
    ]
    for condition, groups in results["conditions"].items():
        for group, figures in groups.items():
            cells = [form.format(figures[key]) for _, key, form in COLUMNS]
            cells[7] += f" ({figures['proposals_wrong']})"
            cells[11] += f" ({figures['note_careless']}) in {figures['notes']} notes"
            lines.append(f"| {condition}, {group.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="base")
    parser.add_argument("--american", action="store_true", help="every visit by the two American voices")
    parser.add_argument("--as-they-are", action="store_true", help="only visits that have been spoken already")
    parser.add_argument("--condition", action="append", choices=tuple(CONDITIONS), default=None)
    parser.add_argument("--most", type=int, default=1000, metavar="N", help="visits of each group")
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    results = run(
        options.model,
        options.condition or CONDITIONS,
        american=options.american,
        fresh=options.fresh,
        as_they_are=options.as_they_are,
        most=options.most,
    )
    name, file = ("american", "speech-american.json") if options.american else ("measured", "speech.json")
    (OUT / file).write_text(json.dumps(results, indent=1) + "\n")
    text = (OUT / "speech.md").read_text()
    begin, end = f"<!-- {name} -->\n", "\n<!-- end -->"
    before, rest = text.split(begin)
    (OUT / "speech.md").write_text(before + begin + page(results) + end + rest.split(end, 1)[1])


if __name__ == "__main__":
    main()
