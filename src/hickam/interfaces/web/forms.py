"""What a page's form sent: the fields of an ``application/x-www-form-urlencoded`` body."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import Request

from hickam.interfaces.web.problems import ProblemError

MOST = 100


def form_of(request: Request) -> dict[str, list[str]]:
    """The values of each field. Raises ProblemError when there are more fields than any form here has."""
    text: str = request.state.body.decode("utf-8", "replace")
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=MOST)
    except ValueError:
        raise ProblemError(
            422, "bad-request", f"The form has more than {MOST} fields.", fix="use the form of the page"
        ) from None
