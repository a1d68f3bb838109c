"""LF-Tags on databases, tables and columns, which inherit them in this order."""

from __future__ import annotations

from typing import Any

from .catalog import check_catalog, check_columns, check_database, columns_of, table_of
from .store import EntityNotFound, InvalidInput, Lake, LakeFormationError, Place, ResourceNumberLimitExceeded
from .tags import check_pair, key_of, values_of

# https://docs.aws.amazon.com/general/latest/gr/lake-formation.html
MOST_TAGS = 50


def add_lf_tags_to_resource(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Assigns tags; one that cannot be assigned keeps no other from it, and is told."""
    check_catalog(lake, request.get("CatalogId"))
    places = places_of(lake, request["Resource"])
    attempts = [attempt(lake, places, pair) for pair in pairs_of(lake, request)]
    return {"Failures": [failed for failed in attempts if failed is not None]}


def remove_lf_tags_from_resource(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Takes tags from a resource that are its own."""
    check_catalog(lake, request.get("CatalogId"))
    places = places_of(lake, request["Resource"])
    failures = []
    for key, value in pairs_of(lake, request):
        if any(lake.assignments.get(place, {}).get(key) != value for place in places):
            error = EntityNotFound(f"{key}={value} is not assigned to the resource.")
            failures.append(failure(lake, (key, value), error))
            continue
        for place in places:
            del lake.assignments[place][key]
    return {"Failures": failures}


def get_resource_lf_tags(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Tells the tags of a resource and of those that it is in.

    Asked for what is assigned, tells for each of them what is its own; else what applies to it, inherited or not.
    """
    check_catalog(lake, request.get("CatalogId"))
    resource, assigned = request["Resource"], bool(request.get("ShowAssignedLFTags"))
    places = places_of(lake, resource)

    def on(place: Place) -> list[dict[str, Any]]:
        above = {} if assigned else {key: value for end in range(1, len(place)) for key, value in own(place[:end])}
        return described(lake, {**above, **dict(own(place))})

    def own(place: Place) -> list[tuple[str, str]]:
        return list(lake.assignments.get(place, {}).items())

    answer: dict[str, Any] = {"LFTagOnDatabase": on(places[0][:1])}
    if "Database" not in resource:
        answer["LFTagsOnTable"] = on(places[0][:2])
        columns = places if "TableWithColumns" in resource else columns_in(lake, places[0])
        shown = [{"Name": place[2], "LFTags": on(place)} for place in columns]
        answer["LFTagsOnColumns"] = [column for column in shown if column["LFTags"]]
    return {name: tags for name, tags in answer.items() if tags}


def columns_in(lake: Lake, table: Place) -> list[Place]:
    """Tells the places of a table's columns."""
    return [(*table, column) for column in columns_of(lake, *table)]


def places_of(lake: Lake, resource: dict[str, Any]) -> list[Place]:
    """Finds where tags of a request belong; they are one database, one table, or columns of one table."""
    if len(resource) != 1 or not {"Database", "Table", "TableWithColumns"} & set(resource):
        raise InvalidInput("LF-Tags are on one database, one table, or columns of one table.")
    ((kind, names),) = resource.items()
    check_catalog(lake, names.get("CatalogId"))
    if kind == "Database":
        check_database(lake, names["Name"])
        return [(names["Name"],)]
    if "TableWildcard" in names or not names.get("Name"):
        raise InvalidInput("Request is missing table name")
    database, table = names["DatabaseName"], names["Name"]
    if kind == "Table":
        table_of(lake, database, table)
        return [(database, table)]
    columns = names.get("ColumnNames") or []
    if not columns or "ColumnWildcard" in names:
        raise InvalidInput("LF-Tags are on columns that are named.")
    check_columns(lake, database, table, columns)
    return [(database, table, column) for column in columns]


def pairs_of(lake: Lake, request: dict[str, Any]) -> list[tuple[str, str]]:
    """Reads keys with one value each."""
    pairs = []
    for pair in request["LFTags"]:
        check_catalog(lake, pair.get("CatalogId"))
        values = values_of(pair, "TagValues")
        if len(values) != 1 or "*" in values:
            raise InvalidInput("Tag value wild card was found or input tag value list has size not equal to 1")
        pairs.append((key_of(pair), values[0]))
    if len({key for key, _ in pairs}) != len(pairs):
        raise InvalidInput("Provided list of tags contains duplicate tag key")
    return pairs


def attempt(lake: Lake, places: list[Place], pair: tuple[str, str]) -> dict[str, Any] | None:
    """Assigns a tag, or tells why not."""
    try:
        assign(lake, places, *pair)
    except LakeFormationError as error:
        return failure(lake, pair, error)
    return None


def assign(lake: Lake, places: list[Place], key: str, value: str) -> None:
    """Puts a tag on all places, in place of the value that its key has had there."""
    check_pair(lake, key, value)
    if any(len({*lake.assignments.get(place, {}), key}) > MOST_TAGS for place in places):
        raise ResourceNumberLimitExceeded(f"The resource has {MOST_TAGS} LF-Tags already.")
    for place in places:
        lake.assignments.setdefault(place, {})[key] = value


def failure(lake: Lake, pair: tuple[str, str], error: LakeFormationError) -> dict[str, Any]:
    """Tells what has become of one tag of several."""
    detail = {"ErrorCode": error.error_type, "ErrorMessage": error.message}
    return {"LFTag": described(lake, dict([pair]))[0], "Error": detail}


def described(lake: Lake, tags: dict[str, str]) -> list[dict[str, Any]]:
    """Puts tags in the form of an answer."""
    return [{"CatalogId": lake.account, "TagKey": key, "TagValues": [tags[key]]} for key in sorted(tags)]
