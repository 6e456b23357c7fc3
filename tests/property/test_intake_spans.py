"""Property: on any text intake answers, and every span it gives is the text at that place."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from intake_pack import vocabulary

from hickam.intake import IntakeError, case_from_json, parse
from hickam.model.case import Case, Span

PIECES = [
    "left calf cramps",
    "at night",
    "no fever",
    "K 2.9",
    "CK 426,700 IU/L (9-168)",
    "her dad had a clot",
    "simvastatin 40 mg",
    "not",
    "never ... before",
    "I'm 34",
    "62M",
    "my wife",
    "can't",
    "isn't",
    "?",
    ".",
    ",",
    ";",
    "\n",
    "\n\n",
    "oedema",
    "for 3 months",
    "after 200 m",
    "both legs",
    "and",
    "or",
    "ﬁ",
    "İ",
    "🦵",
    "’s",
    "non-smoker",
    "if you",
    "pregnant",
    "ankle pressure 210/150 and arm 140/85",
    "temp 38.5 °C",
    "DVT two years ago",
    "denies cough",
    "½",
]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=25).map(" ".join) | st.text(
    max_size=200
)


def spans(case: Case) -> Iterator[Span]:
    for o in case.observations:
        if o.span is not None:
            yield o.span
    for f in (*case.facts, *case.ruled_out):
        if f.span is not None:
            yield f.span
    for m in case.medications:
        if m.span is not None:
            yield m.span
    yield from case.not_understood
    for c in case.conflicts:
        yield from c.spans


@settings(max_examples=300, deadline=None)
@given(texts)
def test_spans_are_exact(text: str) -> None:
    case = parse(text, vocabulary())
    for s in spans(case):
        assert text[s.start : s.end] == s.text
        assert s.text


@settings(max_examples=150, deadline=None)
@given(texts)
def test_observations_are_well_formed(text: str) -> None:
    case = parse(text, vocabulary())
    v = vocabulary()
    found = [o.finding for o in case.observations]
    assert len(found) == len(set(found))
    assert not set(found) & {c.finding for c in case.conflicts}
    for o in case.observations:
        f = v.findings[o.finding]
        assert set(o.values) <= {*f.values, *(r[0] for r in f.ranges)}
        assert bool(o.values) == (f.type != "yes_no")
    assert 0 <= case.completeness < 1
    assert parse(text, v) == case


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda x: (
            st.lists(x, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "age",
                        "sex",
                        "text",
                        "present",
                        "absent",
                        "values",
                        "known_conditions",
                        "medications",
                        "ruled_out",
                        "id",
                        "name",
                    ]
                ),
                x,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
def test_structured_input_is_a_case_or_a_refusal(obj: object) -> None:
    try:
        case = case_from_json(obj, vocabulary())
    except IntakeError:
        return
    assert isinstance(obj, dict)
    assert {o.finding for o in case.observations} <= set(vocabulary().findings)
