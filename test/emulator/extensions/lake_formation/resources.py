"""Resources of requests, in the one form in which they are kept, compared and listed."""

from __future__ import annotations

from typing import Any

from . import locations
from .catalog import check_catalog, check_columns, check_database, table_of
from .store import EntityNotFound, InvalidInput, Lake
from .tags import check_pair, key_of, values_of

ALL_TABLES = "ALL_TABLES"


def canonical(lake: Lake, resource: dict[str, Any]) -> dict[str, Any]:
    """Brings a resource into the form that two names of one resource have in common."""
    kinds = [kind for kind, names in resource.items() if names is not None]
    if len(kinds) != 1:
        raise InvalidInput("Resource must have exactly one field populated.")
    kind, names = kinds[0], resource[kinds[0]]
    if kind not in CANONICAL:
        raise NotImplementedError(f"lakeformation: {kind} as a resource")
    catalog = "TableCatalogId" if kind == "DataCellsFilter" else "Id" if kind == "Catalog" else "CatalogId"
    check_catalog(lake, names.get(catalog))
    form = CANONICAL[kind](names)
    return {kind: form if kind == "Catalog" else {catalog: lake.account, **form}}


def canonical_table(names: dict[str, Any]) -> dict[str, Any]:
    """Names one table, or all of a database."""
    if ("TableWildcard" in names) == bool(names.get("Name")):
        raise InvalidInput("Either a table name or a table wildcard has to be given.")
    if "TableWildcard" in names:
        return {"DatabaseName": names["DatabaseName"], "Name": ALL_TABLES, "TableWildcard": {}}
    return {"DatabaseName": names["DatabaseName"], "Name": names["Name"]}


def canonical_columns(names: dict[str, Any]) -> dict[str, Any]:
    """Names columns of a table, or all but some."""
    columns, wildcard = names.get("ColumnNames"), names.get("ColumnWildcard")
    if bool(columns) == (wildcard is not None):
        raise InvalidInput("Either column names or a column wildcard has to be given.")
    table = {"DatabaseName": names["DatabaseName"], "Name": names["Name"]}
    if columns:
        return {**table, "ColumnNames": sorted(set(columns))}
    excluded = sorted(set((wildcard or {}).get("ExcludedColumnNames") or []))
    return {**table, "ColumnWildcard": {"ExcludedColumnNames": excluded} if excluded else {}}


def canonical_policy(names: dict[str, Any]) -> dict[str, Any]:
    """Names all that carries one of the values of each key."""
    if names.get("ExpressionName"):
        raise NotImplementedError("lakeformation: named LF-Tag expressions")
    if not names.get("Expression"):
        raise InvalidInput("An LF-Tag policy needs an expression.")
    parts = [canonical_key(part) for part in names["Expression"]]
    keys = [part["TagKey"] for part in parts]
    if len(set(keys)) != len(keys):
        raise InvalidInput("An LF-Tag expression has a key twice.")
    return {"ResourceType": names["ResourceType"], "Expression": sorted(parts, key=lambda part: part["TagKey"])}


def canonical_key(names: dict[str, Any]) -> dict[str, Any]:
    """Names a key with some of its values, or all."""
    return {"TagKey": key_of(names), "TagValues": sorted(values_of(names, "TagValues"))}


def canonical_filter(names: dict[str, Any]) -> dict[str, Any]:
    """Names a filter of a table."""
    try:
        return {name: names[name] for name in ("DatabaseName", "TableName", "Name")}
    except KeyError as error:
        raise InvalidInput(f"A data cells filter needs a {error.args[0]}.") from error


CANONICAL = {
    "Catalog": lambda _: {},
    "Database": lambda names: {"Name": names["Name"]},
    "Table": canonical_table,
    "TableWithColumns": canonical_columns,
    "DataLocation": lambda names: {"ResourceArn": names["ResourceArn"]},
    "DataCellsFilter": canonical_filter,
    "LFTag": canonical_key,
    "LFTagPolicy": canonical_policy,
}


def check_exists(lake: Lake, resource: dict[str, Any]) -> None:
    """Refuses a resource, in its canonical form, that there is not."""
    ((kind, names),) = resource.items()
    check_in_catalog(lake, resource)
    if kind in ("LFTag", "LFTagPolicy"):
        for part in names.get("Expression", [names]):
            for value in part["TagValues"]:
                check_part(lake, part["TagKey"], value)


def check_in_catalog(lake: Lake, resource: dict[str, Any]) -> None:
    """Refuses a database, a table or what belongs to one that there is not, and a location that is not registered."""
    ((kind, names),) = resource.items()
    if kind == "Database":
        check_database(lake, names["Name"])
    elif kind in ("Table", "TableWithColumns") and names["Name"] == ALL_TABLES:
        check_database(lake, names["DatabaseName"])
    elif kind == "Table":
        table_of(lake, names["DatabaseName"], names["Name"])
    elif kind == "TableWithColumns":
        columns = names.get("ColumnNames") or names["ColumnWildcard"].get("ExcludedColumnNames", [])
        check_columns(lake, names["DatabaseName"], names["Name"], columns)
    elif kind == "DataLocation" and not locations.covers(lake, names["ResourceArn"]):
        raise InvalidInput(f"Please register the S3 path {names['ResourceArn']} before its permissions are changed.")
    elif kind == "DataCellsFilter":
        table_of(lake, names["DatabaseName"], names["TableName"])
        if filter_name(names) not in lake.filters:
            raise EntityNotFound(f"Data cells filter {'.'.join(filter_name(names))} not found.")


def check_part(lake: Lake, key: str, value: str) -> None:
    """Refuses a key or value that there is not; a star stands for every value."""
    if value != "*":
        check_pair(lake, key, value)
    elif key not in lake.tags:
        raise EntityNotFound(f"Tag key does not exist: {key}")


def filter_name(names: dict[str, Any]) -> tuple[str, str, str]:
    """Names a filter."""
    return names["DatabaseName"], names["TableName"], names["Name"]


def place_in_catalog(resource: dict[str, Any]) -> tuple[str, ...]:
    """Tells the database and table that a resource is, or is of; nothing where it is neither."""
    ((kind, names),) = resource.items()
    if kind == "Database":
        return (names["Name"],)
    if kind in ("Table", "TableWithColumns"):
        return (names["DatabaseName"],) if names["Name"] == ALL_TABLES else (names["DatabaseName"], names["Name"])
    return (names["DatabaseName"], names["TableName"]) if kind == "DataCellsFilter" else ()
