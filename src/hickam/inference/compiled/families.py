"""Blocks of linked conditions, each one variable of 2^k states, over the signed terms of one row.

With states summed over the members that no item touches, w_u the weight of state u of the touched ones, w_u q_u its
causal weight and P_u(t) the factor of its members in term t:

    fac(t) = sum_u w_u P_u(t)       causal(t) = sum_u w_u q_u P_u(t) / fac(t)
    A_u = sum_t s/fac P_u           B_u = sum_t s (y - causal)/fac P_u
    a member is the cause with q sum_u w_u A_u, and present with sum_u w_u B_u + w_u q_u A_u, over the states with it
"""

from __future__ import annotations

from hickam.inference.compiled.columns import column, unit
from hickam.inference.compiled.jit import compiled
from hickam.inference.compiled.work import Row, Terms
from hickam.inference.flat import Shape
from hickam.inference.layout import Floats


@compiled
def weigh_families(shape: Shape, row: Row, pairs: Floats, terms: Terms) -> None:
    """Every block into the products and causal rates of its level; ``pairs``: see ``flat.Populations``."""
    base = at = 0
    for b in range(len(row.usual)):
        first, k = shape.block_ptr[b], shape.block_ptr[b + 1] - shape.block_ptr[b]
        rank = height = 0
        for place in range(first, first + k):
            d = shape.block_member[place]
            terms.touched[place] = row.alive[d] and row.level[d] > 0
            if terms.touched[place]:
                rank += 1
                height = max(height, row.level[d])
        terms.rank[b], terms.height[b] = rank, height
        if row.usual[b]:
            terms.y[1] += _usual(shape, row, first, k, pairs[at : at + k * k], terms)
        else:
            _reduce(shape, row, b, k, rank, terms, terms.table[base : base + ((2 + 2 * k) << rank)])
            _forward(shape, row, b, rank, height, terms, terms.table[base : base + (2 << rank)])
        base += (2 + 2 * k) << k
        at += k * k


@compiled
def _usual(shape: Shape, row: Row, first: int, k: int, pairs: Floats, terms: Terms) -> float:
    """A block nothing in the case speaks of: R[d, 0] the chance of each member, R[d, 1] what it adds as a cause."""
    causal = 0.0
    for j in range(k):
        causal += row.q[shape.block_member[first + j]] * pairs[j * k + j]
    for j in range(k):
        d = shape.block_member[first + j]
        both = 0.0
        for other in range(k):
            both += row.q[shape.block_member[first + other]] * pairs[j * k + other]
        terms.R[d, 0] = pairs[j * k + j]
        terms.R[d, 1] = both - pairs[j * k + j] * causal
    return causal


@compiled
def _reduce(shape: Shape, row: Row, b: int, k: int, rank: int, terms: Terms, table: Floats) -> None:
    """Weigh the states and sum the members out that no item touches.

    Rows of the table, each 2^rank states of the touched members: weight, causal weight; then, of each untouched member
    j at 2 + 2j, those of the states with it.
    """
    size, low = _weighted_states(shape, row, b, terms), 1 << (k - rank)
    x, q, first = terms.state_x, terms.state_q, shape.block_ptr[b]
    half = low
    for j in range(k - 1, -1, -1):
        if not terms.touched[first + j]:
            half >>= 1
            for at in range(1 << rank):
                left, right = at * low, at * low + half
                table[((2 + 2 * j) << rank) + at] = _fold(x[left : left + half], x[right : right + half])
                table[((3 + 2 * j) << rank) + at] = _fold(q[left : left + half], q[right : right + half])
    for at in range(size // low):
        table[at], table[(1 << rank) + at] = x[at * low], q[at * low]


@compiled
def _weighted_states(shape: Shape, row: Row, b: int, terms: Terms) -> int:
    """Weight and causal weight of every state; untouched members take the low bits, touched ones the high bits."""
    x, q, at = terms.state_x, terms.state_q, terms.state_at
    x[0], q[0], at[0] = 1.0, 0.0, 0
    size = 1
    first, last = shape.block_ptr[b], shape.block_ptr[b + 1]
    for touched in range(2):
        for place in range(first, last):
            if terms.touched[place] == (touched == 1):
                d, bit = shape.block_member[place], 1 << (place - first)
                own, factor = row.q[d], 1.0 if touched == 1 else row.x0[d]
                for u in range(size):
                    q[size + u] = q[u] + own
                    x[size + u] = x[u] * factor
                    at[size + u] = at[u] + bit
                size <<= 1
    states = row.states[shape.state_ptr[b] : shape.state_ptr[b + 1]]
    for u in range(size):
        x[u] *= states[at[u]]
        q[u] *= x[u]
    return size


@compiled
def _fold(left: Floats, right: Floats) -> float:
    """Add the states with a member to those without; returns the sum of those with."""
    total = 0.0
    for u in range(len(left)):
        total += right[u]
        left[u] += right[u]
    return total


@compiled
def _forward(shape: Shape, row: Row, b: int, rank: int, height: int, terms: Terms, table: Floats) -> None:
    """fac and causal of one block, into its level; products of the states' factors are kept."""
    size, states, low = 1 << height, 1 << rank, shape.state_ptr[b]
    products = terms.products[low : low + states, :size]
    products[0, :] = 1.0
    bit = 1
    for place in range(shape.block_ptr[b], shape.block_ptr[b + 1]):
        if terms.touched[place]:
            d = shape.block_member[place]
            column(row.x0[d], d, height, row, products[bit])
            for u in range(1, bit):
                _times(products[u], products[bit], products[bit + u])
            bit <<= 1
    total, causal = terms.inverse[b, :size], terms.causal[b, :size]
    total[:] = table[0]
    causal[:] = table[states]
    u = 1
    while u + 3 <= states:
        _add_three(table[u : u + 3], table[states + u : states + u + 3], products[u : u + 3], total, causal)
        u += 3
    while u < states:
        _add_one(table[u], table[states + u], products[u], total, causal)
        u += 1
    fac, y = terms.fac[size : 2 * size], terms.y[size : 2 * size]
    for t in range(size):
        fac[t] *= total[t]
        total[t] = 1 / total[t]
        causal[t] *= total[t]
        y[t] += causal[t]


@compiled
def _times(a: Floats, b: Floats, out: Floats) -> None:
    for t in range(len(out)):
        out[t] = a[t] * b[t]


@compiled
def _add_one(w: float, wq: float, product: Floats, total: Floats, causal: Floats) -> None:
    for t in range(len(total)):
        total[t] += w * product[t]
        causal[t] += wq * product[t]


@compiled
def _add_three(w: Floats, wq: Floats, product: Floats, total: Floats, causal: Floats) -> None:
    """Three states at a time: a third of the stores, which bound the loop."""
    w0, w1, w2, q0, q1, q2 = w[0], w[1], w[2], wq[0], wq[1], wq[2]
    one, two, three = product[0], product[1], product[2]
    for t in range(len(total)):
        total[t] += w0 * one[t] + w1 * two[t] + w2 * three[t]
        causal[t] += q0 * one[t] + q1 * two[t] + q2 * three[t]


@compiled
def family_marginals(shape: Shape, row: Row, terms: Terms, z: float, cause: Floats, present: Floats) -> None:
    """P(cause) and P(present) of every member of a block."""
    base = 0
    for b in range(len(row.usual)):
        first, k = shape.block_ptr[b], shape.block_ptr[b + 1] - shape.block_ptr[b]
        if row.usual[b]:
            _usual_marginals(shape, row, first, k, terms, z, cause, present)
        else:
            rank = terms.rank[b]
            _backward(b, rank, terms, shape.state_ptr[b])
            table = terms.table[base : base + ((2 + 2 * k) << rank)]
            _members(shape, row, b, rank, terms, table, 1 / z, cause, present)
        base += (2 + 2 * k) << k


@compiled
def _usual_marginals(
    shape: Shape, row: Row, first: int, k: int, terms: Terms, z: float, cause: Floats, present: Floats
) -> None:
    total = terms.s[1] / z
    for place in range(first, first + k):
        d = shape.block_member[place]
        cause[d] = unit(row.q[d] * terms.R[d, 0] * total) if row.alive[d] else 0.0
        present[d] = unit(terms.R[d, 0] + terms.R[d, 1] * total) if row.alive[d] else 0.0


@compiled
def _backward(b: int, rank: int, terms: Terms, low: int) -> None:
    """A and B of every state of the touched members."""
    size = 1 << terms.height[b]
    a, rest = terms.inverse[b, :size], terms.causal[b, :size]
    s, sy = terms.s[size : 2 * size], terms.sy[size : 2 * size]
    for t in range(size):
        rest[t] = (sy[t] - s[t] * rest[t]) * a[t]
        a[t] *= s[t]
    for u in range(1 << rank):
        terms.A[low + u], terms.B[low + u] = _dots(a, rest, terms.products[low + u, :size])


@compiled
def _dots(a: Floats, b: Floats, product: Floats) -> tuple[float, float]:
    one = two = 0.0
    for t in range(len(a)):
        one += a[t] * product[t]
        two += b[t] * product[t]
    return one, two


@compiled
def _members(
    shape: Shape,
    row: Row,
    b: int,
    rank: int,
    terms: Terms,
    table: Floats,
    scale: float,
    cause: Floats,
    present: Floats,
) -> None:
    bit, states, first, low = 1, 1 << rank, shape.block_ptr[b], shape.state_ptr[b]
    A, B = terms.A[low : low + states], terms.B[low : low + states]
    for j in range(shape.block_ptr[b + 1] - first):
        d = shape.block_member[first + j]
        caused = there = 0.0
        if terms.touched[first + j]:
            for u in range(states):
                held = 1.0 if u & bit else 0.0
                caused += held * table[u] * A[u]
                there += held * (table[u] * B[u] + table[states + u] * A[u])
            bit <<= 1
        else:
            at = (2 + 2 * j) << rank
            for u in range(states):
                caused += table[at + u] * A[u]
                there += table[at + u] * B[u] + table[at + states + u] * A[u]
        cause[d] = unit(row.q[d] * caused * scale) if row.alive[d] else 0.0
        present[d] = unit(there * scale) if row.alive[d] else 0.0


@compiled
def state_masses(shape: Shape, row: Row, terms: Terms, z: float, masses: Floats) -> None:
    """P(state) of every state of every block, from A and B of the state of its touched members."""
    for b in range(len(row.usual)):
        first, low = shape.block_ptr[b], shape.state_ptr[b]
        for state in range(shape.state_ptr[b + 1] - low):
            weight, rate, bit, u = row.states[low + state], 0.0, 1, 0
            for place in range(first, shape.block_ptr[b + 1]):
                inside = state >> (place - first) & 1
                d = shape.block_member[place]
                if terms.touched[place]:
                    u += bit * inside
                    bit <<= 1
                elif inside:
                    weight *= row.x0[d]
                rate += inside * row.q[d]
            masses[low + state] = weight * (terms.B[low + u] + rate * terms.A[low + u]) / z
