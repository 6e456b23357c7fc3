"""The library pipeline for text intake, run by a Python of its own (``.venv-peers``; its numpy is older than ours).

Reads ``{"phrases": [...], "texts": [...], "repeats": n}`` from standard input and prints milliseconds a text. The
pipeline is what one would build from libraries: spaCy's tokeniser and sentence splitter, medspaCy's phrase matcher with
every wording of the pack, and its ConText rules for negation, history, family and hypothesis.
"""

from __future__ import annotations

import json
import statistics
import sys
import time


def main() -> None:
    """Time the pipeline on the texts given."""
    import medspacy.context
    import medspacy.target_matcher  # noqa: F401  (registers the factories)
    import spacy
    from medspacy.ner import TargetRule

    given = json.load(sys.stdin)
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    matcher = nlp.add_pipe("medspacy_target_matcher")
    matcher.add([TargetRule(phrase, "FINDING") for phrase in given["phrases"]])
    nlp.add_pipe("medspacy_context")
    found = sum(len(nlp(text).ents) for text in given["texts"])
    times = []
    for _ in range(given["repeats"]):
        start = time.process_time()
        for text in given["texts"]:
            nlp(text)
        times.append(1000 * (time.process_time() - start) / len(given["texts"]))
    print(json.dumps({"ms": statistics.median(times), "found": found}))


if __name__ == "__main__":
    main()
