"""Checks on rules, drugs, cases, treatments, tests and clinicians."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hickam.knowledge.issues import Issue
from hickam.knowledge.lint.terms import check_term
from hickam.model.pack import Pack, PackCase


def check_rules(pack: Pack) -> Iterator[Issue]:
    """Terms can be read and refer to something; a red flag has a level and a source."""
    for name, rule in pack.rules.items():
        file = f"rules/{name}.yaml"
        if not (rule.all or rule.any):
            yield Issue(file=file, path="all", what="no terms", why="the rule would always hold", fix="add terms")
        for key in ("all", "any", "unless"):
            for text in getattr(rule, key):
                yield from check_term(file, key, text, pack)
        if rule.kind == "red_flag" and rule.level is None:
            yield Issue(
                file=file,
                path="level",
                what="a red flag without a level",
                why="it would raise nothing",
                fix="write emergency, same_day or soon",
            )
        if rule.kind == "red_flag" and not rule.sources:
            yield Issue(
                file=file,
                path="sources",
                what="a red flag without a source",
                why="a rule that sends people to hospital must be checkable",
                fix="cite what it rests on",
            )
        for condition in rule.conditions:
            if condition not in pack.conditions:
                yield Issue(
                    file=file,
                    path="conditions",
                    what=f"{condition!r} does not exist",
                    why="the reason would name nothing",
                    fix="correct the id",
                )


def check_drugs(pack: Pack) -> Iterator[Issue]:
    """Drug names lead to one drug; factors are risk findings."""
    owners: dict[str, list[str]] = defaultdict(list)
    yield from _check_rxnorm(pack)
    for name, drug in pack.drugs.items():
        file = f"drugs/{name}.yaml"
        for word in sorted({*drug.members, *drug.brands, *drug.class_words}):
            owners[word.lower()].append(name)
        for factor in drug.factors:
            finding = pack.findings.get(factor)
            if finding is None or finding.about != "risk":
                yield Issue(
                    file=file,
                    path="factors",
                    what=f"{factor!r} is not a risk finding",
                    why="taking the drug would change nothing",
                    fix="correct the id",
                )
        for other in drug.interactions:
            if other not in pack.drugs:
                yield Issue(
                    file=file,
                    path="interactions",
                    what=f"no drug {other!r}",
                    why="it could never be shown",
                    fix="correct the id",
                )
    for word, names in owners.items():
        if len(names) > 1:
            yield Issue(
                file=f"drugs/{names[0]}.yaml",
                path="members",
                what=f"{word!r} also belongs to {names[1:]}",
                why="a drug's name must lead to one drug",
                fix="keep it in one file",
            )


def _check_rxnorm(pack: Pack) -> Iterator[Issue]:
    """Codes are RxCUIs of members, and each leads to one drug."""
    owners: dict[str, set[str]] = defaultdict(set)
    for name, drug in pack.drugs.items():
        for member, code in drug.rxnorm.items():
            owners[code].add(name)
            if member not in drug.members or not code.isdecimal():
                yield Issue(
                    file=f"drugs/{name}.yaml",
                    path=f"rxnorm.{member}",
                    what=f"{code!r} is no RxCUI of a member",
                    why="a medicine of a record would be taken for another, or for none",
                    fix='write the RxCUI of the ingredient by the member\'s name: {simvastatin: "36567"}',
                )
    for code, names in owners.items():
        if len(names) > 1:
            yield Issue(
                file=f"drugs/{min(names)}.yaml",
                path="rxnorm",
                what=f"{code} also belongs to {sorted(names)[1:]}",
                why="a code must lead to one drug",
                fix="keep it in one file",
            )


def check_clinic(pack: Pack) -> Iterator[Issue]:
    """Treatments, tests and clinicians refer to things that exist."""
    for name, treatment in pack.treatments.items():
        for factor in treatment.caution:
            if factor not in pack.findings and factor not in pack.conditions:
                yield Issue(
                    file=f"treatments/{name}.yaml",
                    path="caution",
                    what=f"{factor!r} does not exist",
                    why="the caution could never be shown",
                    fix="use a finding or condition id",
                )
        for path, drugs in (("interactions", treatment.interactions), ("drugs", treatment.drugs)):
            for drug in drugs:
                if drug not in pack.drugs:
                    yield Issue(
                        file=f"treatments/{name}.yaml",
                        path=path,
                        what=f"no drug {drug!r}",
                        why="an interaction or allergy could never be shown",
                        fix="correct the id",
                    )
    for name, test in pack.tests.items():
        for finding in test.answers:
            if finding not in pack.findings and finding not in pack.measurements:
                yield Issue(
                    file=f"tests/{name}.yaml",
                    path="answers",
                    what=f"no finding {finding!r}",
                    why="the test would answer nothing",
                    fix="correct the id",
                )
        for number, limit in enumerate(test.not_worth):
            path = f"not_worth[{number}]"
            for term in limit.unless:
                yield from check_term(f"tests/{name}.yaml", path, term, pack)
            for condition in limit.conditions:
                if condition not in pack.conditions:
                    yield Issue(
                        file=f"tests/{name}.yaml",
                        path=path,
                        what=f"no condition {condition!r}",
                        why="it could never be said of a case",
                        fix="correct the id",
                    )
    for name, clinician in pack.clinicians.items():
        for number, warning in enumerate(clinician.unsafe_when):
            for term in warning.when:
                yield from check_term(f"clinicians/{name}.yaml", f"unsafe_when[{number}].when", term, pack)
    if "primary_care" not in pack.clinicians and pack.clinicians:
        yield Issue(
            file="clinicians",
            path="",
            what="no clinicians/primary_care.yaml",
            why="primary care is the door",
            fix="add it",
        )


def check_cases(pack: Pack) -> Iterator[Issue]:
    """Cases refer to things that exist and expect something."""
    for stem, cases in pack.cases.items():
        file = f"cases/{stem}.yaml"
        names = [case.name for case in cases]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Issue(
                file=file,
                path=name,
                what="two cases with this name",
                why="a failure would name neither",
                fix="say in the name what differs",
            )
        for case in cases:
            yield from _check_case(file, case, pack)


def _check_case(file: str, case: PackCase, pack: Pack) -> Iterator[Issue]:
    for name in (*case.present, *case.absent):
        finding, _, value = name.partition("=")
        if finding not in pack.findings or (value and value not in {v.id for v in pack.findings[finding].values}):
            yield Issue(
                file=file,
                path=case.name,
                what=f"no finding {name!r}",
                why="the case would test nothing",
                fix="correct the id",
            )
    for name in case.values:
        if name not in pack.findings and name not in pack.measurements:
            yield Issue(
                file=file,
                path=case.name,
                what=f"no finding or measurement {name!r}",
                why="the case would test nothing",
                fix="correct the id",
            )
    expected = [case.expect.top] if case.expect.top else []
    expected += [*case.expect.in_top, *case.expect.do_not_miss, *case.expect.cause_at_least, *case.expect.cause_at_most]
    for name in (*expected, *case.known):
        if name not in pack.conditions:
            yield Issue(
                file=file,
                path=case.name,
                what=f"no condition {name!r}",
                why="the case would test nothing",
                fix="correct the id",
            )
    for name in (*case.expect.rules, *case.expect.not_rules):
        if name not in pack.rules:
            yield Issue(
                file=file,
                path=case.name,
                what=f"no rule {name!r}",
                why="the case would test nothing",
                fix="correct the id",
            )
