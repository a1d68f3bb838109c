"""What Lake Formation knows of the Data Catalog: which databases, tables and columns there are."""

from __future__ import annotations

from moto.glue.exceptions import DatabaseNotFoundException, TableNotFoundException
from moto.glue.models import FakeTable, GlueBackend, glue_backends

from .store import EntityNotFound, Lake


def check_catalog(lake: Lake, catalog: str | None) -> None:
    """Refuses the catalogs of other accounts, which nobody has here."""
    if catalog not in (None, lake.account):
        raise NotImplementedError(f"lakeformation: catalog {catalog} in account {lake.account}")


def glue_of(lake: Lake) -> GlueBackend:
    """Finds the Data Catalog."""
    glue: GlueBackend = glue_backends[lake.account][lake.region]
    return glue


def check_database(lake: Lake, database: str) -> None:
    """Refuses a database that does not exist."""
    try:
        glue_of(lake).get_database(database)
    except DatabaseNotFoundException as error:
        raise EntityNotFound(f"Database {database} not found.") from error


def table_of(lake: Lake, database: str, name: str) -> FakeTable:
    """Finds a table."""
    check_database(lake, database)
    try:
        table: FakeTable = glue_of(lake).get_table(database, name)
    except TableNotFoundException as error:
        raise EntityNotFound(f"Table {database}.{name} not found.") from error
    return table


def columns_of(lake: Lake, database: str, name: str) -> list[str]:
    """Tells the columns that a table has now, partition keys included."""
    table = table_of(lake, database, name).as_dict()
    columns = [*(table.get("StorageDescriptor") or {}).get("Columns", []), *table.get("PartitionKeys", [])]
    return [column["Name"] for column in columns]


def check_columns(lake: Lake, database: str, name: str, columns: list[str]) -> None:
    """Refuses columns that a table does not have."""
    absent = sorted(set(columns) - set(columns_of(lake, database, name)))
    if absent:
        raise EntityNotFound(f"Table {database}.{name} has no column {', '.join(absent)}.")
