"""Unit: importing the package leaves matrix products on one thread, unless the operator said otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASKED = "import os, hickam; print(os.environ['OPENBLAS_NUM_THREADS'])"


@pytest.mark.parametrize(("said", "used"), [(None, "1"), ("4", "4")])
def test_products_stay_on_one_thread_unless_told_otherwise(said: str | None, used: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    if said:
        environment["OPENBLAS_NUM_THREADS"] = said
    done = subprocess.run([sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == used
