"""The definition of the engine's answer, slow and plain. Read this first; the fast path must agree to 1e-9.

A *hypothesis* is (D, c): D the set of conditions present, c the one that brings the complaint. A visit is a draw
from all (patient, cause) pairs, so

    weight(D, c) = P(D) * rate(c) * product over episode findings P(finding | c)
                                  * product over patient findings P(finding | D)

with c in D, or c = nothing in the pack ("unexplained"). Known conditions (facts) are in every D. A *cause-only*
condition (ordinary night cramps) is present exactly when it is the cause. Then

    P(cause = c)    = sum over D of weight(D, c)            / sum of all weights
    P(d is present) = sum over D with d and over c          / sum of all weights

Everything below is one function per factor of that product. Nothing here is fast: all 2^n sets of at most 12
unknown conditions are listed. Only look-ups of single numbers (``lookups``) are shared with the fast path.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, wraps
from itertools import combinations, product
from typing import Any, TypeVar, cast

from hickam.inference import lookups as look
from hickam.model.case import ADULT, Case, Observation
from hickam.model.condition import Condition, Evidence
from hickam.model.finding import Finding
from hickam.model.pack import Pack

LIMIT = 12
F = TypeVar("F", bound=Callable[..., Any])
UNEXPLAINED = ""
Present = frozenset[str]


def remembered(method: F) -> F:
    """Keep a method's answers on its instance: nothing else changes."""

    @wraps(method)
    def call(self: Any, *args: Any, **named: Any) -> Any:
        store = self.__dict__.setdefault("_remembered", {})
        key = (method.__name__, tuple(a.id if isinstance(a, Finding) else a for a in args), tuple(named.items()))
        if key not in store:
            store[key] = method(self, *args, **named)
        return store[key]

    return cast(F, call)


@dataclass(frozen=True)
class ReferencePosterior:
    """P(cause), P(present) by condition id, P(unexplained), and the ln of the sum of weights."""

    cause: dict[str, float]
    present: dict[str, float]
    unexplained: float
    log_evidence: float


def reference_posterior(pack: Pack, case: Case) -> ReferencePosterior:
    """List all hypotheses, add up their weights. Refuses more than 12 unknown conditions."""
    model = Model(pack, case)
    if len(model.unknown) > LIMIT:
        raise ValueError(f"{len(model.unknown)} unknown conditions: the reference lists all sets of at most {LIMIT}")
    cause = dict.fromkeys([*pack.conditions, UNEXPLAINED], 0.0)
    present = dict.fromkeys(pack.conditions, 0.0)
    for D, c, weight in model.hypotheses():
        cause[c] += weight
        for d in D:
            present[d] += weight
    total = sum(cause.values())
    return ReferencePosterior(
        cause={d: cause[d] / total for d in pack.conditions},
        present={d: present[d] / total for d in pack.conditions},
        unexplained=cause[UNEXPLAINED] / total,
        log_evidence=math.log(total),
    )


def either(a: float, b: float) -> float:
    """Probability of a or b, independent: 1 - (1 - a) (1 - b), without losing the digits of small a and b."""
    return a + (1 - a) * b


class Model:
    """The factors of the weight for one pack and one case."""

    def __init__(self, pack: Pack, case: Case) -> None:
        self.pack, self.case = pack, case
        self.facts = {fact.condition: fact.status for fact in case.facts}
        self.ruled_out = {fact.condition for fact in case.ruled_out} - self.facts.keys()
        findings = {item.finding: item for item in case.observations}
        self.answers = {f: o.state == "present" for f, o in findings.items() if pack.findings[f].about == "risk"}
        told = [findings[f] for f in sorted(findings) if f not in self.answers and self._says_something(findings[f])]
        present = {o.finding for o in told if o.state == "present"}
        covered = present & {g for f in present for g in look.covered_by(pack, f)}
        told = [o for o in told if o.finding not in covered]
        self.episode = [o for o in told if pack.findings[o.finding].about == "episode"]
        self.patient = [o for o in told if pack.findings[o.finding].about == "patient"]
        self.people = people(pack, case)
        self.unknown = [d for d in sorted(pack.conditions) if d not in self.facts and self.possible(d)]

    def _says_something(self, o: Observation) -> bool:
        ids = look.value_ids(self.pack.findings[o.finding])
        return not ids or 0 < len(set(o.values)) < len(ids)

    # ------------------------------------------------------------------------------------ all hypotheses

    def hypotheses(self) -> Iterator[tuple[Present, str, float]]:
        """Every (D, c) with its weight."""
        ordinary = [d for d in self.unknown if not self.pack.conditions[d].cause_only]
        only = [d for d in self.unknown if self.pack.conditions[d].cause_only]
        rate = {c: self.rate(c) * self.p_episode(c) for c in [*self.pack.conditions, UNEXPLAINED]}
        for chosen in subsets(ordinary):
            D = frozenset(chosen) | frozenset(self.facts)
            p = self.p_present(D)
            if p > 0:
                here = p * self.p_patient_findings(D)
                for c in [*D, UNEXPLAINED]:
                    yield D, c, here * rate[c]
                for c in only:
                    prior = self.heard(c, self.p_alone(c))
                    yield D | {c}, c, p * prior * self.p_patient_findings(D | {c}) * rate[c]

    # ------------------------------------------------------------------------------------ P(D)

    def p_present(self, D: Present) -> float:
        """P(D): families are independent of each other; inside a family children are raised by their parents."""
        result = 1.0
        for family in self.families:
            states = self.states(tuple(family))
            result *= states[tuple(d for d in self.open_members(family) if d in D)] / sum(states.values())
        return result

    @remembered
    def states(self, family: tuple[str, ...]) -> dict[tuple[str, ...], float]:
        """Every set of open members of a family, with its weight."""
        return {chosen: self.p_state(family, frozenset(chosen)) for chosen in subsets(self.open_members(family))}

    @cached_property
    def families(self) -> list[list[str]]:
        """Conditions joined by links or exclusions inside a declared family; the others stand alone."""
        left, found = [d for d in sorted(self.pack.conditions) if not self.pack.conditions[d].cause_only], []
        while left:
            family, edge = [left.pop(0)], [0]
            for i in edge:
                new = [d for d in left if self.joined(d, family[i])]
                left = [d for d in left if d not in new]
                edge.extend(range(len(family), len(family) + len(new)))
                family.extend(new)
            if self.open_members(family):
                found.append(sorted(family))
        return found

    def open_members(self, family: Iterable[str]) -> list[str]:
        """Members of a family that are not known and not impossible."""
        return [d for d in sorted(family) if d in self.unknown]

    def joined(self, a: str, b: str) -> bool:
        """Whether two conditions are linked, or exclude each other, inside the same family."""
        one, two = self.pack.conditions[a], self.pack.conditions[b]
        linked = b in {p.condition for p in one.parents} or a in {p.condition for p in two.parents}
        return self.same_family(one, two) and (linked or b in one.excludes or a in two.excludes)

    def same_family(self, one: Condition, two: Condition) -> bool:
        """Whether both are in one declared family (cause-only conditions are in none)."""
        return one.family == two.family != "" and not (one.cause_only or two.cause_only)

    def p_state(self, family: Iterable[str], chosen: Present) -> float:
        """P(exactly these open members, and the known ones, are present and nobody named them); not normalised."""
        if any(self.excluded(a, b) for a, b in combinations(sorted(chosen), 2)):
            return 0.0
        result = 1.0
        for d in family:
            p = self.p_given_parents(d, chosen)
            if d in chosen:
                result *= p * self.unnamed(d)
            elif d in self.facts:
                result *= max(p, 1e-9)
            elif d in self.unknown:
                result *= 1 - p
        return result

    def p_given_parents(self, d: str, chosen: Present) -> float:
        """1 - (1 - own) * product over parents present in the family of (1 - rho)."""
        own = self.p_alone(d)
        if own <= 0:
            return 0.0
        for link in self.pack.conditions[d].parents:
            if link.condition in chosen and self.inside(d, link.condition):
                own = either(own, min(link.rho.best, 0.999))
        return own

    def inside(self, child: str, parent: str) -> bool:
        """Whether this link is reasoned about exactly."""
        return self.same_family(self.pack.conditions[child], self.pack.conditions[parent])

    @remembered
    def p_alone(self, d: str) -> float:
        """P(d) without unknown parents of its family: population, less what they explain, risk factors, facts."""
        now = min(self.p_population(d, known=True), look.PRIOR_MAX)
        if now <= 0:
            return 0.0
        brought = 0.0
        for link in self.pack.conditions[d].parents:
            settled = link.condition in self.facts or link.condition in self.ruled_out
            if settled or self.inside(d, link.condition):
                share = self.p_population(link.condition, known=False) * min(link.rho.best, 0.999)
                brought = either(brought, share)
        p = max((now - brought) / (1 - brought), look.CHILD_FLOOR * now)
        odds = p / (1 - p)
        for modifier in self.pack.conditions[d].modifiers:
            if modifier.factor in self.answers:
                ratio = modifier.odds_ratio.best
                mean = 1 + self.frequency(modifier.factor) * (ratio - 1)
                odds *= (ratio if self.answers[modifier.factor] else 1) / mean
        p = odds / (1 + odds)
        for link in self.pack.conditions[d].parents:
            if link.condition in self.facts:
                strength = self.status(link.condition, "findings")
                p = either(p, min(link.rho.best, 0.999) * strength)
        return min(p, look.PRIOR_MAX)

    @remembered
    def p_population(self, d: str, *, known: bool) -> float:
        """P(d) at this age and sex; exposures as far as known, or (known=False) at their plain frequency."""
        total = 0.0
        condition = self.pack.conditions[d]
        days = self.pack.manifest.window_days
        for age, sex, weight in self.people:
            if condition.prior is not None and condition.only_sex in ("any", sex):
                row = look.pick(condition.prior.rows, age, sex)
                total += weight * look.window_probability(condition.prior.measure, row.best, days)
        if condition.exposure is None:
            return total
        return either(total, self.exposed(condition, known=known) * condition.exposure.share.best)

    def exposed(self, condition: Condition, *, known: bool) -> float:
        """P(exposure): known, or its frequency, less likely when a story that would name it does not."""
        assert condition.exposure is not None
        factor = self.pack.findings[condition.exposure.factor]
        fits = [(age, sex, w) for age, sex, w in self.people if condition.only_sex in ("any", sex)]
        if known and factor.id in self.answers:
            return float(self.answers[factor.id] and bool(fits))
        p = sum(w * look.pick(factor.background, age, sex).best for age, sex, w in fits)
        silent = 1 - factor.mentioned * self.completeness if known else 1.0
        return p * silent / (1 - p * (1 - silent))

    def possible(self, d: str) -> bool:
        """Not ruled out, not nil at this age and sex, not excluded by a known condition: stays so whatever else."""
        barred = any(self.excluded(d, fact) for fact in self.facts)
        return d not in self.ruled_out and not barred and self.p_population(d, known=True) > 0

    def excluded(self, a: str, b: str) -> bool:
        """Whether a and b cannot both be present."""
        return b in self.pack.conditions[a].excludes or a in self.pack.conditions[b].excludes

    @property
    def completeness(self) -> float:
        """How surely something would have been mentioned, 0..1."""
        return self.case.completeness

    def unnamed(self, d: str) -> float:
        """P(the story does not name d | d present)."""
        return 1 - self.pack.conditions[d].mentioned * self.completeness

    def heard(self, d: str, p: float) -> float:
        """P(d | not named): odds times P(not named | d)."""
        return p * self.unnamed(d) / (1 - p * (1 - self.unnamed(d)))

    # ------------------------------------------------------------------------------------ rate(c)

    def rate(self, c: str) -> float:
        """Rate of visits because of c, given c; for the unexplained, so that it gets its target share of the mix."""
        if c == UNEXPLAINED:
            share = min(max(self.pack.manifest.unexplained.get(self.case.setting, 0.10), 1e-6), 0.9)
            return share / (1 - share) * sum(self.case_mix.values())
        factor = self.status(c, "complaint") if c in self.facts else 1.0
        return self.consulting(c) * factor

    def consulting(self, c: str) -> float:
        """The pack's consulting rate for the complaint and setting."""
        complaint = self.pack.conditions[c].complaint
        number = complaint.leg if self.case.complaint == "leg" else complaint.any
        factors = {str(k): float(v) for k, v in complaint.settings.items()}
        return number.best * factors.get(self.case.setting, 1.0)

    @cached_property
    def case_mix(self) -> dict[str, float]:
        """Rate of visits because of each condition with nothing known but age, sex and setting."""
        bare = self if not (self.facts or self.answers) else Model(self.pack, stripped(self.case))
        conditions = self.pack.conditions
        mix = {c: bare.heard(c, bare.p_population(c, known=True)) * self.consulting(c) for c in conditions}
        return mix if sum(mix.values()) > 0 else dict.fromkeys(mix, 1e-12)

    def status(self, d: str, kind: str) -> float:
        """Factor of a known condition's status on its consulting rate or its findings."""
        return look.status_factor(self.pack, d, self.facts[d], kind)

    # ------------------------------------------------------------------------------------ P(episode finding | c)

    def p_episode(self, c: str) -> float:
        """Product over episode findings; tempered towards the case-mix mean inside a correlation group."""
        result = 1.0
        for o in self.episode:
            mean = self.episode_mean(o)
            result *= mean if c == UNEXPLAINED else mean * (self.p_told(o, c) / mean) ** self.exponent(o, c)
        return result

    @remembered
    def p_told(self, o: Observation, c: str) -> float:
        """P(what was said | cause c); the finding's background where the pack states nothing for c."""
        finding = self.pack.findings[o.finding]
        stated = evidence(self.pack.conditions[c], o.finding)
        if finding.type == "categorical":
            base = look.background_shares(finding)
            shares = base if stated is None else look.condition_shares(finding, stated)
            return total_of(shares, finding, o)
        p = self.frequency(finding.id) if stated is None else stated.as_number().best
        p = p if stated is None else look.clip(p, (look.FLOOR, 1 - look.FLOOR))
        return p if o.state == "present" else 1 - p

    @remembered
    def episode_mean(self, o: Observation) -> float:
        """P(what was said | unexplained) = mean over the case mix."""
        mix = self.case_mix
        return sum(rate * self.p_told(o, c) for c, rate in mix.items()) / sum(mix.values())

    # ------------------------------------------------------------------------------------ P(patient finding | D)

    def p_patient_findings(self, D: Present) -> float:
        """Product over patient findings of P(observed | D)."""
        result = 1.0
        for o in self.patient:
            result *= self.p_tempered(o, D)
        return result

    def p_tempered(self, o: Observation, D: Present) -> float:
        """P(observed | D), each condition's link parameters tempered by its exponent."""
        finding = self.pack.findings[o.finding]
        if finding.type == "ranged":
            products = (s * bg * math.prod(self.tempered_form(o, i, d) for d in D) for i, s, bg in self.terms(o))
            return float(sum(products))
        leak = self.frequency(finding.id)
        if o.state == "absent":
            return float((1 - leak) * math.prod((1 - self.link(finding, d)) ** self.exponent(o, d) for d in D))
        absent = 1 - leak
        for d in D:
            alone = leak * (self.p_alone_finding(o, d) / leak) ** self.exponent(o, d)
            absent *= (1 - alone) / (1 - leak)
        return 1 - absent

    @remembered
    def link(self, finding: Finding, d: str) -> float:
        """lambda = 1 - (1 - sensitivity) / (1 - leak), times the status factor of a known condition."""
        stated = evidence(self.pack.conditions[d], finding.id)
        if stated is None:
            return 0.0
        sensitivity = look.clip(stated.as_number().best, (0.0, look.SENSITIVITY_MAX))
        strength = max(0.0, 1 - (1 - sensitivity) / (1 - self.frequency(finding.id)))
        return strength * (self.status(d, "findings") if d in self.facts else 1.0)

    @remembered
    def p_alone_finding(self, o: Observation, d: str | None) -> float:
        """P(observed | only d present); d None: nobody."""
        finding = self.pack.findings[o.finding]
        if finding.type == "ranged":
            return sum(s * bg * (1.0 if d is None else self.form(finding, i, d)) for i, s, bg in self.terms(o))
        leak = self.frequency(finding.id)
        absent = (1 - leak) * (1.0 if d is None else 1 - self.link(finding, d))
        return float(1 - absent if o.state == "present" else absent)

    # ------------------------------------------------------------------------------------ ranges: noisy-MAX ladders

    @remembered
    def terms(self, o: Observation) -> list[tuple[tuple[int, int], int, float]]:
        """P(range) as a signed sum of forms. Form (j, k) = P(low severity <= j and, if not low, high severity <= k).

        Each comes with its value when nobody is ill. Works for one range, and for neighbouring ranges of a ladder.
        """
        finding = self.pack.findings[o.finding]
        wanted = [r for r in finding.ranges if (r.id in o.values) == (o.state == "present")]
        total: dict[tuple[int, int], float] = {}
        for r in wanted:
            for form, sign in self.range_terms(finding, r.level):
                total[form] = total.get(form, 0.0) + sign
        return [(form, int(s), self.form_background(finding, form)) for form, s in total.items() if s != 0]

    def range_terms(self, finding: Finding, level: int) -> list[tuple[tuple[int, int], int]]:
        """Forms of one range; -1 in place of a rank means 'any severity' (factor 1)."""
        lows, highs = ladder(finding, -1), ladder(finding, 1)
        top = -1
        if level == 0:
            return [((0 if lows else top, 0 if highs else top), 1)]
        if level < 0:
            j = lows.index(level) + 1
            return [((top if j == len(lows) else j, top), 1), ((j - 1, top), -1)]
        k = highs.index(level) + 1
        first = 0 if lows else top
        return [((first, top if k == len(highs) else k), 1), ((first, k - 1), -1)]

    @remembered
    def form_background(self, finding: Finding, form: tuple[int, int]) -> float:
        """Value of a form when nobody is ill."""
        j, k = form
        base = look.background_shares(finding)
        low = 1.0 if j < 0 else at_most(finding, base, -1, j)
        return low if k < 0 else low * at_most(finding, base, 1, k)

    @remembered
    def form(self, finding: Finding, form: tuple[int, int], d: str) -> float:
        """Factor of one condition on a form: ratio of its cumulative probability to background, at most 1."""
        stated = evidence(self.pack.conditions[d], finding.id)
        if stated is None:
            return 1.0
        base, shares = look.background_shares(finding), look.condition_shares(finding, stated)
        result = 1.0
        for direction, rank in zip((-1, 1), form, strict=True):
            if rank >= 0:
                last = len(ladder(finding, direction))
                ratios = [
                    at_most(finding, shares, direction, r) / at_most(finding, base, direction, r)
                    for r in range(rank, last)
                ]
                result *= max(min([1.0, *ratios]), 1e-9)
        strength = self.status(d, "findings") if d in self.facts else 1.0
        return 1 - (1 - result) * strength

    @remembered
    def tempered_form(self, o: Observation, form: tuple[int, int], d: str) -> float:
        """Form factor such that d alone gives likelihood ratio^exponent: the plus form is raised to the exponent,
        the minus form follows from it."""
        finding = self.pack.findings[o.finding]
        alpha = self.exponent(o, d)
        if alpha == 1:
            return self.form(finding, form, d)
        terms = {sign: (f, bg) for f, sign, bg in self.terms(o)}
        plus, plus_bg = terms[1]
        raised = float(self.form(finding, plus, d) ** alpha)
        if form == plus:
            return raised
        nobody = self.p_alone_finding(o, None)
        ratio = (self.p_alone_finding(o, d) / nobody) ** alpha
        return float((plus_bg * raised - nobody * ratio) / terms[-1][1])

    # ------------------------------------------------------------------------------------ correlated findings

    @remembered
    def exponent(self, o: Observation, d: str) -> float:
        """Exponent on what one observed finding says of one condition, given the others of its correlation group."""
        group = self.pack.findings[o.finding].group
        members = [x for x in [*self.episode, *self.patient] if group and self.pack.findings[x.finding].group == group]
        if len(members) < 2:
            return 1.0
        logs = {x.finding: self.log_ratio(x, d) for x in sorted(members, key=lambda x: x.finding)}
        kept = kept_members(logs, look.group_phi(self.pack, group))
        if o.finding not in kept:
            return 1.0 if logs[o.finding] == 0 else 0.0
        return 1 / (1 + (len(kept) - 1) * look.group_phi(self.pack, group))

    def log_ratio(self, o: Observation, d: str) -> float:
        """ln of what the finding alone says of the condition alone."""
        if self.pack.findings[o.finding].about == "episode":
            ratio = self.p_told(o, d) / self.episode_mean(o)
        else:
            ratio = self.p_alone_finding(o, d) / self.p_alone_finding(o, None)
        return 0.0 if abs(math.log(ratio)) < 1e-9 else math.log(ratio)

    @remembered
    def frequency(self, finding: str) -> float:
        """The finding's background at this age and sex."""
        item = self.pack.findings[finding]
        limits = {"risk": (0.0, 1.0), "patient": look.LEAK, "episode": (look.FLOOR, 1 - look.FLOOR)}[item.about]
        return sum(w * look.clip(look.pick(item.background, age, sex).best, limits) for age, sex, w in self.people)


def kept_members(logs: dict[str, float], phi: float) -> set[str]:
    """The min-max rule: argmin over b of argmax over a of (a strongest for + b strongest against) / size."""
    positive = sorted((f for f in logs if logs[f] > 0), key=lambda f: -logs[f])
    negative = sorted((f for f in logs if logs[f] < 0), key=lambda f: logs[f])

    def value(a: int, b: int) -> float:
        total = sum(logs[f] for f in positive[:a]) + sum(logs[f] for f in negative[:b])
        return total / (1 + max(a + b - 1, 0) * phi)

    def best(b: int) -> int:
        return max(range(len(positive) + 1), key=lambda a: value(a, b))

    b = min(range(len(negative) + 1), key=lambda b: value(best(b), b))
    return {*positive[: best(b)], *negative[:b]}


def people(pack: Pack, case: Case) -> list[tuple[float, str, float]]:
    """(age, sex, weight) this patient may be: one row, or the case mix of visits where age or sex is unknown."""
    if case.age is not None and case.sex is not None:
        return [(case.age, case.sex, 1.0)]
    rows: list[tuple[float, str, float]] = []
    for cell in pack.manifest.visits:
        middle = (cell.age[0] + cell.age[1]) / 2
        old_enough = cell.age[1] >= ADULT or not case.grown_up
        fits = old_enough if case.age is None else cell.age[0] <= math.floor(case.age) <= cell.age[1]
        if fits and case.sex in (None, cell.sex):
            person = Model(pack, Case(age=middle, sex=cell.sex, completeness=0.0))
            rate = sum(person.p_population(c, known=False) * person.consulting(c) for c in pack.conditions)
            rows.append((middle if case.age is None else case.age, cell.sex, cell.share / max(rate, 1e-12)))
    if sum(weight for _, _, weight in rows) <= 0:
        rows = [(50.0 if case.age is None else case.age, sex, 1.0) for sex in look.SEXES if case.sex in (None, sex)]
    total = sum(weight for _, _, weight in rows)
    return [(age, sex, weight / total) for age, sex, weight in rows]


def stripped(case: Case) -> Case:
    """The same age, sex, setting, complaint and completeness; nothing else."""
    return Case(
        age=case.age,
        sex=case.sex,
        setting=case.setting,
        complaint=case.complaint,
        completeness=case.completeness,
        grown_up=case.grown_up,
    )


def evidence(condition: Condition, finding: str) -> Evidence | None:
    """What the condition states about the finding, if anything."""
    return next((item for item in reversed(condition.findings) if item.finding == finding), None)


def ladder(finding: Finding, direction: int) -> list[int]:
    """Levels on one side, mildest first."""
    return sorted({r.level for r in finding.ranges if r.level * direction > 0}, key=abs)


def at_most(finding: Finding, shares: list[float], direction: int, rank: int) -> float:
    """P(severity <= rank) on one side; on the high side given that the value is not low."""
    worse = ladder(finding, direction)[rank:]
    above = sum(p for r, p in zip(finding.ranges, shares, strict=True) if r.level in worse)
    low = sum(p for r, p in zip(finding.ranges, shares, strict=True) if r.level < 0)
    return 1 - above if direction < 0 else 1 - above / (1 - low)


def total_of(shares: list[float], finding: Finding, o: Observation) -> float:
    """Probability of the set of values that fit what was said."""
    ids = look.value_ids(finding)
    return sum(p for v, p in zip(ids, shares, strict=True) if (v in o.values) == (o.state == "present"))


def subsets(items: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """All subsets, each in the order of the items."""
    items = list(items)
    for mask in product((False, True), repeat=len(items)):
        yield tuple(item for item, keep in zip(items, mask, strict=True) if keep)
