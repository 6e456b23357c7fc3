"""Whose time a date is when no symptom stands beside it: told by what follows, or by the story before it."""

from __future__ import annotations

from hickam.intake.scene import LEG, Scene, others_here
from hickam.intake.words import stem_set

BEGAN = stem_set("begin start come onset sinc appear present")
WEEKDAYS = stem_set(
    "monday tuesday wednesday thursday friday saturday sunday weekend mon tue tues wed weds thur thurs fri"
)
MONTHS = stem_set("""
    jan january feb february march april june july aug august sept september oct october nov november dec december
    christmas xmas easter spring summer autumn winter halloween
""")
AUTUMN = stem_set("fall")
AT = frozenset(["in", "at", "after", "around", "before", "over"])
BEFORE_LAST = frozenset(["before", "last"])
"""'Christmas before last', 'after Easter, the year before last'."""
DONE = stem_set("run running play train work cycle swim smoke live married taken take")
HAPPENING = stem_set("happen go come creep build grumble niggle get be start begin")
GOING = frozenset(["been", "started", "began"])
STARTS = stem_set("begin start come appear develop notice feel get wake")


def plural_day(text: str) -> bool:
    """'On Saturdays' comes round every week; 'tues' and 'thurs' are one day."""
    return text.endswith("days") or text == "weekends"


PAST_TENSE = frozenset(
    [
        *("was", "were", "had", "felt", "got", "woke", "noticed", "couldn't", "couldnt", "began", "started", "became"),
        *("went", "came", "fell", "twisted", "tripped", "slipped", "landed", "did", "heard", "popped", "pulled"),
        *("snapped", "swelled", "tore", "rolled", "banged", "knocked", "kicked"),
    ]
)


def was_then(scene: Scene, at: int) -> bool:
    """Whether the sentence of a token tells what happened: 'on Monday it swelled', not 'on Monday he is fine'."""
    return not PAST_TENSE.isdisjoint(scene.tokens[i].text.lower() for i in scene.around(at))


def began_then(scene: Scene, i: int) -> bool:
    """'It started in the summer', 'after Easter', 'last autumn I began to trip'; 'fall' after 'last' or 'the' only."""
    before = scene.stems[max(0, i - 2) : i]
    if scene.stems[i] in AUTUMN and before[-1:] not in (["last"], ["the"]):
        return False
    dated = before[-1:] == ["last"] or "in" in before or not AT.isdisjoint(before[-1:])
    return dated and not BEGAN.isdisjoint(scene.stems[max(0, i - 5) : i] + scene.stems[i + 1 : i + 4])


def now_follows(scene: Scene, at: int) -> bool:
    """'flew four days ago, now calf pain', 'antibiotics last week and now my thighs hurt'."""
    return "now" in scene.stems[at + 1 : at + 4] and _symptom_follows(scene, at)


def _since_then(scene: Scene, at: int) -> bool:
    """'since yesterday my calf has been throbbing', after words about something else."""
    return scene.stems[at - 1 : at] == ["since"] and _symptom_follows(scene, at)


def _symptom_follows(scene: Scene, at: int) -> bool:
    """Whether a symptom stands behind a token in its sentence."""
    sentence = scene.context.sentence[at]
    return any(i > at and scene.context.sentence[i] == sentence for i in scene.symptoms)


def _since_an_event(scene: Scene, at: int) -> bool:
    """'My calf is agony since they put the plaster on this afternoon'."""
    sentence = scene.context.sentence[at]
    since = next((i for i in range(at - 1, max(-1, at - 9), -1) if scene.stems[i] == "since"), None)
    return since is not None and any(
        since - 12 <= i < since and scene.context.sentence[i] == sentence for i in scene.symptoms
    )


def day_after_day(scene: Scene, at: int) -> bool:
    """'I tripped on Saturday, by Monday it was puffy. Now it's Wednesday', 'Sunday it swelled, today it is blue'."""
    later = range(at + 1, min(len(scene.stems), at + 60))
    days = {
        j
        for j in later
        if scene.stems[j] in WEEKDAYS and ("now" in scene.stems[max(at, j - 3) : j + 3] or scene.stems[j - 1] == "it")
    }
    today = {j for j in later if scene.stems[j] == "today"}
    return scene.stems[at] in WEEKDAYS and bool(days | today)


def _since_of_a_part(scene: Scene, at: int) -> bool:
    """'Knee the size of a football since Tuesday': a part of the leg, with no symptom word."""
    lo, _ = scene.bounds[scene.context.clause[at]]
    named = "since" in scene.stems[max(lo, at - 3) : at] and not LEG.isdisjoint(scene.stems[lo:at])
    return named and not others_here(scene, scene.context.clause[at])


def it_has_been(scene: Scene, at: int) -> bool:
    """'This has been since last summer', 'been creeping in for 18 months': the complaint, told of before."""
    clause = scene.context.clause[at]
    lo, _ = scene.bounds[clause]
    words = scene.tokens[lo:at]
    begun = any(t.text.lower() in GOING and t.stem in HAPPENING for t in words)
    first = {"it", "this", "that", "they"} & {t.stem for t in words[:3]} or (
        words[:1] and words[0].text.lower() in GOING
    )
    return (
        bool(first)
        and begun
        and DONE.isdisjoint(t.stem for t in words)
        and any(i < lo for i in scene.symptoms)
        and not others_here(scene, clause)
    )


def then_follows(scene: Scene, at: int) -> bool:
    """'Three weeks ago I started a tablet and since then I get cramps': the time is that of the symptom.

    So it is with a time in the sentence before: 'could walk 300 m until four days ago. Since then the foot is cold'.
    """
    here = scene.context.sentence[at]
    for i in range(at + 1, len(scene.stems) - 1):
        if scene.context.sentence[i] > here + 1:
            break
        opens = scene.context.sentence[i] > scene.context.sentence[i - 1]
        if scene.stems[i : i + 2] == ["since", "then"] or (opens and "now" in scene.stems[i : i + 3]):
            return any(j > i and scene.context.sentence[j] == scene.context.sentence[i] for j in scene.symptoms)
        if scene.stems[i : i + 2] == ["ever", "since"]:
            return any(at < j < i and scene.context.sentence[j] == here for j in scene.symptoms)
    return False


def starts_after(scene: Scene, at: int) -> bool:
    """'About three weeks ago the inside of my shin started hurting', whatever was told before."""
    sentence = scene.context.sentence[at]
    ahead = [i for i in range(at + 1, min(len(scene.stems), at + 13)) if scene.context.sentence[i] == sentence]
    begun = next((i for i in ahead if scene.stems[i] in STARTS), None)
    return begun is not None and any(i in scene.told for i in ahead if i > begun)


DATED_BY = (
    now_follows,
    _since_then,
    began_then,
    _since_an_event,
    day_after_day,
    it_has_been,
    then_follows,
    _since_of_a_part,
)


def dated_by_what_follows(scene: Scene, at: int) -> bool:
    """Whether the words round a named time make it that of the complaint, though another thing stands nearer."""
    return any(rule(scene, at) for rule in DATED_BY)
