"""A small pack with realistic wordings, for the tests of intake. Numbers are of no interest here."""

from __future__ import annotations

from functools import cache
from typing import Any

from hickam.intake import Vocabulary, build_vocabulary
from hickam.model.condition import Complaint, Condition, Exposure, Prior
from hickam.model.finding import Finding, Measurement, Range, Threshold, Value
from hickam.model.numbers import Number
from hickam.model.pack import Drug, Manifest, Pack

N = Number(value=(0.1, 0.05, 0.2), basis="estimate")


def split(text: str) -> tuple[str, ...]:
    """Wordings separated by ``|``."""
    return tuple(p.strip() for p in text.split("|") if p.strip())


def finding(id: str, about: Any, synonyms: str = "", phrases: str = "", absent: str = "", **more: Any) -> Finding:
    """A finding; wordings are separated by ``|``."""
    kind = {"episode": "history", "patient": "examination", "risk": "risk_factor"}[about]
    return Finding(
        id=id,
        name=more.pop("name", id.replace("_", " ")),
        lay_name=more.pop("lay_name", id.replace("_", " ")),
        kind=more.pop("kind", kind),
        about=about,
        synonyms=split(synonyms),
        phrases=split(phrases),
        absent_phrases=split(absent),
        background=(N,),
        **more,
    )


def ranges(*rows: tuple[str, float | None, int]) -> tuple[Range, ...]:
    """Ranges from (id, below, level)."""
    return tuple(Range(id=i, name=i, below=b, level=k) for i, b, k in rows)


FINDINGS = (
    finding(
        "quality",
        "episode",
        type="categorical",
        values=(
            Value(id="cramp", name="cramp or spasm", synonyms=("cramp", "spasm", "charley horse")),
            Value(id="burning", name="burning", synonyms=("burning", "burns")),
            Value(id="ache", name="ache", synonyms=("ache", "dull pain")),
        ),
    ),
    finding("timing_night", "episode", "nocturnal|night cramps", "at night|wakes me|in the night", "never at night"),
    finding("on_exertion", "episode", "on exertion|on walking|claudication", "when I walk|when walking"),
    finding("rest_relief", "episode", "relieved by rest|resolves with rest", "goes when I stop"),
    finding("fixed_walking_distance", "episode", "reproducible walking distance"),
    finding("cough_sneeze_worse", "episode", "worse with coughing", "worse when I cough|when I sneeze"),
    finding("severe_pain", "episode", "severe ... pain|excruciating"),
    finding("frequent_attacks", "episode", "frequent cramps", "every day", "once in a blue moon"),
    finding("duration_seconds_minutes", "episode", "brief attacks"),
    finding("duration_hours", "episode", "lasts for hours"),
    finding("onset_days", "episode", "recent onset", "two days ago", implies_absent=("onset_years",)),
    finding("onset_weeks_months", "episode", "for weeks"),
    finding("onset_years", "episode", "for years"),
    finding("unilateral", "episode", "unilateral", "one leg", implies_absent=("bilateral",)),
    finding("bilateral", "episode", "bilateral", "both legs"),
    finding("site_calf", "episode", "calf"),
    finding("site_thigh", "episode", "thigh"),
    finding("site_foot_toes", "episode", "foot|toes|feet"),
    finding("site_hands_arms", "episode", "hands|arms"),
    finding("cough", "patient", "cough"),
    finding("haemoptysis", "patient", "haemoptysis", "coughing up blood"),
    finding("palpitations", "patient", "palpitations"),
    finding(
        "fever",
        "patient",
        "fever|febrile",
        "",
        "afebrile",
        thresholds=(Threshold(measurement="temperature", present_at_least=38.0, absent_below=37.5),),
    ),
    finding("dyspnoea", "patient", "breathlessness|dyspnoea", "short of breath"),
    finding(
        "leg_swelling", "patient", "leg swelling|oedema|swelling of the leg", "swollen leg|leg ... swollen|swelling"
    ),
    finding("calf_tenderness", "patient", "calf tenderness|tender calf|calf tender"),
    finding("cool_leg", "patient", "cool leg|cold leg", "leg felt cold|leg ... cold"),
    finding("pale_leg", "patient", "pale leg|leg pale"),
    finding(
        "absent_pedal_pulses",
        "patient",
        "absent foot pulses|no foot pulses|foot pulses absent",
        "",
        "foot pulses palpable|foot pulses normal",
        implies=("reduced_pulses",),
    ),
    finding("reduced_pulses", "patient", "weak pulses"),
    finding(
        "straight_leg_raise_positive",
        "patient",
        "straight leg raise positive|SLR positive|straight leg raise",
        "",
        "straight leg raise negative",
    ),
    finding(
        "proximal_weakness", "patient", "proximal weakness", "climbing stairs is hard", implies=("muscle_weakness",)
    ),
    finding("muscle_weakness", "patient", "weakness"),
    finding(
        "tachycardia",
        "patient",
        "tachycardia",
        thresholds=(Threshold(measurement="pulse", present_at_least=100, absent_below=90),),
    ),
    finding(
        "crp_esr_raised",
        "patient",
        "raised inflammatory markers",
        kind="test",
        thresholds=(Threshold(measurement="crp", present_at_least=10, absent_below=5),),
    ),
    finding(
        "potassium",
        "patient",
        type="ranged",
        measurement="potassium",
        kind="test",
        ranges=ranges(("k_low", 3.3, -2), ("k_border", 3.6, -1), ("k_normal", 5.1, 0), ("k_high", None, 2)),
    ),
    finding(
        "calcium",
        "patient",
        type="ranged",
        measurement="calcium",
        kind="test",
        ranges=ranges(("ca_low", 2.1, -2), ("ca_normal", 2.6, 0), ("ca_high", None, 2)),
    ),
    finding(
        "creatine_kinase",
        "patient",
        type="ranged",
        measurement="creatine_kinase",
        kind="test",
        ranges=ranges(("ck_normal", 1.0, 0), ("ck_1_5", 5.0, 1), ("ck_gt_5", 50.0, 2), ("ck_gt_50", None, 3)),
    ),
    finding(
        "abi",
        "patient",
        type="ranged",
        measurement="ankle_brachial_index",
        kind="test",
        ranges=ranges(("abi_low", 0.9, -2), ("abi_normal", 1.3, 0), ("abi_high", None, 2)),
    ),
    finding(
        "tsh",
        "patient",
        type="ranged",
        measurement="tsh",
        kind="test",
        ranges=ranges(("tsh_low", 0.4, -1), ("tsh_normal", 4.5, 0), ("tsh_4_10", 10.0, 1), ("tsh_gt_10", None, 2)),
    ),
    finding("pregnant", "risk", "pregnant", "", "not pregnant"),
    finding("diabetes", "risk", "diabetes|diabetic|T2DM"),
    finding("smoker_current", "risk", "smoker|smokes"),
    finding("previous_dvt_pe", "risk", "previous DVT|history of DVT"),
    finding("family_cramps", "risk", "family history of cramps"),
    finding("family_thyroid", "risk", "family history of thyroid disease"),
    finding("thrombophilia_family_vte", "risk", "family history of thrombosis", "mother ... clot"),
    finding("takes_statin", "risk", "on a statin"),
    finding("takes_thiazide", "risk", "on a thiazide"),
    finding("takes_levothyroxine", "risk", "on thyroid hormone"),
)


def condition(
    id: str, name: str, synonyms: tuple[str, ...] = (), mentions: tuple[str, ...] = (), **more: Any
) -> Condition:
    """A condition with made-up numbers."""
    return Condition(
        id=id,
        name=name,
        lay_name=name.lower(),
        category="vascular",
        synonyms=synonyms,
        mentions=mentions,
        codes={},
        summary="-",
        prior=None
        if more.get("exposure")
        else Prior(measure="incidence_per_year" if "embolism" in id or "thrombosis" in id else "prevalence", rows=(N,)),
        complaint=Complaint(leg=N, any=N),
        findings=(),
        urgency="routine",
        **more,
    )


CONDITIONS = (
    condition(
        "deep_vein_thrombosis", "Deep vein thrombosis", ("DVT",), ("clot in the leg", "blood clot", "clot", "clots")
    ),
    condition("pulmonary_embolism", "Pulmonary embolism", ("PE",)),
    condition("peripheral_artery_disease", "Peripheral artery disease", ("PAD",), ("narrowed arteries",)),
    condition("hypothyroidism", "Hypothyroidism", ("underactive thyroid",)),
    condition("hyperthyroidism", "Hyperthyroidism", ("overactive thyroid",)),
    condition("idiopathic_nocturnal_leg_cramps", "Idiopathic nocturnal leg cramps", ("night cramps",), cause_only=True),
    condition(
        "pregnancy_cramps",
        "Leg cramps in pregnancy",
        ("pregnancy cramps",),
        exposure=Exposure(factor="pregnant", share=N),
    ),
)
DRUGS = (
    Drug(
        id="statin",
        name="Statin",
        lay_name="cholesterol tablet",
        drug_class="statin",
        members=("simvastatin", "atorvastatin"),
        brands=("Lipitor",),
        class_words=("statins",),
        factors=("takes_statin",),
    ),
    Drug(
        id="thiazide",
        name="Thiazide",
        lay_name="water tablet",
        drug_class="thiazide diuretic",
        members=("hydrochlorothiazide", "indapamide"),
        class_words=("water pill",),
        factors=("takes_thiazide",),
    ),
    Drug(
        id="levothyroxine",
        name="Levothyroxine",
        lay_name="thyroid tablet",
        drug_class="thyroid hormone",
        members=("levothyroxine", "thyroxine"),
        factors=("takes_levothyroxine",),
    ),
)
MEASUREMENTS = (
    Measurement(
        id="temperature",
        name="temperature",
        labels=("temperature", "temp"),
        unit="°C",
        units={"F": (5 / 9, -160 / 9), "C": (1.0, 0.0)},
        plausible=(30, 45),
        unitless_ranges={"°C": (30, 45), "F": (90, 110)},
    ),
    Measurement(
        id="pulse",
        name="pulse rate",
        labels=("pulse", "heart rate", "HR"),
        unit="/min",
        units={"bpm": (1.0, 0.0)},
        plausible=(20, 300),
    ),
    Measurement(
        id="potassium",
        name="potassium",
        labels=("potassium", "K", "K+"),
        unit="mmol/L",
        units={"mEq/L": (1.0, 0.0)},
        plausible=(1, 12),
    ),
    Measurement(
        id="calcium",
        name="calcium",
        labels=("calcium", "Ca"),
        unit="mmol/L",
        units={"mg/dL": (0.2495, 0.0)},
        plausible=(0.5, 5),
        unitless_ranges={"mmol/L": (0.5, 4.0), "mg/dL": (4.0, 20.0)},
    ),
    Measurement(
        id="creatine_kinase",
        name="creatine kinase",
        labels=("creatine kinase", "CK", "CPK"),
        unit="xULN",
        units={"U/L": (1 / 200, 0.0)},
        plausible=(0, 20000),
    ),
    Measurement(
        id="ankle_brachial_index",
        name="ankle-brachial index",
        labels=("ABI", "ABPI", "ankle-brachial index"),
        unit="ratio",
        plausible=(0, 3),
    ),
    Measurement(id="tsh", name="TSH", labels=("TSH",), unit="mU/L", plausible=(0, 500)),
    Measurement(
        id="crp",
        name="C-reactive protein",
        labels=("CRP",),
        unit="mg/L",
        units={"mg/dL": (10.0, 0.0)},
        plausible=(0, 1000),
    ),
)
MANIFEST = Manifest(
    id="small",
    version="1",
    title="Small",
    complaint="leg",
    licence="CC0",
    population="all",
    settings=("primary_care",),
    window_days=28,
    intended_use="tests",
    not_for=(),
    disclaimer="-",
    owners=(),
    editorial_policy="-",
    unexplained={"primary_care": 0.1},
    mention_half_words=25,
    visits=(),
    groups={},
    complaint_phrases=("cramp", "leg pain"),
    body_part_phrases=("leg", "calf", "foot", "thigh"),
    status_factors={},
)


@cache
def small_pack() -> Pack:
    """The pack."""
    return Pack(
        manifest=MANIFEST,
        hash="",
        sources={},
        measurements={m.id: m for m in MEASUREMENTS},
        findings={f.id: f for f in FINDINGS},
        conditions={c.id: c for c in CONDITIONS},
        drugs={d.id: d for d in DRUGS},
        treatments={},
        tests={},
        clinicians={},
        rules={},
        cases={},
        reviews=(),
        hashes={},
    )


@cache
def vocabulary() -> Vocabulary:
    """Its vocabulary."""
    return build_vocabulary(small_pack())


__all__ = ["small_pack", "vocabulary"]
