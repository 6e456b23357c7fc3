"""Checks on findings and measurements."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from hickam.knowledge.issues import Issue
from hickam.knowledge.lint.numbers import covered
from hickam.model.finding import Finding
from hickam.model.pack import Pack
from hickam.model.terms import parse_term


def check_measurements(pack: Pack) -> Iterator[Issue]:
    """Units convert and plausible ranges are ranges."""
    for name, item in pack.measurements.items():
        file = f"measurements/{name}.yaml"
        if not item.labels:
            yield Issue(file=file, path="labels", what="no label", why="no note could be understood", fix="add labels")
        if item.plausible[0] >= item.plausible[1]:
            yield Issue(
                file=file,
                path="plausible",
                what=f"{item.plausible} is not a range",
                why="values outside it are shown as implausible",
                fix="write [low, high]",
            )
        for unit, (factor, _) in item.units.items():
            if factor <= 0:
                yield Issue(
                    file=file,
                    path=f"units.{unit}",
                    what=f"the factor {factor} is not positive",
                    why="value in the main unit = value x factor + offset",
                    fix="correct the factor",
                )
        for unit in item.unitless_ranges:
            if unit != item.unit and unit not in item.units:
                yield Issue(
                    file=file,
                    path=f"unitless_ranges.{unit}",
                    what=f"the unit {unit!r} is not declared",
                    why="a number without a unit would be read in a unit nobody can convert",
                    fix="add it to units, or correct it",
                )


def check_findings(pack: Pack) -> Iterator[Issue]:
    """Each finding's own consistency."""
    for name, item in pack.findings.items():
        file = f"findings/{name}.yaml"
        yield from _check_shape(file, item, pack)
        yield from _check_references(file, item, pack)
        yield from _check_together(file, item, pack)
        if not item.question or not item.lay_question:
            yield Issue(
                file=file,
                path="question",
                what="no question for one of the readers",
                why="the interview could not ask it",
                fix="add question and lay_question",
                severity="warning",
            )


def _check_shape(file: str, item: Finding, pack: Pack) -> Iterator[Issue]:
    if item.type == "yes_no":
        if not item.background:
            yield Issue(
                file=file,
                path="background",
                what="no background frequency",
                why="evidence has no meaning without how common the finding is otherwise",
                fix="add background rows (docs/reference/pack-format.md)",
            )
        elif gaps := covered(item.background):
            yield Issue(
                file=file,
                path="background",
                what=f"nothing is said for {', '.join(gaps)}",
                why="a patient of that age and sex would have no number",
                fix="add rows or widen one",
            )
    elif item.shares is None:
        yield Issue(
            file=file,
            path="shares",
            what=f"a {item.type} finding without background shares",
            why="evidence has no meaning without how common each value is otherwise",
            fix="add shares",
        )
    if (item.kind == "risk_factor") != (item.about == "risk"):
        yield Issue(
            file=file,
            path="about",
            what=f"kind {item.kind!r} and about {item.about!r} do not go together",
            why="a risk factor shifts priors, anything else is evidence",
            fix="make both say risk or neither",
        )
    if item.type == "categorical":
        yield from _check_shares(file, item, {value.id for value in item.values})
        if item.about != "episode":
            yield Issue(
                file=file,
                path="about",
                what="a categorical finding that is not about the episode",
                why="only the cause has categorical features",
                fix="use yes_no findings, or about: episode",
            )
    if item.type == "ranged":
        yield from _check_shares(file, item, {part.id for part in item.ranges})
        yield from _check_ranges(file, item, pack)


def _check_together(file: str, item: Finding, pack: Pack) -> Iterator[Issue]:
    """Word classes exist, and one class alone is no combination."""
    combinations = [(f"together[{k}]", names) for k, names in enumerate(item.together)]
    combinations += [(f"together_absent[{k}]", names) for k, names in enumerate(item.together_absent)]
    for path, names in combinations:
        unknown = [n for n in names if n not in pack.manifest.word_classes]
        if unknown or len(set(names)) < 2:
            yield Issue(
                file=file,
                path=path,
                what=f"no word class {unknown[0]!r}" if unknown else "fewer than two different word classes",
                why="a combination needs a word of each of its classes",
                fix="name classes of pack.yaml (word_classes), or write the wording under phrases",
            )


def _check_shares(file: str, item: Finding, allowed: set[str]) -> Iterator[Issue]:
    if item.shares is None or not item.shares.shares:
        return
    given = item.shares.shares
    if set(given) != allowed:
        odd = sorted(set(given) ^ allowed)
        yield Issue(
            file=file,
            path="shares",
            what=f"shares and values differ in {odd}",
            why="a value without a share could never occur",
            fix="give each value exactly one share",
        )
    if abs(sum(given.values()) - 1) > 0.011 or min(given.values()) < 0:
        yield Issue(
            file=file,
            path="shares",
            what=f"the shares add up to {sum(given.values()):.3f}",
            why="they are the probabilities of all values",
            fix="make them add up to 1",
        )


def _check_ranges(file: str, item: Finding, pack: Pack) -> Iterator[Issue]:
    if item.measurement not in pack.measurements:
        yield Issue(
            file=file,
            path="measurement",
            what=f"the measurement {item.measurement!r} does not exist",
            why="no value could be read into a range",
            fix="add measurements/<id>.yaml or correct the id",
        )
    limits = [part.below for part in item.ranges]
    if not limits or limits[-1] is not None or None in limits[:-1]:
        yield Issue(
            file=file,
            path="ranges",
            what="the last range, and only it, has no upper limit",
            why="every value must fall into exactly one range",
            fix="drop 'below' from the last range only",
        )
    elif any(a >= b for a, b in itertools.pairwise(limits) if a is not None and b is not None):
        yield Issue(
            file=file,
            path="ranges",
            what=f"the limits {limits} do not rise",
            why="every value must fall into exactly one range",
            fix="list ranges from lowest to highest",
        )
    levels = [part.level for part in item.ranges]
    if levels != sorted(levels) or levels.count(0) != 1:
        yield Issue(
            file=file,
            path="ranges",
            what=f"the levels {levels} are not one ladder through one 0",
            why="severity grows outward from the normal range",
            fix="write -2, -1, 0, 1, 2 in order",
        )


def _check_references(file: str, item: Finding, pack: Pack) -> Iterator[Issue]:
    for key in ("implies", "implies_absent"):
        for other in getattr(item, key):
            if other not in pack.findings or other == item.id:
                yield Issue(
                    file=file,
                    path=key,
                    what=f"{other!r} is not another finding",
                    why="the implication would be lost",
                    fix="correct the id",
                )
    both = set(item.implies) & set(item.implies_absent)
    if both:
        yield Issue(
            file=file,
            path="implies",
            what=f"{sorted(both)} is implied both present and absent",
            why="that is a contradiction",
            fix="keep one of the two",
        )
    if item.group and item.group not in pack.manifest.groups:
        yield Issue(
            file=file,
            path="group",
            what=f"the group {item.group!r} is not in pack.yaml",
            why="correlated findings are tempered by their group's phi",
            fix="declare it, or correct the name",
        )
    for threshold in item.thresholds:
        if threshold.measurement not in pack.measurements:
            yield Issue(
                file=file,
                path="thresholds",
                what=f"the measurement {threshold.measurement!r} does not exist",
                why="no value could answer the finding",
                fix="add measurements/<id>.yaml or correct the id",
            )


def check_wordings(pack: Pack) -> Iterator[Issue]:
    """A wording that two findings claim would be understood as whichever comes first."""
    owners: dict[str, list[str]] = defaultdict(list)
    for name, item in pack.findings.items():
        for word in sorted({*item.synonyms, *item.phrases}):
            owners[_norm(word)].append(name)
        for value in item.values:
            for word in sorted({*value.synonyms, *value.phrases}):
                owners[_norm(word)].append(f"{name}={value.id}")
    for word, names in owners.items():
        if len(set(names)) > 1:
            yield Issue(
                file=f"findings/{names[0].split('=')[0]}.yaml",
                path="synonyms",
                what=f"the wording {word!r} also belongs to {', '.join(sorted(set(names[1:])))}",
                why="a reader's words must lead to one finding",
                fix="make one of them longer, or let one finding imply the other",
            )


def _norm(word: str) -> str:
    return " ".join(word.lower().replace("-", " ").split())


def check_unused_findings(pack: Pack) -> Iterator[Issue]:
    """A finding nobody uses is asked for nothing."""
    used = {name for question in pack.manifest.background for name in question.findings}
    for condition in pack.conditions.values():
        used |= {evidence.finding for evidence in condition.findings}
        used |= {modifier.factor for modifier in condition.modifiers}
        used |= {step for m in condition.management for step in m.caution}
        if condition.exposure:
            used.add(condition.exposure.factor)
        if condition.do_not_miss:
            used |= {parse_term(term).name for term in condition.do_not_miss.excluded_by if _parses(term)}
    for rule in pack.rules.values():
        used |= {parse_term(term).name for term in (*rule.all, *rule.any, *rule.unless) if _parses(term)}
    for drug in pack.drugs.values():
        used |= set(drug.factors)
    for treatment in pack.treatments.values():
        used |= set(treatment.caution)
    for item in pack.findings.values():
        if item.id in used:
            used |= set(item.implies) | set(item.implies_absent)
    for name, item in pack.findings.items():
        helps = set(item.implies) | set(item.implies_absent)
        if name not in used and not helps & used:
            yield Issue(
                file=f"findings/{name}.yaml",
                path="",
                what="no condition, rule or drug uses this finding",
                why="asking it could change nothing, and understanding it would look like knowledge",
                fix="state it for a condition (P(finding | condition)), or delete it",
            )


def _parses(term: str) -> bool:
    try:
        parse_term(term)
    except ValueError:
        return False
    return True
