"""Sentences to vectors: all-MiniLM-L6-v2 with int8 weights on onnxruntime. Optional: the extra ``hickam[answers]``."""
