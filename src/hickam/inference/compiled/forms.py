"""Product forms of one patient finding (``items.patient_form``); factors must come as ones."""

from __future__ import annotations

from hickam.inference.compiled.jit import compiled
from hickam.inference.compiled.work import Work
from hickam.inference.flat import Populations, Tables
from hickam.inference.layout import PATIENT, Floats


@compiled
def ones(T: Tables, f: int, phi_plus: Floats, phi_minus: Floats) -> None:
    """Factors of a finding back to ones."""
    for e in range(T.item_ptr[f], T.item_ptr[f + 1]):
        phi_plus[T.item_condition[e]] = 1.0
        phi_minus[T.item_condition[e]] = 1.0


@compiled
def patient_form(
    T: Tables, P: Populations, person: int, f: int, state: int, W: Work, phi_plus: Floats, phi_minus: Floats
) -> tuple[float, float, bool]:
    """Returns plus, minus, and whether more than two forms were reduced to one."""
    if T.kind[f] == PATIENT:
        leak = P.frequency[person, f]
        into, scale = phi_minus if state else phi_plus, 1 / (1 - leak)
        for e in range(T.link_ptr[f], T.link_ptr[f + 1]):
            d = T.link_condition[e]
            phi = min((1 - T.link_value[e]) * scale, 1.0)
            if W.fact[d] >= 0:
                phi = 1 - (1 - phi) * T.status_findings[W.fact[d], d]
            into[d] = phi
        return (1.0, 1 - leak, False) if state else (1 - leak, 0.0, False)
    return _ranged(T, f, state, W, phi_plus, phi_minus)


@compiled
def _ranged(T: Tables, f: int, mask: int, W: Work, phi_plus: Floats, phi_minus: Floats) -> tuple[float, float, bool]:
    """A set of ranges: one form, or the difference of two; of more the effect of each condition alone."""
    first, forms = T.form_ptr[f], T.form_ptr[f + 1] - T.form_ptr[f]
    weight = W.form[:forms]
    _coefficients(T, f, mask, weight)
    used, plus_at, minus_at, total = 0, -1, -1, 0.0
    for j in range(forms):
        weight[j] = 0.0 if abs(weight[j]) < 1e-12 else weight[j] * T.form_bg[first + j]
        total += weight[j]
        if weight[j] != 0:
            used += 1
            if weight[j] > 0:
                plus_at = j
            else:
                minus_at = j
    exact = used == 1 or (used == 2 and plus_at >= 0 and minus_at >= 0)
    if used == 1:
        plus_at = max(plus_at, minus_at)
    for e in range(T.row_ptr[f], T.row_ptr[f + 1]):
        d, at = T.row_condition[e], T.row_form[e]
        keep = 1.0 if W.fact[d] < 0 else T.status_findings[W.fact[d], d]
        if exact:
            phi_plus[d] = 1 - (1 - T.form_phi[at + plus_at]) * keep
            if used == 2:
                phi_minus[d] = 1 - (1 - T.form_phi[at + minus_at]) * keep
        else:
            alone = 0.0
            for j in range(forms):
                alone += weight[j] * (1 - (1 - T.form_phi[at + j]) * keep)
            phi_plus[d] = alone / total
    if not exact:
        return total, 0.0, True
    return weight[plus_at], (-weight[minus_at] if used == 2 else 0.0), False


@compiled
def _coefficients(T: Tables, f: int, mask: int, weight: Floats) -> None:
    """``items.range_coefficients``: coefficient of each form in the probability of the ranges of the mask."""
    weight[:] = 0.0
    for v in range(T.value_ptr[f + 1] - T.value_ptr[f]):
        if mask >> v & 1:
            at = T.value_ptr[f] + v
            weight[T.range_up[at]] += T.range_weight[at]
            if T.range_down[at] >= 0:
                weight[T.range_down[at]] -= T.range_weight[at]
