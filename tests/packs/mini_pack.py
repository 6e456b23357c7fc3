"""A small valid pack on disk, as plain data, for tests that break one thing at a time."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

Files = dict[str, Any]

_ESTIMATE = {"value": [0.3, 0.1, 0.6], "basis": "estimate"}

PACK: Files = {
    "pack.yaml": {
        "id": "mini", "version": "0.0.1", "title": "Mini", "complaint": "leg symptom", "licence": "CC-BY-4.0",
        "population": "anybody", "settings": ["primary_care"], "window_days": 28, "intended_use": "tests",
        "not_for": [], "disclaimer": "A test pack.", "owners": ["tests"], "editorial_policy": "none",
        "unexplained": {"primary_care": 0.1}, "mention_half_words": 25,
        "visits": [
            {"age": [0, 120], "sex": "female", "share": 0.5},
            {"age": [0, 120], "sex": "male", "share": 0.5},
        ],
        "groups": {"pulses": {"name": "pulses", "phi": 0.5}},
        "complaint_phrases": ["cramp"], "body_part_phrases": ["leg"],
        "status_factors": {
            "controlled": {"complaint": 0.2, "findings": 0.3},
            "past": {"complaint": 0.05, "findings": 0.1},
            "unknown": {"complaint": 0.5, "findings": 0.6},
        },
    },
    "sources/all.yaml": {
        "smith-2001": {"title": "A study", "authors": "Smith J", "year": 2001, "pmid": "1", "kind": "cohort",
                       "opened": "2026-11-22"},
    },
    "measurements/potassium.yaml": {
        "id": "potassium", "name": "potassium", "labels": ["K", "potassium"], "unit": "mmol/L", "plausible": [1, 10],
    },
    "findings/on_exertion.yaml": {
        "id": "on_exertion", "name": "on exertion", "lay_name": "when walking", "kind": "history", "about": "episode",
        "background": [_ESTIMATE], "question": "On walking?", "lay_question": "When you walk?",
        "synonyms": ["exertional"],
    },
    "findings/quality.yaml": {
        "id": "quality", "name": "quality", "lay_name": "feeling", "kind": "history", "about": "episode",
        "type": "categorical", "values": [{"id": "cramp", "name": "cramp"}, {"id": "ache", "name": "ache"}],
        "shares": {"shares": {"cramp": 0.6, "ache": 0.4}, "basis": "estimate"},
        "question": "What is it like?", "lay_question": "What is it like?",
    },
    "findings/absent_pulses.yaml": {
        "id": "absent_pulses", "name": "absent pulses", "lay_name": "no pulse", "kind": "examination",
        "about": "patient", "background": [{"value": [0.05, 0.02, 0.1], "basis": "estimate"}], "group": "pulses",
        "question": "Pulses?", "lay_question": "Pulses?",
    },
    "findings/potassium.yaml": {
        "id": "potassium", "name": "potassium", "lay_name": "potassium", "kind": "test", "about": "patient",
        "type": "ranged", "measurement": "potassium",
        "ranges": [
            {"id": "low", "name": "low", "below": 3.0, "level": -1},
            {"id": "normal", "name": "normal", "level": 0},
        ],
        "shares": {"shares": {"low": 0.1, "normal": 0.9}, "basis": "estimate"},
        "question": "Potassium?", "lay_question": "Potassium?",
    },
    "findings/smoker.yaml": {
        "id": "smoker", "name": "smoker", "lay_name": "smoker", "kind": "risk_factor", "about": "risk",
        "background": [{"value": [0.2, 0.1, 0.3], "basis": "estimate"}], "question": "Smoke?", "lay_question": "Smoke?",
    },
    "conditions/arterial.yaml": {
        "id": "arterial", "name": "Arterial disease", "lay_name": "narrow arteries", "category": "vascular",
        "codes": {"icd10cm": ["I73.9"]}, "summary": "Narrow arteries.",
        "prior": {"measure": "prevalence", "rows": [
            {"value": [0.05, 0.03, 0.08], "basis": "direct", "source": "smith-2001", "locator": "Table 1",
             "population": "adults"}]},
        "modifiers": [{"factor": "smoker", "odds_ratio": {"value": [2.5, 1.5, 4.0], "basis": "estimate"}}],
        "complaint": {"leg": {"value": [0.02, 0.01, 0.05], "basis": "estimate"},
                      "any": {"value": [0.03, 0.01, 0.06], "basis": "estimate"}},
        "findings": [
            {"finding": "on_exertion", "value": [0.9, 0.7, 0.97], "basis": "estimate"},
            {"finding": "quality", "shares": {"cramp": 0.7, "ache": 0.3}, "basis": "estimate"},
            {"finding": "absent_pulses", "counts": [40, 60], "basis": "direct", "source": "smith-2001",
             "locator": "Table 2", "population": "clinic"},
        ],
        "do_not_miss": {"harm": "soon", "test_threshold": {"value": [0.1, 0.05, 0.2], "basis": "estimate"},
                        "why": "Limb loss.", "excluded_by": ["not absent_pulses"], "exclusion": "A normal index."},
        "urgency": "routine",
    },
    "conditions/low_potassium.yaml": {
        "id": "low_potassium", "name": "Low potassium", "lay_name": "low potassium", "category": "metabolic_endocrine",
        "codes": {"icd10cm": ["E87.6"]}, "summary": "Low potassium.",
        "prior": {"measure": "prevalence", "rows": [{"value": [0.02, 0.01, 0.04], "basis": "estimate"}]},
        "complaint": {"leg": {"value": [0.02, 0.01, 0.05], "basis": "estimate"},
                      "any": {"value": [0.03, 0.01, 0.06], "basis": "estimate"}},
        "findings": [{"finding": "potassium", "shares": {"low": 0.9, "normal": 0.1}, "basis": "estimate"},
                     {"finding": "on_exertion", "value": [0.2, 0.1, 0.4], "basis": "estimate"}],
        "urgency": "soon",
    },
    "rules/no_pulse.yaml": {
        "id": "no_pulse", "kind": "red_flag", "level": "same_day", "sentence": "No pulse.", "lay_sentence": "No pulse.",
        "all": ["absent_pulses", "on_exertion"], "sources": ["smith-2001"],
    },
    "drugs/water.yaml": {
        "id": "water", "name": "Water tablet", "lay_name": "water tablet", "drug_class": "diuretic",
        "members": ["furosemide"],
    },
    "clinicians/primary_care.yaml": {
        "id": "primary_care", "name": "Primary care", "lay_name": "your doctor", "treats": "everything",
    },
    "cases/first.yaml": [
        {"name": "Exertional pain without pulses is arterial", "why": "Smith 2001", "age": 60, "sex": "male",
         "present": ["on_exertion", "absent_pulses"], "expect": {"top": "arterial"}},
    ],
}  # fmt: skip


def write_pack(root: Path, files: Files) -> Path:
    """Write the files as YAML (JSON is YAML); a str is written as it is."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return root


def mini_files() -> Files:
    """A fresh copy to break."""
    return copy.deepcopy(PACK)
