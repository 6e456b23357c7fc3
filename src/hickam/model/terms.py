"""Terms of rules and exclusions: one short sentence about a case, parsed once and checked by the linter.

>>> parse_term("not fever")
Term(kind='finding', name='fever', negated=True, op='', value='')
>>> parse_term("potassium < 3.0")
Term(kind='measurement', name='potassium', negated=False, op='<', value='3.0')
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import msgspec

TermKind = Literal["finding", "value", "measurement", "age", "sex", "known", "suspected", "takes"]

_NAME = r"[a-z][a-z0-9_]*"
_COMPARE = re.compile(rf"^(?:(suspected) )?({_NAME}) (<=|>=|<|>) (-?\d+(?:\.\d+)?)$")
_IS = re.compile(rf"^({_NAME}) is ({_NAME})$")
_WORD = re.compile(rf"^(known|takes) ({_NAME})$")
_PLAIN = re.compile(rf"^{_NAME}$")


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed term. ``value`` is the right-hand side as written."""

    kind: TermKind
    name: str
    negated: bool = False
    op: Literal["", "<", "<=", ">", ">="] = ""
    value: str = ""


@lru_cache(maxsize=4096)
def parse_term(text: str) -> Term:
    """Parse one term; raises ValueError with what was expected."""
    body = text.strip()
    negated = body.startswith("not ")
    if negated:
        body = body[4:].strip()
    if match := _COMPARE.match(body):
        suspected, name, op, value = match.groups()
        kind: TermKind = "suspected" if suspected else "age" if name == "age" else "measurement"
        return Term(kind=kind, name=name, negated=negated, op=op, value=value)  # type: ignore[arg-type]
    if match := _IS.match(body):
        name, value = match.groups()
        return Term(kind="sex" if name == "sex" else "value", name=name, negated=negated, value=value)
    if match := _WORD.match(body):
        return Term(kind=match.group(1), name=match.group(2), negated=negated)  # type: ignore[arg-type]
    if _PLAIN.match(body) and body != "not":
        return Term(kind="finding", name=body, negated=negated)
    raise ValueError(
        f"cannot read the term {text!r}: write 'finding', 'not finding', 'finding is value', 'potassium < 3.0', "
        "'age >= 65', 'sex is female', 'known condition', 'suspected condition >= 0.05' or 'takes drug'"
    )


def compare(left: float, op: str, right: float) -> bool:
    """``left op right`` for the four comparisons of a term."""
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]
