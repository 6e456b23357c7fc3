"""Everything a pack asserts as claims: one sentence each, with its sources, grade and place in the pack.

A claim's id is ``folder/item#field.key``; the field says what it is about, so an answer can ask for "the harms of
quinine" as well as look for words. Numbers are claims of their own (``numbers_of``), made when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from hickam.answers.words import word_set
from hickam.model.condition import Condition
from hickam.model.numbers import Number
from hickam.model.pack import Drug, Pack, Treatment

LINE = {"first": "first line", "second": "second line", "specialist": "specialist", "avoid": "avoid"}
CERTAINTY = {
    "high": "high certainty",
    "moderate": "moderate certainty",
    "low": "low certainty",
    "very_low": "very low certainty",
    "expert_opinion": "expert opinion",
}
URGENCY = {
    "emergency": "emergency",
    "same_day": "the same day",
    "soon": "within two weeks",
    "routine": "routine",
    "self_care": "self-care",
}


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the pack says.

    ``text`` is what is shown; it names its subject where the pack's own sentence does not. ``search`` adds words by
    which it may be sought, everyday names before the bar. ``grade``: certainty of the evidence or, for a number, its
    basis; '' where the pack gives none. ``lay``: written for patients.
    """

    id: str
    item: str
    field: str
    text: str
    search: str = ""
    sources: tuple[str, ...] = ()
    grade: str = ""
    lay: bool = False


def collect(pack: Pack) -> tuple[Claim, ...]:
    """Every sentence of the pack, in a fixed order. Numbers of findings and risks are in ``numbers_of``."""
    return tuple(
        claim
        for part in (_article(pack), _conditions(pack), _treatments(pack), _drugs(pack), _others(pack), _findings(pack))
        for claim in part
    )


def _claim(
    item: str,
    field: str,
    text: str,
    subject: str,
    *,
    sources: Iterable[str] = (),
    grade: str = "",
    lay: bool = False,
    also: str = "",
) -> Claim:
    """A claim whose shown text names its subject; ``also`` are further words to find it by."""
    said = text.strip()
    # The subject stands before the words as they are: nothing of the pack's sentence is changed.
    shown = sentence(said if lay or not subject else f"{subject}: {lower_first(said)}")
    return Claim(
        id=f"{item}#{field}",
        item=item,
        field=field.split(".")[0],
        text=shown,
        search=also,
        sources=tuple(sources),
        grade=grade,
        lay=lay,
    )


def case_claim(field: str, text: str, *, sources: tuple[str, ...] = (), grade: str = "") -> Claim:
    """A statement of one case's assessment: ``case#field.key``."""
    return Claim(
        id=f"case#{field}", item="case", field=field.split(".")[0], text=sentence(text), sources=sources, grade=grade
    )


def sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")


def lower_first(text: str) -> str:
    """Lower case first letter, unless the first word is a name or an abbreviation ('ABI', 'Wells', 'I')."""
    word = text.split(" ", 1)[0].strip("'\"(:,")
    ordinary = word[1:].islower() and word.lower() in _PLAIN
    return f"{text[:1].lower()}{text[1:]}" if ordinary else text


_PLAIN = word_set("""
    a about after all also always an and any as at avoid ask be because both but by check common do during each even
    exercise for from give harmful if in it keep less long low may more most mostly much never new no none not of
    often on one only or other over people regular review several some sometimes start stop take that the their then
    there these they this though to treat two under until use used usually very walk when where which while with
    without works
""")


def _article(pack: Pack) -> Iterator[Claim]:
    manifest = pack.manifest
    for name, parts in manifest.articles.items():
        for place, part in enumerate(parts):
            yield _claim("pack", f"articles.{name}.{place}", part.text, "", sources=part.sources)
    yield _claim("pack", "intended_use.0", manifest.intended_use, "")
    yield _claim("pack", "disclaimer.0", manifest.disclaimer, "")
    yield _claim("pack", "editorial_policy.0", manifest.editorial_policy, "")
    for place, text in enumerate(manifest.not_for):
        yield _claim("pack", f"not_for.{place}", text, "Not for")


def _conditions(pack: Pack) -> Iterator[Claim]:
    for item in pack.conditions.values():
        yield from _about(pack, item)
        yield from _care(pack, item)


def _about(pack: Pack, item: Condition) -> Iterator[Claim]:
    place, name, lay = f"conditions/{item.id}", item.name, item.lay_name
    yield _claim(place, "summary.0", item.summary, name, sources=item.sources, also=f"{lay} | what is it | meaning")
    for field, word in (
        ("who", "who gets it how common"),
        ("presentation", "symptoms signs"),
        ("red_flags", "red flag"),
    ):
        for number, part in enumerate(getattr(item, field)):
            head = f"{name}, red flag" if field == "red_flags" else name
            yield _claim(place, f"{field}.{number}", part.text, head, sources=part.sources, also=f"{lay} | {word}")
    for part in item.lookalikes:
        other = pack.conditions.get(part.condition)
        text = f"{name} or {other.name if other else part.condition}? {part.difference}"
        yield _claim(place, f"lookalikes.{part.condition}", text, "", sources=part.sources, also=f"{lay} | difference")
    for number, part in enumerate(item.pitfalls):
        yield _claim(place, f"pitfalls.{number}", part.text, f"{name}, pitfall", sources=part.sources, also=lay)
    for number, text in enumerate(item.patient_text):
        head = f"{lay[:1].upper()}{lay[1:]}: {lower_first(text)}"
        yield _claim(place, f"patient_text.{number}", head, "", lay=True, also=name)
    if item.follow_up:
        yield _claim(place, "follow_up.0", item.follow_up, f"{name}, follow-up", also=lay)
    if danger := item.do_not_miss:
        yield _claim(place, "do_not_miss.exclusion", danger.exclusion, f"{name}, to exclude it", sources=danger.sources)
        yield _claim(place, "do_not_miss.why", danger.why, f"{name}, if missed", sources=danger.sources, also=lay)


def _care(pack: Pack, item: Condition) -> Iterator[Claim]:
    place, name, lay = f"conditions/{item.id}", item.name, item.lay_name
    for number, test in enumerate(item.workup):
        means = f" {test.means}" if test.means else ""
        text = f"{test.test.rstrip('.')} ({test.why.rstrip('.')}).{means}"
        yield _claim(place, f"workup.{number}", text, f"{name}, tests", sources=test.sources, also=f"{lay} | diagnosis")
    for number, step in enumerate(item.management):
        yield _claim(
            place,
            f"management.{number}",
            step.step,
            f"{name}, {LINE[step.line]}",
            sources=step.sources,
            grade=CERTAINTY[step.certainty],
            also=f"{lay} | treatment",
        )
        for factor, said in step.caution.items():
            text = f"{step.step.rstrip('.')} ({_whom(pack, factor)}): {said}"
            yield _claim(place, f"caution.{factor}.{number}", text, name, sources=step.sources)
    for number, part in enumerate(item.prevention):
        yield _claim(place, f"prevention.{number}", part.text, f"{name}, prevention", sources=part.sources, also=lay)
    for number, referral in enumerate(item.referral):
        who = pack.clinicians.get(referral.clinician)
        before = f" Before: {'; '.join(referral.before)}." if referral.before else ""
        whom = f"{who.name if who else referral.clinician} ({URGENCY[referral.urgency]})"
        text = f"{whom}: {sentence(referral.when)}{before}"
        yield _claim(place, f"referral.{number}", text, f"{name}, referral", sources=referral.sources, also=lay)


def factor_name(pack: Pack, factor: str) -> str:
    """A risk finding or a condition in words."""
    if factor in pack.findings:
        return pack.findings[factor].name
    return pack.conditions[factor].name if factor in pack.conditions else factor.replace("_", " ")


def _whom(pack: Pack, factor: str) -> str:
    """Whom a caution is about: 'chronic kidney disease', 'on digoxin'."""
    return ("on " if factor.startswith("takes_") else "") + factor_name(pack, factor)


def _treatments(pack: Pack) -> Iterator[Claim]:
    for item in pack.treatments.values():
        place, name = f"treatments/{item.id}", _plain_name(item)
        grade, lay = CERTAINTY[item.certainty], item.lay_name
        yield _claim(place, "summary.0", item.summary, name, sources=item.sources, grade=grade, also=lay)
        if item.how:
            yield _claim(place, "how.0", item.how, f"{name}, how", also=f"{lay} | how to")
        for field in ("effects", "harms"):
            for number, part in enumerate(getattr(item, field)):
                head = f"{name}, harms" if field == "harms" else name
                own = grade if field == "effects" else ""
                words = "side effects dangers" if field == "harms" else "evidence trial does it work"
                yield _claim(
                    place,
                    f"{field}.{number}",
                    part.text,
                    head,
                    sources=part.sources,
                    grade=own,
                    also=f"{lay} | {words}",
                )
        for factor, said in item.caution.items():
            yield _claim(place, f"caution.{factor}", said, f"{name} ({_whom(pack, factor)})", also=lay)
        for drug, said in item.interactions.items():
            yield _claim(place, f"interactions.{drug}", said, f"{name} with {_drug_name(pack, drug)}", also=lay)
        if item.caution:
            listed = "; ".join(factor_name(pack, factor) for factor in item.caution)
            yield _claim(place, "cautions.0", f"the pack lists cautions for: {listed}", name, also=lay)


def _plain_name(item: Treatment) -> str:
    return item.name.split(" (")[0]


def _drug_name(pack: Pack, drug: str) -> str:
    return lower_first_word(pack.drugs[drug].name) if drug in pack.drugs else drug.replace("_", " ")


def lower_first_word(name: str) -> str:
    """'Thiazide diuretics' inside a sentence; 'ACE inhibitors' stay."""
    return f"{name[:1].lower()}{name[1:]}" if name[1:2].islower() else name


def _drugs(pack: Pack) -> Iterator[Claim]:
    for item in pack.drugs.values():
        yield from _drug(pack, item)


def _drug(pack: Pack, item: Drug) -> Iterator[Claim]:
    place, name = f"drugs/{item.id}", item.name
    also = f"{item.lay_name} {' '.join(item.members[:6])}"
    yield _claim(place, "class.0", item.drug_class, name, also=f"{also} | what is it")
    for number, effect in enumerate(item.effects):
        text, grade = effect.text, ""
        if effect.odds_ratio:
            text = f"{text.rstrip('.')} (odds ratio {ratio_words(effect.odds_ratio)})."
            grade = effect.odds_ratio.basis
        yield _claim(
            place, f"effects.{number}", text, name, sources=effect.sources, grade=grade, also=f"{also} | causes cramps"
        )
    if item.mechanism:
        yield _claim(place, "mechanism.0", item.mechanism, f"{name}, mechanism", sources=item.sources, also=also)
    if item.action:
        yield _claim(place, "action.0", item.action, f"{name}, what to do", sources=item.sources, also=also)
    if item.check:
        yield _claim(place, "check.0", ", ".join(item.check), f"{name}, check", sources=item.sources, also=also)
    for drug, said in item.interactions.items():
        yield _claim(place, f"interactions.{drug}", said, f"{name} with {_drug_name(pack, drug)}", also=also)


def _others(pack: Pack) -> Iterator[Claim]:
    for test in pack.tests.values():
        place, also = f"tests/{test.id}", test.lay_name
        yield _claim(place, "summary.0", test.summary, test.name, sources=test.sources, also=f"{also} | what is it for")
        if test.how:
            yield _claim(place, "how.0", test.how, f"{test.name}, how", also=also)
        for number, part in enumerate(test.accuracy):
            yield _claim(
                place,
                f"accuracy.{number}",
                part.text,
                test.name,
                sources=part.sources,
                also=f"{also} | sensitivity specificity",
            )
        for number, part in enumerate(test.not_worth):
            yield _claim(
                place,
                f"not_worth.{number}",
                part.text,
                f"{test.name}, not worth doing",
                sources=part.sources,
                also=also,
            )
    for who in pack.clinicians.values():
        place, also = f"clinicians/{who.id}", who.lay_name
        yield _claim(place, "treats.0", who.treats, who.name, sources=who.sources, also=also)
        for number, part in enumerate(who.refer_when):
            yield _claim(place, f"refer_when.{number}", part.text, f"{who.name}, when", sources=part.sources, also=also)
        for number, part in enumerate(who.unsafe_when):
            yield _claim(
                place, f"unsafe_when.{number}", part.text, f"{who.name}, not when", sources=part.sources, also=also
            )
    for rule in pack.rules.values():
        also = " ".join(pack.conditions[c].name for c in rule.conditions if c in pack.conditions)
        yield _claim(f"rules/{rule.id}", "sentence.0", rule.sentence, "", sources=rule.sources, also=also)
        yield _claim(
            f"rules/{rule.id}", "lay_sentence.0", rule.lay_sentence, "", sources=rule.sources, lay=True, also=also
        )


def _findings(pack: Pack) -> Iterator[Claim]:
    for item in pack.findings.values():
        place, name = f"findings/{item.id}", f"{item.name[:1].upper()}{item.name[1:]}"
        if item.meaning:
            yield _claim(
                place, "meaning.0", item.meaning, name, sources=item.sources, also=f"{item.lay_name} | meaning"
            )
        if item.how_to:
            yield _claim(
                place, "how_to.0", item.how_to, f"{name}, how to look", sources=item.sources, also=item.lay_name
            )


def numbers_of(pack: Pack, condition: str) -> tuple[Claim, ...]:
    """The numbers of one condition as claims: how common it is, each finding with it, each risk's odds ratio."""
    item = pack.conditions[condition]
    return (*_priors(item), *_frequencies(pack, item), *_risks(pack, item))


def _priors(item: Condition) -> Iterator[Claim]:
    if item.prior is None:
        return
    yearly = item.prior.measure == "incidence_per_year"
    for number, row in enumerate(item.prior.rows):
        low, high = row.age
        whom = {"any": "", "female": " women", "male": " men"}[row.sex]
        share = percent_words(row)
        text = f"{share} of{whom or ' people'} aged {low:g} to {high:g} " + (
            "get it in a year" if yearly else "have it"
        )
        yield _number(f"conditions/{item.id}", f"prior.{number}", text, item.name, row)


def _frequencies(pack: Pack, item: Condition) -> Iterator[Claim]:
    for evidence in item.findings:
        finding = pack.findings.get(evidence.finding)
        if finding is None or finding.type != "yes_no" or (evidence.value is None and evidence.counts is None):
            continue
        number = evidence.as_number()
        text = f"{finding.name} in {percent_words(number)}"
        if finding.background:
            whom = "of other visits" if finding.about == "episode" else "of people with none of the pack's conditions"
            text += f", against {_percent(finding.background[0].best)} % {whom}"
        yield _number(f"conditions/{item.id}", f"findings.{finding.id}", text, item.name, number)


def _risks(pack: Pack, item: Condition) -> Iterator[Claim]:
    for modifier in item.modifiers:
        text = f"{factor_name(pack, modifier.factor)} has an odds ratio of {ratio_words(modifier.odds_ratio)}"
        yield _number(f"conditions/{item.id}", f"modifiers.{modifier.factor}", text, item.name, modifier.odds_ratio)
    if item.exposure:
        text = f"{percent_words(item.exposure.share)} with {factor_name(pack, item.exposure.factor)}"
        yield _number(f"conditions/{item.id}", "exposure.0", text, item.name, item.exposure.share)


def _number(item: str, field: str, text: str, name: str, number: Number) -> Claim:
    label = "estimate, no source" if number.basis == "estimate" else number.basis
    sources = (number.source,) if number.source else ()
    return _claim(item, field, f"{text} ({label}).", name, sources=sources, grade=number.basis)


def percent_words(number: Number) -> str:
    """'42 % (26 to 59)'."""
    best, low, high = number.triple
    return f"{_percent(best)} % ({_percent(low)} to {_percent(high)})"


def _percent(chance: float) -> str:
    """Two figures: 0.0123 is '1.2', 0.42 is '42', 0.00004 is '0.004'."""
    value = 100 * chance
    return f"{value:.0f}" if value >= 10 else f"{float(f'{value:.2g}'):.10f}".rstrip("0").rstrip(".") or "0"


def ratio_words(number: Number) -> str:
    """'1.48 (1.29 to 1.68)'."""
    best, low, high = number.triple
    return f"{best:.3g} ({low:.3g} to {high:.3g})"
