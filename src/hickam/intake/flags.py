"""What a token can be besides plainly said of the patient now, as bits: denied, feared, past, a relative's, asked.

``OPINION`` is a diagnosis someone thinks of, ``DOUBT`` a fear that reaches risk factors too, ``FUTURE`` what is coming,
``CURED`` a disease in remission, ``LIKENED`` what the complaint is only compared with.
"""

from __future__ import annotations

NEG, HYPO, PAST, FAMILY, COND, VOID, ASKED, LAPSED = 1, 2, 4, 8, 16, 32, 64, 128
OPINION, DOUBT, FUTURE, CURED, LIKENED = 256, 512, 1024, 2048, 4096
