"""Data cells filters: some columns of some rows of a table."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from .catalog import check_catalog, check_columns, columns_of
from .pages import page_of
from .resources import canonical_table, filter_name
from .store import AlreadyExists, EntityNotFound, InvalidInput, Lake

ALL_ROWS = "TRUE"
# https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html
KEYWORDS = {
    "AND",
    "AS",
    "BETWEEN",
    "CAST",
    "DATE",
    "ESCAPE",
    "FALSE",
    "IN",
    "IS",
    "LIKE",
    "MISSING",
    "NOT",
    "NULL",
    "OR",
    "TIME",
    "TIMESTAMP",
    "TRUE",
}
TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<quoted>"[^"]+")|(?P<word>[A-Za-z_][\w.]*)"""
    r"""|(?P<operator><=|>=|<>|!=|[-=<>(),+*/%]))"""
)


def create_data_cells_filter(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Makes a filter of a table."""
    data = checked(lake, request["TableData"])
    name = filter_name(data)
    if name in lake.filters:
        raise AlreadyExists(f"Data cells filter {'.'.join(name)} already exists.")
    lake.filters[name] = {**data, "VersionId": "1"}
    return {}


def update_data_cells_filter(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Replaces what a filter lets through."""
    data = checked(lake, request["TableData"])
    existing = find(lake, data)
    if request["TableData"].get("VersionId") not in (None, existing["VersionId"]):
        raise NotImplementedError("lakeformation: an update of a data cells filter of another version")
    lake.filters[filter_name(data)] = {**data, "VersionId": str(int(existing["VersionId"]) + 1)}
    return {}


def get_data_cells_filter(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Tells a filter."""
    check_catalog(lake, request["TableCatalogId"])
    return {"DataCellsFilter": find(lake, request)}


def delete_data_cells_filter(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Deletes a filter, and what is granted on it."""
    check_catalog(lake, request.get("TableCatalogId"))
    find(lake, request)
    forget_filters(lake, {filter_name(request)})
    return {}


def list_data_cells_filter(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Lists filters, all of them or those of a table."""
    filters = [lake.filters[name] for name in sorted(lake.filters)]
    if request.get("Table"):
        check_catalog(lake, request["Table"].get("CatalogId"))
        table = canonical_table(request["Table"])
        columns_of(lake, table["DatabaseName"], table["Name"])
        place = (table["DatabaseName"], table["Name"])
        filters = [each for each in filters if (each["DatabaseName"], each["TableName"]) == place]
    return page_of(request, "DataCellsFilters", filters)


def forget_filters(lake: Lake, names: set[tuple[str, str, str]]) -> None:
    """Removes filters, and what is granted on them."""

    def is_kept(resource: dict[str, Any]) -> bool:
        return "DataCellsFilter" not in resource or filter_name(resource["DataCellsFilter"]) not in names

    lake.filters = {name: each for name, each in lake.filters.items() if name not in names}
    lake.grants = [grant for grant in lake.grants if is_kept(grant.resource)]
    lake.opt_ins = [opt_in for opt_in in lake.opt_ins if is_kept(opt_in.resource)]


def find(lake: Lake, names: dict[str, Any]) -> dict[str, Any]:
    """Finds a filter."""
    name = filter_name(names)
    if name not in lake.filters:
        raise EntityNotFound(f"Data cells filter {'.'.join(name)} not found.")
    return lake.filters[name]


def checked(lake: Lake, data: dict[str, Any]) -> dict[str, Any]:
    """Refuses a filter that names what its table does not have."""
    check_catalog(lake, data["TableCatalogId"])
    database, table, columns = data["DatabaseName"], data["TableName"], data.get("ColumnNames")
    wildcard = data.get("ColumnWildcard")
    if bool(columns) == (wildcard is not None):
        raise InvalidInput("Either column names or a column wildcard has to be given.")
    check_columns(lake, database, table, columns or (wildcard or {}).get("ExcludedColumnNames") or [])
    rows = data.get("RowFilter") or {}
    if (rows.get("AllRowsWildcard") is not None) == bool(rows.get("FilterExpression")):
        raise InvalidInput("Either a row filter expression or a wildcard for all rows has to be given.")
    if rows.get("FilterExpression"):
        check_expression(rows["FilterExpression"], columns_of(lake, database, table))
    else:
        rows = {"FilterExpression": ALL_ROWS, "AllRowsWildcard": {}}
    result = {**{name: value for name, value in data.items() if value is not None}, "RowFilter": rows}
    if wildcard is not None:
        # told in the order of the alphabet, whatever the order of the request
        excluded = sorted(wildcard.get("ExcludedColumnNames") or [])
        result["ColumnWildcard"] = {"ExcludedColumnNames": excluded}
    return deepcopy(result)


def check_expression(expression: str, columns: list[str]) -> None:
    """Refuses an expression that is none, as far as its words tell, or that names columns that there are not."""
    names, depth, position = [], 0, 0
    text = expression.strip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise InvalidInput(f"Invalid row filter expression: {expression}")
        position = match.end()
        if match["word"] and match["word"].upper() not in KEYWORDS:
            names.append(match["word"])
        if match["quoted"]:
            names.append(match["quoted"][1:-1])
        depth += {"(": 1, ")": -1}.get(match["operator"] or "", 0)
        if depth < 0:
            break
    if depth != 0 or (not names and text.upper() not in ("TRUE", "FALSE")):
        raise InvalidInput(f"Invalid row filter expression: {expression}")
    known = {column.lower() for column in columns}
    absent = sorted({name for name in names if name.split(".")[0].lower() not in known})
    if absent:
        raise InvalidInput(f"The row filter expression names no column of the table: {', '.join(absent)}")
