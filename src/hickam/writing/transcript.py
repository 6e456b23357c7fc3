"""A transcript as text for a screen, or as subtitles (SRT, WebVTT)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hickam.model.transcript import Proposal, Transcript, Turn, Uncovered, Word
from hickam.writing.screen import Style

MOST_SECONDS, MOST_LETTERS = 6.0, 84
"""Of one subtitle: two lines of 42."""


UNSURE = 0.5
"""Of who speaks."""


def transcript_screen(transcript: Transcript, style: Style, *, heard: bool = False) -> str:
    """Who said what and when; words to confirm in brackets, gaps in their place, proposals at the end."""
    lines = [*_header(transcript, style), ""]
    items: list[Turn | Uncovered] = sorted((*transcript.turns, *transcript.uncovered), key=lambda item: item.start)
    for item in items:
        if isinstance(item, Uncovered):
            lines.append(style.faint(f"  {clock(item.start)}–{clock(item.end)}  [speech, {item.why}: listen]"))
            continue
        doubt = (
            " (who?)" if item.speaker_sure is not None and item.speaker_sure < 0.5 and not item.heard_speaker else ""
        )
        head = f"{item.id:<4} {clock(item.start)} {_name(transcript, item)}{doubt}: "
        changed = " (edited)" if item.heard is not None and not heard else ""
        text = item.heard_text if heard else " ".join(_shown(word, style) for word in item.words)
        lines += style.wrap(head + text + changed, "", "     ")
    open_ones = [p for p in transcript.proposals if p.state == "open"]
    if open_ones:
        lines += ["", style.bold("PROPOSED") + " (heard with the pack's names; nothing is changed until you accept)"]
        lines += [_offer(p) for p in open_ones]
    if any(word.to_confirm for turn in transcript.turns for word in turn.words):
        lines += [
            "",
            style.faint("[words] are to be confirmed: listen (hickam transcript cut), then edit or confirm"),
        ]
    return "\n".join(lines)


def _header(transcript: Transcript, style: Style) -> list[str]:
    r, by = transcript.recording, transcript.recogniser
    who = ", ".join(f"{s.id} {s.role} ({s.standing})" for s in transcript.speakers)
    lines = [
        style.bold("TRANSCRIPT")
        + style.faint(
            f"  {clock(r.duration)} · {r.channels} channel{'s' * (r.channels != 1)} · recording {r.sha256[:12]} · "
            f"{by.name}, {by.model} {by.sha256[:12]} · engine {transcript.engine_version}"
        ),
        "Made by a machine and not checked by a person. It may have missed or misheard words.",
    ]
    return [*lines, *([f"Speakers: {who}"] if who else []), *(f"! {note}" for note in transcript.notes)]


def _name(transcript: Transcript, turn: Turn) -> str:
    role = transcript.role(turn)
    return turn.speaker if role == "unknown" else role.capitalize()


def _shown(word: Word, style: Style) -> str:
    return style.bold(f"[{word.text}]") if word.to_confirm else word.text


def _offer(p: Proposal) -> str:
    sure = "" if p.probability is None else f" ({p.probability:.0%})"
    return f"  {p.id:<4} {p.turn:<4} {clock(p.start)} “{p.said}” → “{p.proposed}”{sure}"


def clock(seconds: float) -> str:
    """1:02:03, or 2:03 below an hour."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def subtitles(transcript: Transcript, *, web: bool) -> str:
    """SRT, or WebVTT with ``web``."""
    mark = "." if web else ","
    blocks = []
    for number, (turn, words) in enumerate(_captions(transcript), start=1):
        times = f"{_stamp(words[0].start, mark)} --> {_stamp(words[-1].end, mark)}"
        text = " ".join(word.text for word in words)
        blocks.append(f"{number}\n{times}\n{_name(transcript, turn)}: {_safe(text) if web else text}\n")
    return ("WEBVTT\n\n" if web else "") + "\n".join(blocks)


def _captions(transcript: Transcript) -> Iterator[tuple[Turn, Sequence[Word]]]:
    """Turns in parts short enough to read."""
    for turn in transcript.turns:
        part: list[Word] = []
        for word in turn.words:
            length = sum(len(w.text) + 1 for w in part) + len(word.text)
            if part and (length > MOST_LETTERS or word.end - part[0].start > MOST_SECONDS):
                yield turn, part
                part = []
            part.append(word)
        if part:
            yield turn, part


def _safe(text: str) -> str:
    """WebVTT reads &, < and > as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stamp(seconds: float, mark: str) -> str:
    thousandths = round(seconds * 1000)
    return (
        f"{thousandths // 3_600_000:02d}:{thousandths // 60_000 % 60:02d}:{thousandths // 1000 % 60:02d}"
        f"{mark}{thousandths % 1000:03d}"
    )
