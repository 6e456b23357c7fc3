"""Red flags as CQL 1.5: the rules of a pack as an expression library that other decision support can run.

The rules read the case in the form this program writes it (``hickam fhir bundle``): findings, conditions and medicines
under our own codes, measured values under LOINC too. A term that was not asked does not hold, whichever way it is put.
"""

from __future__ import annotations

from collections.abc import Iterable

import hickam
from hickam.interfaces.fhir.newest import TESTS_COUNT_DAYS
from hickam.interfaces.fhir.read_history import NOT_TAKING, PROPOSED
from hickam.interfaces.fhir.read_observations import NOT_DONE
from hickam.interfaces.fhir.systems import AGE, LOINC, extension_url, own
from hickam.interfaces.fhir.units import spellings
from hickam.model.condition import LEVELS
from hickam.model.finding import Finding, Measurement
from hickam.model.pack import Pack, Rule
from hickam.model.terms import Term, parse_term
from hickam.services.assess import stamp
from hickam.writing.words import stamp_state

LIBRARY_NAME = "HickamRedFlags"
FLOOR, MEASURED = "floor:", "measured:"


def red_flag_rules(pack: Pack) -> list[Rule]:
    """Rules that raise urgency."""
    return [rule for rule in pack.rules.values() if rule.kind == "red_flag"]


def floor_findings(pack: Pack) -> list[Finding]:
    """Danger signs that raise urgency by themselves."""
    return [f for f in pack.findings.values() if f.floor and f.type == "yes_no"]


def red_flags_cql(pack: Pack) -> str:
    """The library's text. ``Fired`` lists the ids of the rules that hold, ``Urgency`` the highest of their levels."""
    terms = [parse_term(t) for r in red_flag_rules(pack) for t in (*r.all, *r.any, *r.unless)]
    parts = [
        _head(pack),
        _states(pack),
        *_valued(pack, terms),
        *(_measurement(pack, pack.measurements[m]) for m in _measured(pack, terms)),
        *(_rule(pack, rule) for rule in red_flag_rules(pack)),
        *(_floor(finding) for finding in floor_findings(pack)),
        _results(pack),
    ]
    return "\n\n".join(parts) + "\n"


def _head(pack: Pack) -> str:
    made_from = stamp(pack)
    return f"""// {pack.manifest.title}: red flags
// Pack {made_from.id} {made_from.version} ({made_from.hash}), engine {hickam.__version__}
// {stamp_state(made_from)}. {_line(pack.manifest.disclaimer)}
library {LIBRARY_NAME} version '{made_from.version}'

using FHIR version '4.0.1'

// The day of the answer: what is older than its window, or later than this day, does not count.
parameter "As of" Date default Today()

context Patient"""


def _states(pack: Pack) -> str:
    """Who the patient is, and which findings are present, absent, known, taken, suspected."""
    name = pack.manifest.id
    findings, conditions, drugs = (_text(own(name, folder)) for folder in ("findings", "conditions", "drugs"))
    return f"""define "Sex": Patient.gender.value

define "Age": Coalesce(
  CalculateAgeInYearsAt(Patient.birthDate.value, "As of"),
  Last([Observation] O
    where exists (O.code.coding C where C.system.value = {_text(LOINC)} and C.code.value = {_text(AGE)})
    return (O.value as FHIR.Quantity).value.value)
)

define function "In category"(O FHIR.Observation, category String):
  exists (O.category G where exists (G.coding C where C.code.value = category))

define function "Own codes"(concept FHIR.CodeableConcept, system String):
  concept.coding C where C.system.value = system return C.code.value

// Tests count for {TESTS_COUNT_DAYS} days, risks always, history and examination for the pack's window.
define "Counting": [Observation] O
  let recordedOn: date from (O.effective as FHIR.dateTime).value
  where not (O.status.value in {_list(sorted(NOT_DONE))})
    and (O.effective is null or (recordedOn <= "As of" and ("In category"(O, 'social-history')
      or difference in days between recordedOn and "As of" <=
        (if "In category"(O, 'laboratory') then {TESTS_COUNT_DAYS} else {pack.manifest.window_days:g}))))

define "Present": flatten ("Counting" O where (O.value as FHIR.boolean).value is true
  return "Own codes"(O.code, {findings}))

define "Absent": flatten ("Counting" O where (O.value as FHIR.boolean).value is false
  return "Own codes"(O.code, {findings}))

define "Known": flatten ([Condition] D
  where not exists (D.verificationStatus.coding V where V.code.value in
    {_list(sorted({*PROPOSED, "refuted", "entered-in-error"}))})
  return "Own codes"(D.code, {conditions}))

define "Taken": flatten ([MedicationStatement] M
  where not (M.status.value in {_list(sorted({*NOT_TAKING, "entered-in-error", "intended"}))})
  return "Own codes"(M.medication as FHIR.CodeableConcept, {drugs}))

// Per cent, as R4 has it, from the RiskAssessment of an answer; without one nothing is suspected.
define "Causes": flatten ([RiskAssessment] R where exists (R.code.coding C where C.code.value = 'cause')
  return (R.prediction P return {{
    names: "Own codes"(P.outcome, {conditions}), chance: (P.probability as FHIR.decimal).value }}))"""


def _valued(pack: Pack, terms: list[Term]) -> list[str]:
    """Findings with values that some rule asks for."""
    found = []
    plain = [t.name for t in terms if t.kind == "finding" and pack.findings[t.name].type != "yes_no"]
    for name in dict.fromkeys([*_named(terms, "value"), *plain]):
        of_finding = _text(own(pack.manifest.id, "findings"))
        values = _text(own(pack.manifest.id, f"findings:{name}"))
        found.append(
            f'define "Values of {name}": flatten ("Counting" O\n'
            f'  where {_text(name)} in "Own codes"(O.code, {of_finding})\n'
            f"    and not exists (O.extension X where X.url.value = {_text(extension_url('state'))}\n"
            f"      and (X.value as FHIR.code).value = 'absent')\n"
            f'  return "Own codes"(O.value as FHIR.CodeableConcept, {values}))'
        )
    return found


def _measurement(pack: Pack, measurement: Measurement) -> str:
    """The latest value in the pack's unit: as we recorded it, or a LOINC-coded quantity in a unit the pack lists."""
    findings = [
        f.id
        for f in pack.findings.values()
        if f.measurement == measurement.id or any(t.measurement == measurement.id for t in f.thresholds)
    ]
    own_code = (
        f'exists (("Own codes"(O.code, {_text(own(pack.manifest.id, "findings"))})) N where N in {_list(findings)})'
    )
    loinc = measurement.codes.get("loinc", ())
    public = (
        f"\n    or exists (O.code.coding C where C.system.value = {_text(LOINC)} and C.code.value in {_list(loinc)})"
    )
    factors = "\n".join(
        f"        when unit in {_list(names)} then Q.value.value{_scaled(scale, offset)}"
        for (scale, offset), names in spellings(measurement).items()
    )
    return f"""// {measurement.name}, {measurement.unit}
define {_name(MEASURED + measurement.id)}: Last(("Counting" O
  let Q: O.value as FHIR.Quantity, unit: Coalesce(Q.code.value, Q.unit.value)
  where {own_code}{public if loinc else ""}
  return all Tuple {{
    on: (O.effective as FHIR.dateTime).value,
    number: Coalesce(
      singleton from (O.extension X where X.url.value = {_text(extension_url("value"))}
        return (X.value as FHIR.decimal).value),
      case
{factors}
        else null
      end)
  }}) V where V.number is not null sort by on).number"""


def _scaled(scale: float, offset: float) -> str:
    times = "" if scale == 1 else f" * {scale!r}"
    return times + (f" + {offset!r}" if offset > 0 else f" - {-offset!r}" if offset < 0 else "")


def _rule(pack: Pack, rule: Rule) -> str:
    """All of ``all``, one of ``any``, none of ``unless``."""
    needed = [_term(pack, t) for t in rule.all]
    if rule.any:
        needed.append("(" + "\n    or ".join(_term(pack, t) for t in rule.any) + ")")
    needed += [f"not {_term(pack, t)}" for t in rule.unless]
    return _defined(rule.id, f"{rule.level}: {rule.sentence}", rule.sources, "\n  and ".join(needed))


def _floor(finding: Finding) -> str:
    return _defined(
        FLOOR + finding.id, f"{finding.floor}: {finding.name}", finding.sources, f'{_text(finding.id)} in "Present"'
    )


def _defined(name: str, words: str, sources: Iterable[str], logic: str) -> str:
    cited = f"\n// Sources: {', '.join(sources)}" if sources else ""
    return f"// {_line(words)}{cited}\ndefine {_name(name)}:\n  {logic}"


def _term(pack: Pack, text: str) -> str:
    """A term as an expression that is true or false, never null."""
    term = parse_term(text)
    if term.kind == "finding" and pack.findings[term.name].type == "yes_no":
        return f'({_text(term.name)} in "{"Absent" if term.negated else "Present"}")'
    if term.kind == "known":
        plain = f'{_text(term.name)} in "Known"'
    elif term.kind == "takes":
        plain = f'{_text(term.name)} in "Taken"'
    elif term.kind == "finding":
        plain = f'exists "Values of {term.name}"'
    elif term.kind == "value":
        plain = f'{_text(term.value)} in "Values of {term.name}"' + _or_measured(pack.findings[term.name], term.value)
    elif term.kind == "sex":
        plain = f'"Sex" = {_text(term.value)}'
    elif term.kind == "suspected":
        chance = f"P.chance {term.op} {100 * float(term.value):g}"
        plain = f'exists ("Causes" P where {_text(term.name)} in P.names and {chance})'
    else:
        left = '"Age"' if term.kind == "age" else _name(MEASURED + term.name)
        plain = f"{left} {term.op} {term.value}"
    return f"(({plain}) is {'false' if term.negated else 'true'})"


def _measured(pack: Pack, terms: list[Term]) -> list[str]:
    """Measurements that rules compare, or in whose ranges they ask for a finding."""
    ranged = (pack.findings[name].measurement for name in _named(terms, "value"))
    return list(dict.fromkeys([*_named(terms, "measurement"), *(m for m in ranged if m)]))


def _or_measured(finding: Finding, value: str) -> str:
    """A measured value within the named range, for a finding with ranges."""
    at = next((i for i, one in enumerate(finding.ranges) if one.id == value), None)
    if at is None or not finding.measurement:
        return ""
    number = _name(MEASURED + finding.measurement)
    low = [f"{number} >= {finding.ranges[at - 1].below}"] if at else []
    high = [f"{number} < {finding.ranges[at].below}"] if finding.ranges[at].below is not None else []
    return f" or ({' and '.join((*low, *high))})"


def _results(pack: Pack) -> str:
    levels = {rule.id: rule.level or "soon" for rule in red_flag_rules(pack)}
    levels |= {FLOOR + f.id: f.floor for f in floor_findings(pack) if f.floor}
    fired = ",\n  ".join(f"if {_name(id)} then {_text(id)} else null" for id in levels)
    chosen = "\n".join(
        f"  when exists (ids I where I in {_list(id for id, at in levels.items() if at == level)}) then '{level}'"
        for level in reversed(LEVELS)
        if level in levels.values()
    )
    return (
        f'// Ids of the rules that hold.\ndefine "Fired": ({{\n  {fired}\n}}) F where F is not null\n\n'
        "// The least urgency these rules allow; null when none holds, which does not mean that nothing is wrong.\n"
        f'define "Urgency": First(({{"Fired"}}) ids return case\n{chosen}\n  else null\nend)'
    )


def _named(terms: list[Term], kind: str) -> list[str]:
    return list(dict.fromkeys(t.name for t in terms if t.kind == kind))


def _text(words: str) -> str:
    return "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _name(id: str) -> str:
    return f'"{id}"'


def _list(items: Iterable[str]) -> str:
    return "{" + ", ".join(_text(i) for i in items) + "}"


def _line(words: str) -> str:
    return " ".join(words.split())
