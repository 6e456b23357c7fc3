"""An operator's own language model behind an OpenAI-compatible endpoint: optional, off unless asked, never trusted.

``$HICKAM_LLM_URL`` is the endpoint up to and with /v1, ``$HICKAM_LLM_MODEL`` the model, ``$HICKAM_LLM_KEY`` a key if it
needs one. Whatever goes wrong, the answer is the one there was. The log says that a call was made, how it ended and how
long it took; no words.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import logging
import os
import time
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from hickam.answers.rewording import (
    Proposals,
    Reply,
    checked,
    checked_proposals,
    messages,
    proposal_messages,
)
from hickam.errors import HickamError
from hickam.intake.leftover import suggest
from hickam.model.answer import CitedAnswer
from hickam.model.case import Case
from hickam.services.knowledge import Knowledge

log = logging.getLogger("hickam.language_model")
T = TypeVar("T")
SECONDS = 20.0
"""For all attempts together."""
MOST_BYTES = 200_000
MOST_TOKENS = 2_000
MOST_SPANS = 8


@dataclass(frozen=True)
class Endpoint:
    """Where the model is. ``seconds``: for all attempts of one call together."""

    url: str
    model: str
    key: str = ""
    seconds: float = SECONDS


def configured_endpoint() -> Endpoint:
    """The endpoint of the environment; HickamError when it is missing or would send words over an open network."""
    url, model = os.environ.get("HICKAM_LLM_URL", "").rstrip("/"), os.environ.get("HICKAM_LLM_MODEL", "")
    if not url or not model:
        raise _refused(
            "no endpoint is set", "set HICKAM_LLM_URL (…/v1) and HICKAM_LLM_MODEL, or leave --language-model out"
        )
    if importlib.util.find_spec("httpx") is None:
        raise _refused("not installed: httpx", "run: pip install 'hickam[llm]'")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _refused(f"{parts.scheme or 'nothing'} is no web address", "give http://127.0.0.1:…/v1 or https://…/v1")
    if parts.scheme == "http" and not near(parts.hostname):
        raise _refused("plain http beyond this network", "use https, or a model on this machine or network")
    return Endpoint(url, model, os.environ.get("HICKAM_LLM_KEY", ""))


def _refused(what: str, fix: str) -> HickamError:
    why = "answers do not need a language model; with one, nothing may leave unseen"
    return HickamError(code="language-model", where="--language-model", what=what, why=why, fix=fix)


def near(host: str) -> bool:
    """This machine or a private network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".internal", ".lan"))


def reworded(answer: CitedAnswer, knowledge: Knowledge, endpoint: Endpoint) -> CitedAnswer:
    """The answer with the sentences that the model could put more plainly and that passed every check."""
    if answer.standing != "answered" or answer.urgent is not None:
        return answer
    reply = call(endpoint, messages(answer), Reply)
    if reply is None:
        return answer
    out = checked(answer, reply, knowledge.pack)
    kept = sum(s.reworded for s in (*out.short, *out.support))
    log.info("rewording: %d of %d sentences passed", kept, len(out.short) + len(out.support))
    return out


def proposed_findings(case: Case, knowledge: Knowledge, endpoint: Endpoint) -> list[tuple[str, str]]:
    """(words, name of a finding) for words intake did not understand: to be confirmed by a person, never counted."""
    pack, spans, named = knowledge.pack, [], []
    for span in case.not_understood[:MOST_SPANS]:
        found = {i: pack.findings[i].name for i in suggest(span.text, knowledge.vocabulary) if i in pack.findings}
        if found:
            spans.append(span.text)
            named.append(found)
    reply = call(endpoint, proposal_messages(spans, named), Proposals) if spans else None
    if reply is None:
        return []
    return [(text, pack.findings[name].name) for text, name in checked_proposals(reply, spans, list(named))]


def call(endpoint: Endpoint, chat: list[dict[str, str]], kind: type[T]) -> T | None:
    """One reply as ``kind``: by JSON Schema, else as a JSON object, else from plain text. None when nothing fits."""
    import httpx

    until = time.monotonic() + endpoint.seconds
    headers = {"authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    for name, shape in _rungs(kind):
        left = until - time.monotonic()
        if left <= 0:
            break
        start = time.monotonic()
        body = {"model": endpoint.model, "messages": chat, "temperature": 0, "max_tokens": MOST_TOKENS, **shape}
        try:
            content = _content(httpx, f"{endpoint.url}/chat/completions", body, headers, left)
            found = msgspec.json.decode(_json_in(content), type=kind)
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            ValueError,
            KeyError,
            IndexError,
            TypeError,
            RecursionError,
        ) as error:
            _note(name, type(error).__name__, start)
            continue
        _note(name, "ok", start)
        return found
    return None


def _rungs(kind: type[Any]) -> list[tuple[str, dict[str, Any]]]:
    schema = msgspec.json.schema(kind)
    described = {"name": kind.__name__, "schema": schema, "strict": False}
    return [
        ("json_schema", {"response_format": {"type": "json_schema", "json_schema": described}}),
        ("json_object", {"response_format": {"type": "json_object", "schema": schema}}),
        ("text", {}),
    ]


def _content(httpx: Any, url: str, body: dict[str, Any], headers: dict[str, str], seconds: float) -> str:
    """The text of the first choice. The whole reply has to arrive in time and within its limit; no redirects."""
    until = time.monotonic() + seconds
    parts: list[bytes] = []
    with httpx.stream("POST", url, json=body, headers=headers, timeout=seconds, follow_redirects=False) as response:
        if response.status_code != 200:
            raise ValueError("status")
        for part in response.iter_bytes():
            parts.append(part)
            if sum(map(len, parts)) > MOST_BYTES or time.monotonic() > until:
                raise ValueError("too much or too late")
    content = msgspec.json.decode(b"".join(parts))["choices"][0]["message"]["content"]
    if not isinstance(content, str):
        raise TypeError("content")
    return content


def _json_in(text: str) -> str:
    """The outermost object of a reply, out of fences and chatter."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise ValueError("no object")
    return text[start : end + 1]


def _note(rung: str, outcome: str, start: float) -> None:
    log.info("language model: %s, %s, %.0f ms", rung, outcome, 1000 * (time.monotonic() - start))
