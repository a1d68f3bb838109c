"""LF-Tags: keys with the values that they may have. All of it is kept in lower case."""

from __future__ import annotations

import unicodedata
from typing import Any

from .catalog import check_catalog
from .pages import page_of
from .store import EntityNotFound, InvalidInput, Lake, ResourceNumberLimitExceeded

# https://docs.aws.amazon.com/general/latest/gr/lake-formation.html
MOST_KEYS = 1000
MOST_VALUES = 1000


def create_lf_tag(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Makes a key with its first values."""
    check_catalog(lake, request.get("CatalogId"))
    key, values = key_of(request), values_of(request, "TagValues")
    if key in lake.tags:
        raise InvalidInput(f"Tag key already exists: {key}")
    if len(lake.tags) >= MOST_KEYS:
        raise ResourceNumberLimitExceeded(f"There are {MOST_KEYS} LF-Tags already.")
    lake.tags[key] = values
    return {}


def update_lf_tag(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Adds and removes values, unless one is removed that some resource carries."""
    check_catalog(lake, request.get("CatalogId"))
    key = key_of(request)
    values = existing_values(lake, key)
    added, removed = values_of(request, "TagValuesToAdd"), values_of(request, "TagValuesToDelete")
    if not added and not removed:
        raise InvalidInput("No values to add or to delete were given.")
    for value in removed:
        if value not in values:
            raise EntityNotFound(f"LF-Tag {key} has no value {value}.")
        if any(assigned.get(key) == value for assigned in lake.assignments.values()):
            raise InvalidInput(f"Update not allowed. {key}={value} is assigned to a resource.")
    kept = [value for value in values if value not in removed]
    kept += [value for value in added if value not in kept]
    if len(kept) > MOST_VALUES:
        raise ResourceNumberLimitExceeded(f"LF-Tag {key} would have more than {MOST_VALUES} values.")
    if not kept:
        raise InvalidInput(f"LF-Tag {key} would have no values.")
    lake.tags[key] = kept
    return {}


def delete_lf_tag(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Deletes a key, wherever it is assigned, and with it all that is granted by it.

    https://docs.aws.amazon.com/lake-formation/latest/dg/TBAC-deleting-tags.html
    """
    check_catalog(lake, request.get("CatalogId"))
    key = key_of(request)
    existing_values(lake, key)
    del lake.tags[key]
    for assigned in lake.assignments.values():
        assigned.pop(key, None)
    lake.grants = [grant for grant in lake.grants if key not in keys_in(grant.resource)]
    return {}


def get_lf_tag(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Tells the values of a key."""
    check_catalog(lake, request.get("CatalogId"))
    key = key_of(request)
    return described(lake, key, existing_values(lake, key))


def list_lf_tags(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Lists all keys with their values."""
    check_catalog(lake, request.get("CatalogId"))
    if request.get("ResourceShareType") == "FOREIGN":
        return {"LFTags": []}
    return page_of(request, "LFTags", [described(lake, key, lake.tags[key]) for key in sorted(lake.tags)])


def described(lake: Lake, key: str, values: list[str]) -> dict[str, Any]:
    """Puts a key in the form of an answer."""
    return {"CatalogId": lake.account, "TagKey": key, "TagValues": values}


def existing_values(lake: Lake, key: str) -> list[str]:
    """Finds the values of a key."""
    if key not in lake.tags:
        raise EntityNotFound(f"Tag key does not exist: {key}")
    return lake.tags[key]


def check_pair(lake: Lake, key: str, value: str) -> None:
    """Refuses a key or a value that does not exist."""
    if value not in existing_values(lake, key):
        raise EntityNotFound(f"Tag value does not exist: {key}={value}")


def key_of(holder: dict[str, Any]) -> str:
    """Reads a key."""
    return in_lower_case(holder["TagKey"], "")


def values_of(holder: dict[str, Any], name: str) -> list[str]:
    """Reads values, of which none may be there twice."""
    values = [in_lower_case(value, "*") for value in holder.get(name) or []]
    if len(set(values)) != len(values):
        raise InvalidInput(f"{name} has a value twice.")
    return values


def in_lower_case(text: str, extra: str) -> str:
    """Refuses characters that neither keys nor values may have."""
    allowed = f"_.:/=+-@%{extra}"
    if not all(unicodedata.category(character)[0] in "LNZ" or character in allowed for character in text):
        raise InvalidInput(f"Invalid characters: {text}")
    return text.lower()


def keys_in(resource: dict[str, Any]) -> list[str]:
    """Tells the keys that a grant is made by."""
    if "LFTag" in resource:
        return [resource["LFTag"]["TagKey"]]
    return [part["TagKey"] for part in resource.get("LFTagPolicy", {}).get("Expression", [])]
