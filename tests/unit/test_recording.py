"""Recording error: how far a finding noted by mistake weakens what it says."""

from __future__ import annotations

import msgspec
import pytest
from builders import categorical, condition, pack, yes_no

from hickam.knowledge.recording import LEAST, with_recording_error
from hickam.model.pack import Pack


def noisy(background: float, sensitivity: float, about: str = "patient") -> tuple[float, float]:
    """Background and sensitivity of one sign with an error of 1.5 %."""
    plain = pack([condition("a", findings={"sign": sensitivity})], [yes_no("sign", about, background)])
    mixed = with_recording_error(with_errors(plain))
    return mixed.findings["sign"].background[0].best, mixed.conditions["a"].findings[0].as_number().best


def with_errors(plain: Pack) -> Pack:
    manifest = msgspec.structs.replace(plain.manifest, recording_error={"history": 0.015})
    return msgspec.structs.replace(plain, manifest=manifest)


@pytest.mark.parametrize(
    ("background", "error"), [(0.2, 0.015), (0.015, 0.015), (0.006, 0.006), (0.002, LEAST), (0.0001, LEAST)]
)
def test_a_rare_sign_is_rarely_noted_by_mistake(background: float, error: float) -> None:
    leak, sensitivity = noisy(background, 0.6)
    assert leak == pytest.approx(1 - (1 - error) * (1 - background))
    assert (1 - sensitivity) / (1 - leak) == pytest.approx((1 - 0.6) / (1 - background)), "the link stays as it was"


def test_an_episode_feature_moves_towards_what_is_usual() -> None:
    usual, stated = noisy(0.001, 0.8, "episode")
    assert usual == 0.001
    assert stated == pytest.approx(0.985 * 0.8 + 0.015 * 0.001)


def test_shares_move_towards_the_background() -> None:
    plain = pack(
        [condition("a", findings={"quality": {"cramp": 1.0, "ache": 0.0}})],
        [categorical("quality", {"cramp": 0.4, "ache": 0.6})],
    )
    (mixed,) = with_recording_error(with_errors(plain)).conditions["a"].findings
    assert mixed.shares == pytest.approx({"cramp": 0.985 + 0.015 * 0.4, "ache": 0.015 * 0.6})
    assert with_recording_error(plain) is plain
