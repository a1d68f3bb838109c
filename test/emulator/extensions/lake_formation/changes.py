"""Follows the Data Catalog: grants what the settings say for all that is new, forgets what belongs to all that goes."""

from __future__ import annotations

from typing import Any

from moto.glue.models import GlueBackend
from moto.lakeformation.models import lakeformation_backends

from .catalog import columns_of
from .filters import forget_filters
from .grants import as_listed
from .resources import place_in_catalog
from .store import Lake, Place, lake_of


def install() -> None:
    """Goes behind the Data Catalog's operations."""
    create_database, delete_database = GlueBackend.create_database, GlueBackend.delete_database
    create_table, delete_table = GlueBackend.create_table, GlueBackend.delete_table
    update_table = GlueBackend.update_table

    def create_database_with_defaults(self: GlueBackend, *arguments: Any, **named: Any) -> Any:
        database = create_database(self, *arguments, **named)
        lake = lake_behind(self)
        of_tables = lake.settings.get("CreateTableDefaultPermissions") or []
        database.input = {"CreateTableDefaultPermissions": of_tables, **database.input}
        resource = {"Database": {"CatalogId": lake.account, "Name": database.name}}
        grant_defaults(lake, resource, lake.settings.get("CreateDatabaseDefaultPermissions"))
        return database

    def create_table_with_defaults(self: GlueBackend, database_name: str, *arguments: Any, **named: Any) -> Any:
        table = create_table(self, database_name, *arguments, **named)
        lake = lake_behind(self)
        defaults = self.get_database(database_name).input.get("CreateTableDefaultPermissions")
        resource = {"Table": {"CatalogId": lake.account, "DatabaseName": database_name, "Name": table.name}}
        grant_defaults(lake, resource, defaults)
        return table

    def update_table_with_columns(self: GlueBackend, database_name: str, table_name: str, *arguments: Any) -> None:
        update_table(self, database_name, table_name, *arguments)
        lake = lake_behind(self)
        columns = columns_of(lake, database_name, table_name)
        for place in [place for place in lake.assignments if place[:2] == (database_name, table_name)]:
            if place[2:] and place[2] not in columns:
                del lake.assignments[place]

    def delete_database_with_all(self: GlueBackend, database_name: str) -> None:
        delete_database(self, database_name)
        forget(lake_behind(self), (database_name,))

    def delete_table_with_all(self: GlueBackend, database_name: str, table_name: str) -> None:
        delete_table(self, database_name, table_name)
        forget(lake_behind(self), (database_name, table_name))

    GlueBackend.create_database = create_database_with_defaults
    GlueBackend.create_table = create_table_with_defaults
    GlueBackend.update_table = update_table_with_columns
    GlueBackend.delete_database = delete_database_with_all
    GlueBackend.delete_table = delete_table_with_all


def lake_behind(glue: GlueBackend) -> Lake:
    """Finds the lake of a Data Catalog."""
    return lake_of(lakeformation_backends[glue.account_id][glue.region_name])


def grant_defaults(lake: Lake, resource: dict[str, Any], defaults: list[dict[str, Any]] | None) -> None:
    """Grants what the settings say for everything new."""
    for default in defaults or []:
        principal, permissions = default["Principal"]["DataLakePrincipalIdentifier"], default["Permissions"]
        if permissions:
            lake.grants.extend(as_listed(principal, resource, permissions, []))


def forget(lake: Lake, place: Place) -> None:
    """Removes what is on a place, and on all that is in it."""

    def is_kept(other: Place) -> bool:
        return other[: len(place)] != place

    lake.assignments = {each: tags for each, tags in lake.assignments.items() if is_kept(each)}
    lake.grants = [grant for grant in lake.grants if is_kept(place_in_catalog(grant.resource))]
    lake.opt_ins = [opt_in for opt_in in lake.opt_ins if is_kept(place_in_catalog(opt_in.resource))]
    forget_filters(lake, {name for name in lake.filters if not is_kept(name)})
