"""The claims index of a pack: built once with the pack, kept in the cache by content, vectors reused claim by claim."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections import Counter, OrderedDict
from functools import cached_property

import msgspec
import numpy as np

from hickam.answers.claims import Claim, collect
from hickam.answers.entities import Names, Parts, collect_names
from hickam.answers.kinds import ASKED, ELSEWHERE, EXAMPLES, Recogniser, cue_words, examples, fit
from hickam.answers.scope import Scope
from hickam.answers.scope import fit as fit_scope
from hickam.answers.search import Index, Vectors, claim_words, sought_texts, word_table
from hickam.intake.reading import parse
from hickam.knowledge.cache import cache_folder, cached, code_key, path_of
from hickam.knowledge.question_words import QuestionWords, read_question_words
from hickam.model.assessment import Assessment, Reader
from hickam.model.case import Case
from hickam.model.terms import parse_term
from hickam.services.assess import Options, assess
from hickam.services.embedding.model import SHA256, Embedder, model_file
from hickam.services.knowledge import Knowledge

REMEMBERED = 8
KEPT = 4
"""Older vector files that are looked through for claims that have not changed."""


class _Stored(msgspec.Struct, frozen=True):
    claims: tuple[Claim, ...]
    names: Names
    table: bytes
    cues: frozenset[str]
    treatments: dict[str, str]
    frequency: dict[str, int]


class ClaimsIndex:
    """Claims, names and search of one pack. Vectors are read, or built, only when a question needs them."""

    def __init__(self, knowledge: Knowledge, *, by_meaning: bool = True) -> None:
        self.knowledge = knowledge
        self._by_meaning = by_meaning
        self._assessed: OrderedDict[tuple[Case, Reader], Assessment] = OrderedDict()
        self._vector_of: OrderedDict[str, Vectors] = OrderedDict()
        self.key = hashlib.sha256(f"{knowledge.key}{code_key(('answers',))}".encode()).hexdigest()

    @cached_property
    def _stored(self) -> _Stored:
        return cached(self.key, "claims", self._build, lambda data: msgspec.msgpack.decode(data, type=_Stored))

    def _build(self) -> bytes:
        pack = self.knowledge.pack
        words, _ = read_question_words(self.knowledge.root)
        claims = collect(pack)
        names = collect_names(pack, (f"{c.text} {c.search}" for c in claims), words.words)
        return msgspec.msgpack.encode(
            _Stored(
                claims=claims,
                names=names,
                cues=cue_words(),
                table=word_table(claims),
                treatments=words.treatments,
                frequency=dict(Counter(word for claim in claims for word in claim_words(claim))),
            )
        )

    @property
    def names(self) -> Names:
        """All names of the pack's items."""
        return self._stored.names

    @cached_property
    def parts(self) -> Parts:
        """Words of names."""
        return Parts(self.names)

    @property
    def cues(self) -> frozenset[str]:
        """Words that only ask."""
        return self._stored.cues

    @cached_property
    def recogniser(self) -> Recogniser:
        """Tells kinds of question apart, fitted to the examples; by words alone without the model."""
        embed = self.embedder.vectors if self.embedder else None
        return cached(self._taught, "kinds", lambda: fit(examples(self.names), embed).dumps(), Recogniser.loads)

    def kinds(self, masked: str, folders: frozenset[str]) -> tuple[dict[str, float], dict[str, float]]:
        """How well each kind of question, and each field of the pack, fits, best first."""
        return self.recogniser.scores(masked, folders, self.vector(masked))

    @cached_property
    def _scope(self) -> Scope | None:
        """What this pack is about; None without the model."""
        if self.embedder is None:
            return None
        pack, names, embed = self.knowledge.pack, self.names, self.embedder.vectors
        return cached(self._taught, "scope", lambda: fit_scope(pack, names, embed).dumps(), Scope.loads)

    @cached_property
    def _taught(self) -> str:
        """Key of what is fitted to the examples, by the model or by words alone."""
        taught = b"".join(file.read_bytes() for file in (EXAMPLES, ASKED, ELSEWHERE))
        return hashlib.sha256(f"{self.key}{SHA256 if self.embedder else 'words'}".encode() + taught).hexdigest()

    def told(self, plain: str) -> tuple[str, ...]:
        """Findings that the question tells of, read as a story is; those of a drug are named by it."""
        read = parse(plain, self.knowledge.vocabulary).observations
        present = (o.finding for o in read if o.state == "present" and o.how != "implied")
        return tuple(f"findings/{name}" for name in dict.fromkeys(present) if name not in self._of_drugs)

    @cached_property
    def _of_drugs(self) -> frozenset[str]:
        return frozenset(factor for drug in self.knowledge.pack.drugs.values() for factor in drug.factors)

    def exposed(self, item: str) -> tuple[str, ...]:
        """Conditions whose exposure the finding or the drug is."""
        folder, _, name = item.partition("/")
        drug = self.knowledge.pack.drugs.get(name) if folder == "drugs" else None
        factors = {name} if folder == "findings" else set(drug.factors) if drug else set()
        return tuple(condition for factor in sorted(factors) for condition in self._exposed.get(factor, ()))

    @cached_property
    def _exposed(self) -> dict[str, list[str]]:
        """Risk factor -> conditions that only people with it have."""
        found: dict[str, list[str]] = {}
        for c in self.knowledge.pack.conditions.values():
            if c.exposure:
                found.setdefault(c.exposure.factor, []).append(f"conditions/{c.id}")
        return found

    def scope(self, plain: str) -> tuple[float, float]:
        """Signs of a question being about what this pack is about (``Scope.signs``); nil without the model."""
        vector = self.vector(plain)
        return (0.0, 0.0) if self._scope is None or vector is None else self._scope.signs(vector)

    def called(self, item: str) -> str:
        """The name of an item ('conditions/growing_pains') without what stands in brackets; '' for one of no name; what
        the 'pack' itself is about."""
        if item == "pack":
            return self.knowledge.pack.manifest.id.replace("_", " ")
        folder, _, name = item.partition("/")
        found = getattr(self.knowledge.pack, folder, {}).get(name)
        return str(getattr(found, "name", "")).split(" (")[0]

    @property
    def question_words(self) -> QuestionWords:
        """Which treatment covers which drug."""
        return QuestionWords(treatments=self._stored.treatments)

    @cached_property
    def index(self) -> Index:
        """The search over the claims."""
        return Index(self._stored.claims, self._stored.table, self._stored.frequency, self._vectors())

    @cached_property
    def embedder(self) -> Embedder | None:
        """The embedding model, or None: then words alone decide."""
        path = model_file() if self._by_meaning else None
        return Embedder(path) if path else None

    def vector(self, question: str) -> Vectors | None:
        """The question's vector, or None without the model; the last few are kept in memory."""
        if self.embedder is None:
            return None
        if question not in self._vector_of:
            self._vector_of[question] = self.embedder.vectors([question])[0]
            if len(self._vector_of) > REMEMBERED:
                self._vector_of.popitem(last=False)
        return self._vector_of[question]

    def assessed(self, case: Case, reader: Reader) -> Assessment:
        """The case without intervals, working and next steps; the last few are kept in memory, nowhere else."""
        key = (case, reader)
        if key not in self._assessed:
            options = Options(reader=reader, draws=0, explain=False, steps=0)
            self._assessed[key] = assess(self.knowledge, case, options)
            if len(self._assessed) > REMEMBERED:
                self._assessed.popitem(last=False)
        self._assessed.move_to_end(key)
        return self._assessed[key]

    @cached_property
    def danger_signs(self) -> frozenset[str]:
        """Symptoms and signs that can make a case urgent by themselves or in a red-flag rule; no risk factors."""
        pack = self.knowledge.pack
        terms = [t for r in pack.rules.values() if r.kind == "red_flag" for t in (*r.all, *r.any)]
        named = {parse_term(t).name for t in terms if parse_term(t).kind == "finding"}
        named |= {f.id for f in pack.findings.values() if f.floor or f.red_flag_screen}
        return frozenset(name for name in named if pack.findings[name].about != "risk")

    def build(self) -> Index:
        """All that a question needs, made where it is missing."""
        self.kinds("", frozenset())
        self.scope("")
        return self.index

    def built(self) -> bool:
        """Whether nothing is left to build."""
        made = ((self._content_key(), "vectors"), (self._taught, "kinds"), (self._taught, "scope"))
        return self.embedder is None or all(path_of(*one).exists() for one in made)

    def _content_key(self) -> str:
        return hashlib.sha256("\n".join([SHA256, *sought_texts(self._stored.claims)]).encode()).hexdigest()

    def _vectors(self) -> Vectors | None:
        if self.embedder is None:
            return None
        return cached(self._content_key(), "vectors", self._embed, _read)[1]

    def _embed(self) -> bytes:
        """Vectors of all sought claims; those an older file holds are taken from there."""
        assert self.embedder is not None
        texts = sought_texts(self._stored.claims)
        keys = [_text_key(text) for text in texts]
        known = _older()
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
        if missing:
            made = self.embedder.vectors([text for _, text in missing])
            known |= {key: row for (key, _), row in zip(missing, made, strict=True)}
        buffer = io.BytesIO()
        rows = np.array([known[key] for key in keys], np.float16)
        np.savez(buffer, model=np.array(SHA256), keys=np.array(keys), rows=rows)
        return buffer.getvalue()


def _text_key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _read(data: bytes) -> tuple[list[str], Vectors]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        if str(arrays["model"]) != SHA256:
            raise ValueError("vectors of another model")
        return arrays["keys"].tolist(), arrays["rows"].astype(np.float32)


def _older() -> dict[str, Vectors]:
    """Vectors of earlier builds by the hash of their text."""
    known: dict[str, Vectors] = {}
    with contextlib.suppress(OSError):
        files = sorted(cache_folder().glob("*.vectors"), key=lambda path: path.stat().st_mtime)[-KEPT:]
        for path in files:
            with contextlib.suppress(Exception):
                keys, rows = _read(path.read_bytes())
                known |= dict(zip(keys, rows, strict=True))
    return known
