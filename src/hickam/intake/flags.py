"""What a token can be besides plainly said of the patient now, as bits: denied, feared, past, of a relative, asked."""

from __future__ import annotations

NEG, HYPO, PAST, FAMILY, COND, VOID, ASKED, LAPSED = 1, 2, 4, 8, 16, 32, 64, 128
