"""Who said what: short runs of words, each with a voice (or a channel level), put in the most likely order of speakers.

The number of speakers is given. A question is usually answered by somebody else, and nobody changes in the middle of
a sentence: those two habits decide where a voice alone is too short to tell.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from hickam.model.transcript import Word

PAUSE = 0.25
"""Seconds between words at which somebody else may have begun."""
LONG_ENOUGH = 1.0
"""Seconds of a run whose voice is used to find out what the voices are."""
SMALLEST_SHARE = 0.03
"""Of the speech, that a voice must have; less is a cough or a door."""
SAME_VOICE = 0.75
"""Cosine between two voices' means above which they are one. Two people measured .1 to .5, halves of one voice .9."""
CLEAR = 0.3
"""Difference of cosines that leaves no doubt."""
WEIGHT = 12.0
"""How many nats a cosine of 1 is worth against the habits, for a run of a second or more."""
AFTER_QUESTION, AFTER_SENTENCE, WITHIN = 0.7, 0.35, 0.05
"""Probability that somebody else goes on."""
CHANNEL_DECIBELS = 3.0
"""Least difference of level between channels, at nine runs of ten, that makes a channel a person."""
MOST_COMPARED = 2_000


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Words of one clip without a pause or sentence end between them.

    ``voice``: unit d-vector as float16 (empty: not made). ``decibels``: level of the first channel above the second
    (0 with one channel).
    """

    words: tuple[Word, ...]
    voice: bytes = b""
    decibels: float = 0.0

    @property
    def seconds(self) -> float:
        """From the first word to the end of the last."""
        return self.words[-1].end - self.words[0].start


class Attributed(msgspec.Struct, frozen=True, kw_only=True):
    """Speaker number and how surely (0..1) of each run; ``voices`` found; ``by_channel``: told by the channels;
    ``means``: (voices, 256) of the speakers, None where no voices were compared."""

    speaker: tuple[int, ...]
    sure: tuple[float | None, ...]
    voices: int
    by_channel: bool = False
    means: NDArray[np.float32] | None = None


def runs_of(words: Sequence[Word]) -> list[tuple[Word, ...]]:
    """Words parted at pauses and sentence ends."""
    runs: list[tuple[Word, ...]] = []
    for word in words:
        last = runs[-1][-1] if runs else None
        if last is None or word.start - last.end >= PAUSE or last.text[-1] in ".?!":
            runs.append((word,))
        else:
            runs[-1] = (*runs[-1], word)
    return runs


def attribute(runs: Sequence[Run], speakers: int) -> Attributed:
    """The speaker of each run. Fewer voices than asked for are found when they cannot be told apart."""
    nobody = Attributed(speaker=(0,) * len(runs), sure=(None,) * len(runs), voices=1)
    if speakers < 2 or len(runs) < 2:
        return nobody
    by_channel = speakers == 2 and _told_by_channel(runs)
    means: NDArray[np.float32] | None = None
    if by_channel:
        level = np.tanh(np.array([run.decibels for run in runs]) / CHANNEL_DECIBELS)
        likeness: NDArray[np.floating] = np.stack([level, -level], axis=1) / 2
    else:
        if not all(run.voice for run in runs):
            return nobody
        vectors = np.array([np.frombuffer(run.voice, np.float16) for run in runs], np.float32)
        means = _means(vectors, np.array([run.seconds for run in runs]), speakers)
        if len(means) < 2:
            return nobody
        likeness = vectors @ means.T
    order = _order(runs, likeness)
    ranked = np.sort(likeness, axis=1)
    sure = np.clip((ranked[:, -1] - ranked[:, -2]) / CLEAR, 0, 1)
    agrees = likeness.argmax(axis=1) == order
    first = list(dict.fromkeys(order.tolist()))
    return Attributed(
        speaker=tuple(first.index(number) for number in order.tolist()),
        sure=tuple(round(float(s), 2) if ok else 0.0 for s, ok in zip(sure, agrees, strict=True)),
        voices=len(first),
        by_channel=by_channel,
        means=means,
    )


def _told_by_channel(runs: Sequence[Run]) -> bool:
    """Both channels carry somebody: most runs are clearly louder in one, and each has some."""
    level = np.array([run.decibels for run in runs])
    clear = np.abs(level) >= CHANNEL_DECIBELS
    return bool(clear.mean() >= 0.9 and (level > 0).any() and (level < 0).any())


def _means(vectors: NDArray[np.float32], seconds: NDArray[np.float64], speakers: int) -> NDArray[np.float32]:
    """Mean voice of each speaker: average linkage over the longer runs, cut where ``speakers`` groups have a share."""
    from scipy.cluster.hierarchy import fcluster, linkage

    used = np.flatnonzero(seconds >= LONG_ENOUGH)
    if len(used) < speakers:
        used = np.arange(len(vectors))
    used = used[:: len(used) // MOST_COMPARED + 1]
    tree = linkage(vectors[used], method="average", metric="cosine")
    groups: list[NDArray[np.intp]] = []
    for count in range(speakers, min(len(used), speakers + 8) + 1):
        labels = fcluster(tree, count, criterion="maxclust")
        parts = [used[labels == label] for label in np.unique(labels)]
        groups = [part for part in parts if seconds[part].sum() >= SMALLEST_SHARE * seconds[used].sum()]
        groups = sorted(groups, key=lambda part: -seconds[part].sum())[:speakers]
        if len(groups) == speakers:
            break
    means = np.array([_unit(vectors[group].mean(axis=0)) for group in groups])
    kept: list[int] = []
    for i in range(len(means)):
        if all(float(means[i] @ means[j]) < SAME_VOICE for j in kept):
            kept.append(i)
    return means[kept]


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vector / (np.linalg.norm(vector) + 1e-12)
    return unit


def _order(runs: Sequence[Run], likeness: NDArray[np.floating]) -> NDArray[np.intp]:
    """The most likely sequence of speakers (Viterbi)."""
    count = likeness.shape[1]
    weight = WEIGHT * np.clip([run.seconds for run in runs], 0.3, 1.0)
    score = weight[0] * likeness[0]
    back = np.zeros((len(runs), count), np.intp)
    for i in range(1, len(runs)):
        change = _change(runs[i - 1])
        step = np.full((count, count), np.log(change / (count - 1)))
        np.fill_diagonal(step, np.log(1 - change))
        total = score[:, None] + step
        back[i] = total.argmax(axis=0)
        score = total.max(axis=0) + weight[i] * likeness[i]
    path = [int(score.argmax())]
    for i in range(len(runs) - 1, 0, -1):
        path.append(int(back[i][path[-1]]))
    return np.array(path[::-1])


def _change(before: Run) -> float:
    """Probability that somebody else speaks after this run."""
    ending = before.words[-1].text[-1]
    return AFTER_QUESTION if ending == "?" else AFTER_SENTENCE if ending in ".!" else WITHIN
