"""Words and structured answers to a case, with the words each finding came from."""

from hickam.intake.errors import IntakeError
from hickam.intake.leftover import suggest
from hickam.intake.reading import parse, understood_nothing
from hickam.intake.structured import case_from_json
from hickam.intake.vocabulary import Vocabulary, build_vocabulary, decode, encode

__all__ = [
    "IntakeError",
    "Vocabulary",
    "build_vocabulary",
    "case_from_json",
    "decode",
    "encode",
    "parse",
    "suggest",
    "understood_nothing",
]
