"""Blocks of linked conditions, each one variable of 2^k states, over the signed terms of one row.

A state's factor in a term depends on its touched members only: on its part a of 2^rank. With w_u the weight of state u
less that factor, w_u q_u its causal weight, W_a and C_a their sums over the states of part a, P_a(t) the factor:

    fac(t) = sum_a W_a P_a(t)       causal(t) = sum_a C_a P_a(t) / fac(t)
    A_a = sum_t s/fac P_a           B_a = sum_t s (y - causal)/fac P_a
    a state has the mass w_u B_a + w_u q_u A_a; a member is present with that of the states with it, and is the cause
    with its q times the sum of their w_u A_a
"""

from __future__ import annotations

from hickam.inference.compiled.columns import column, unit
from hickam.inference.compiled.jit import compiled
from hickam.inference.compiled.work import Row, Terms
from hickam.inference.flat import Shape
from hickam.inference.layout import Floats, Ints


@compiled
def weigh_families(shape: Shape, row: Row, pairs: Floats, terms: Terms) -> None:
    """Every block into the products and causal rates of its level; ``pairs``: see ``flat.Populations``."""
    at = room = 0
    for b in range(len(row.usual)):
        first, k, low = shape.block_ptr[b], shape.block_ptr[b + 1] - shape.block_ptr[b], shape.state_ptr[b]
        if row.usual[b]:
            terms.y[1] += _usual(shape, row, first, k, pairs[at : at + k * k], terms)
        else:
            touched, rank, height = _weigh_states(shape, row, b, terms)
            terms.touched[b], terms.rank[b], terms.height[b], terms.room[b] = touched, rank, height, room
            _reduce(k, touched, rank, terms, low)
            _forward(shape, row, b, touched, terms)
            room += 1 << (rank + height)
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
def _weigh_states(shape: Shape, row: Row, b: int, terms: Terms) -> tuple[int, int, int]:
    """Weight and causal weight of every state, less the factors of touched members; which state of the touched ones
    each belongs to. Returns the touched members as the bits of a state, their number, and the block's level."""
    first, low, high = shape.block_ptr[b], shape.state_ptr[b], shape.state_ptr[b + 1]
    w, wq, part = terms.w[low:high], terms.wq[low:high], terms.part[low:high]
    k = shape.block_ptr[b + 1] - first
    touched, rank, height, spoken_of = _touched(shape, row, first, k)
    wq[0], wq[1] = 0.0, row.q[shape.block_member[first]]
    for j in range(k % 2, k, 2):
        one, two = row.q[shape.block_member[first + j]], row.q[shape.block_member[first + j + 1]]
        size = 1 << j
        _shifted(one, two, wq[:size], wq[size : 2 * size], wq[2 * size : 3 * size], wq[3 * size :])
    if rank > 1:
        part[0], bit = 0, 1
        for j in range(k):
            inside = touched >> j & 1
            _numbered(bit * inside, part[: 1 << j], part[1 << j :])
            bit <<= inside
    _copy(row.states[low:high], w)
    for j in range(k):
        if spoken_of >> j & 1:
            _times_with(row.x0[shape.block_member[first + j]], j, w)
    _weigh(w, wq)
    return touched, rank, height


@compiled
def _weigh(w: Floats, q: Floats) -> None:
    """In place: told that in and out may be one array, the compiler does one state at a time."""
    for u in range(len(w)):
        q[u] *= w[u]


@compiled
def _touched(shape: Shape, row: Row, first: int, k: int) -> tuple[int, int, int, int]:
    """Members that items touch as the bits of a state, their number, the highest level; other members with evidence."""
    touched = rank = height = spoken_of = 0
    for j in range(k):
        d = shape.block_member[first + j]
        inside = 1 if row.level[d] > 0 else 0
        touched |= inside << j
        rank += inside
        height = max(height, row.level[d])
        spoken_of |= (1 if (inside == 0) & (row.x0[d] != 1.0) else 0) << j
    return touched, rank, height, spoken_of


@compiled
def _shifted(one: float, two: float, q: Floats, with_one: Floats, with_two: Floats, with_both: Floats) -> None:
    """Causal rates of states with two members more, from those without."""
    for u in range(len(q)):
        with_one[u] = q[u] + one
        with_two[u] = q[u] + two
        with_both[u] = q[u] + one + two


@compiled
def _numbered(bit: int, part: Ints, more: Ints) -> None:
    """Parts of states with one member more, from those without."""
    for u in range(len(part)):
        more[u] = part[u] + bit


@compiled
def _times_with(factor: float, j: int, w: Floats) -> None:
    """Weights times the factor of member j in the states with it."""
    for u in range(len(w)):
        w[u] *= factor if u >> j & 1 else 1.0


@compiled
def _reduce(k: int, touched: int, rank: int, terms: Terms, low: int) -> None:
    """Sum the members out that no item touches: weights and causal weights of the touched ones' states, into
    ``table`` and ``causes``."""
    table, causes, states = terms.table, terms.causes, 1 << k
    w, wq = terms.w[low : low + states], terms.wq[low : low + states]
    if rank < 2:
        table[0], table[1] = _halves(w, touched)
        causes[0], causes[1] = _halves(wq, touched)
        return
    _copy(w, table)
    _copy(wq, causes)
    copies = 1
    for j in range(k - 1, -1, -1):
        half = 1 << j
        if touched >> j & 1:
            copies *= 2
        else:
            _add_to(table[:half], table[half : 2 * half])
            _add_to(causes[:half], causes[half : 2 * half])
            for i in range(1, copies):
                at = 2 * i * half
                _sum(table[at : at + half], table[at + half : at + 2 * half], table[i * half : at])
                _sum(causes[at : at + half], causes[at + half : at + 2 * half], causes[i * half : at])


@compiled
def _halves(w: Floats, bit: int) -> tuple[float, float]:
    """Sums over the states without and with one member (``bit`` of a state; 0: all are without)."""
    without = with_it = 0.0
    for u in range(len(w)):
        without += 0.0 if u & bit else w[u]
        with_it += w[u] if u & bit else 0.0
    return without, with_it


@compiled
def _copy(these: Floats, into: Floats) -> None:
    for u in range(len(these)):
        into[u] = these[u]


@compiled
def _add_to(left: Floats, right: Floats) -> None:
    for u in range(len(left)):
        left[u] += right[u]


@compiled
def _sum(left: Floats, right: Floats, out: Floats) -> None:
    for u in range(len(left)):
        out[u] = left[u] + right[u]


@compiled
def _forward(shape: Shape, row: Row, b: int, touched: int, terms: Terms) -> None:
    """fac and causal of one block, into its level; products of the states' factors are kept."""
    height, states, room = terms.height[b], 1 << terms.rank[b], terms.room[b]
    size, table, causes, products = 1 << height, terms.table, terms.causes, terms.products
    bit, first = 1, shape.block_ptr[b]
    for j in range(shape.block_ptr[b + 1] - first):
        if touched >> j & 1:
            d, at = shape.block_member[first + j], room + bit * size
            column(row.x0[d], d, height, row, products[at : at + size])
            for u in range(1, bit):
                this, both = room + u * size, at + u * size
                _times(products[this : this + size], products[at : at + size], products[both : both + size])
            bit <<= 1
    total, causal = terms.inverse[b, :size], terms.causal[b, :size]
    total[:] = table[0]
    causal[:] = causes[0]
    u = 1
    while u + 3 <= states:
        at = room + u * size
        one, two, three = products[at : at + size], products[at + size : at + 2 * size], products[at + 2 * size :]
        _add_three(table[u : u + 3], causes[u : u + 3], one, two, three, total, causal)
        u += 3
    while u < states:
        at = room + u * size
        _add_one(table[u], causes[u], products[at : at + size], total, causal)
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
def _add_three(w: Floats, wq: Floats, one: Floats, two: Floats, three: Floats, total: Floats, causal: Floats) -> None:
    """Three states at a time: a third of the stores, which bound the loop."""
    w0, w1, w2, q0, q1, q2 = w[0], w[1], w[2], wq[0], wq[1], wq[2]
    for t in range(len(total)):
        total[t] += w0 * one[t] + w1 * two[t] + w2 * three[t]
        causal[t] += q0 * one[t] + q1 * two[t] + q2 * three[t]


@compiled
def family_marginals(shape: Shape, row: Row, terms: Terms, z: float, cause: Floats, present: Floats) -> None:
    """P(cause) and P(present) of every member of a block."""
    for b in range(len(row.usual)):
        first, k = shape.block_ptr[b], shape.block_ptr[b + 1] - shape.block_ptr[b]
        if row.usual[b]:
            _usual_marginals(shape, row, first, k, terms, z, cause, present)
        else:
            _backward(b, terms)
            _members(shape, row, b, terms, 1 / z, cause, present)


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
def _backward(b: int, terms: Terms) -> None:
    """A and B of every state of the touched members."""
    size, room = 1 << terms.height[b], terms.room[b]
    a, rest = terms.inverse[b, :size], terms.causal[b, :size]
    s, sy = terms.s[size : 2 * size], terms.sy[size : 2 * size]
    A = B = 0.0
    for t in range(size):
        left = (sy[t] - s[t] * rest[t]) * a[t]
        rest[t] = left
        a[t] *= s[t]
        A += a[t]
        B += left
    terms.A[0], terms.B[0] = A, B
    for u in range(1, 1 << terms.rank[b]):
        at = room + u * size
        terms.A[u], terms.B[u] = _dots(a, rest, terms.products[at : at + size])


@compiled
def _dots(a: Floats, b: Floats, product: Floats) -> tuple[float, float]:
    one = two = 0.0
    for t in range(len(a)):
        one += a[t] * product[t]
        two += b[t] * product[t]
    return one, two


@compiled
def _members(shape: Shape, row: Row, b: int, terms: Terms, scale: float, cause: Floats, present: Floats) -> None:
    """Masses of all states, then the sum over those with each member, the last member first."""
    first, low, high = shape.block_ptr[b], shape.state_ptr[b], shape.state_ptr[b + 1]
    w, wq, A, B = terms.w[low:high], terms.wq[low:high], terms.A, terms.B
    there, caused, table = terms.there[low:high], terms.caused, terms.table
    if terms.rank[b] > 1:
        _spread(w, wq, terms.part[low:high], A, B, there, caused)
    else:
        bit = terms.touched[b]
        _scale(w, wq, bit, A[0], B[0], A[1] if bit else 0.0, B[1] if bit else 0.0, there, caused)
    _copy(there, table)
    j = shape.block_ptr[b + 1] - first - 1
    while j > 0:
        one, two, end = shape.block_member[first + j - 1], shape.block_member[first + j], 2 << j
        c, p = _fold(caused[:end]), _fold(table[:end])
        cause[one], cause[two] = unit(row.q[one] * c[0] * scale), unit(row.q[two] * c[1] * scale)
        present[one], present[two] = unit(p[0] * scale), unit(p[1] * scale)
        j -= 2
    if j == 0:
        d = shape.block_member[first]
        cause[d], present[d] = unit(row.q[d] * caused[1] * scale), unit(table[1] * scale)


@compiled
def _spread(w: Floats, wq: Floats, part: Ints, A: Floats, B: Floats, there: Floats, caused: Floats) -> None:
    for u in range(len(w)):
        a, b = A[part[u]], B[part[u]]
        caused[u] = w[u] * a
        there[u] = w[u] * b + wq[u] * a


@compiled
def _scale(
    w: Floats, wq: Floats, bit: int, a0: float, b0: float, a1: float, b1: float, there: Floats, caused: Floats
) -> None:
    """The same with one touched member (``bit``) or none."""
    for u in range(len(w)):
        a, b = (a1, b1) if u & bit else (a0, b0)
        caused[u] = w[u] * a
        there[u] = w[u] * b + wq[u] * a


@compiled
def _fold(masses: Floats) -> tuple[float, float]:
    """Add the states with either of the last two members to those with neither; returns the sums of those with the
    last but one, and with the last."""
    quarter = len(masses) >> 2
    neither, one = masses[:quarter], masses[quarter : 2 * quarter]
    two, both = masses[2 * quarter : 3 * quarter], masses[3 * quarter :]
    x = y = 0.0
    for u in range(quarter):
        x += one[u] + both[u]
        y += two[u] + both[u]
        neither[u] += one[u] + two[u] + both[u]
    return x, y


@compiled
def state_masses(terms: Terms, z: float, masses: Floats) -> None:
    """P(state) of every state of every block."""
    for u in range(len(masses)):
        masses[u] = terms.there[u] / z
