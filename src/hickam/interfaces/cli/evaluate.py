"""``hickam evaluate``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from hickam.services.evaluate import answer_line, detail_text, evaluate, read_cases, summarise, summary_text
from hickam.services.knowledge import open_knowledge


def evaluate_command(options: argparse.Namespace) -> int:
    """Score each file; optionally print details and write answers."""
    knowledge = open_knowledge(options.pack)
    summaries = []
    answers: list[dict[str, object]] = []
    for name in options.files:
        path = Path(name)
        scores = evaluate(knowledge, read_cases(path), options.setting)
        summary = summarise(path.name, scores)
        summaries.append(summary)
        answers += [answer_line(score) for score in scores]
        if options.format == "text":
            for score in scores:
                if options.details or (options.misses and score.rank != 1):
                    print(detail_text(score))
            print(summary_text(summary), end="")
    if options.answers:
        Path(options.answers).write_bytes(b"".join(msgspec.json.encode(answer) + b"\n" for answer in answers))
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(summaries), indent=2) + b"\n")
    return 0
