"""Answers with lists page by page."""

from __future__ import annotations

from typing import Any

from .store import InvalidInput

DEFAULT_SIZE = 100


def page_of(request: dict[str, Any], name: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Cuts the page out of a list that a request asks for."""
    token = request.get("NextToken") or "0"
    if not token.isdecimal() or int(token) > len(items):
        raise InvalidInput("The NextToken is not one of this list.")
    start = int(token)
    end = start + (request.get("MaxResults") or DEFAULT_SIZE)
    return {name: items[start:end], **({"NextToken": str(end)} if end < len(items) else {})}
