"""The exact posterior of many cases, one case a loop, compiled with numba: what ``build_query`` and ``kernel`` define.

A case touches a few dozen of a pack's conditions, and no two cases touch the same. Compiled, each row visits its own
conditions and no others, and its tables stay in the nearest caches. Order of work, a module each:

    priors      own priors, who is possible, states of families moved by risk factors and known conditions
    findings    correlation groups, episode likelihoods, product forms of patient findings
    columns     the signed terms: conditions that stand alone
    families    the same for blocks of linked conditions
    rows        all of it for every row of a batch

Equations are those of the kernel, the names too. Inference notes 1.6, 1.8, 1.9, 2, 3 and 4.1. A row that needs more
exact items than ``rows.MOST_ITEMS``, or whose terms cancel beyond double precision, is marked and left to the kernel.
"""
