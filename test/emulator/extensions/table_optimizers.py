"""Keeps the optimizers of Iceberg tables, which moto does not have: settings, for nothing here optimizes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.glue.exceptions import EntityNotFoundException, GlueClientError
from moto.glue.models import FakeTable
from moto.glue.responses import GlueResponse

TYPES = ("compaction", "retention", "orphan_file_deletion")


class InvalidInputException(GlueClientError):
    """An optimizer is not one that a table can have."""

    def __init__(self, message: str) -> None:
        """Says why not."""
        super().__init__("InvalidInputException", message)


class OptimizerExists(GlueClientError):
    """A table has an optimizer of this type already."""

    def __init__(self, kind: str) -> None:
        """Names the type."""
        super().__init__("AlreadyExistsException", f"Table optimizer of type {kind} already exists.")


def install() -> None:
    """Adds the operations to the Data Catalog."""
    GlueResponse.create_table_optimizer = create_table_optimizer
    GlueResponse.get_table_optimizer = get_table_optimizer
    GlueResponse.update_table_optimizer = update_table_optimizer
    GlueResponse.delete_table_optimizer = delete_table_optimizer


def create_table_optimizer(self: GlueResponse) -> ActionResult:
    """Gives a table an optimizer, unless it has one of the type."""
    kind, optimizers = kind_of(self), optimizers_of(self)
    if kind in optimizers:
        raise OptimizerExists(kind)
    optimizers[kind] = configuration_of(self)
    return EmptyResult()


def get_table_optimizer(self: GlueResponse) -> ActionResult:
    """Tells the optimizer of a table."""
    kind = kind_of(self)
    configuration = found(optimizers_of(self), kind)
    return ActionResult(
        {
            **{name: self.parameters[name] for name in ("CatalogId", "DatabaseName", "TableName")},
            "TableOptimizer": {"type": kind, "configuration": deepcopy(configuration), "configurationSource": "table"},
        }
    )


def update_table_optimizer(self: GlueResponse) -> ActionResult:
    """Replaces the settings of an optimizer."""
    kind, optimizers = kind_of(self), optimizers_of(self)
    found(optimizers, kind)
    optimizers[kind] = configuration_of(self)
    return EmptyResult()


def delete_table_optimizer(self: GlueResponse) -> ActionResult:
    """Takes an optimizer from its table."""
    kind, optimizers = kind_of(self), optimizers_of(self)
    found(optimizers, kind)
    del optimizers[kind]
    return EmptyResult()


def kind_of(response: GlueResponse) -> str:
    """Reads the type of optimizer that a request is about."""
    kind = response.parameters["Type"]
    if kind not in TYPES:
        raise InvalidInputException(f"Unknown type of table optimizer: {kind}.")
    return kind


def optimizers_of(response: GlueResponse) -> dict[str, Any]:
    """Finds the optimizers of a table, which end with it."""
    account, catalog = response.current_account, response.parameters["CatalogId"]
    if catalog != account:
        raise NotImplementedError(f"glue: catalog {catalog} in account {account}")
    table: FakeTable = response.glue_backend.get_table(
        response.parameters["DatabaseName"], response.parameters["TableName"]
    )
    parameters = table.as_dict().get("Parameters") or {}
    if parameters.get("table_type", "").upper() != "ICEBERG":
        raise InvalidInputException(f"Table {table.name} is not an Iceberg table.")
    if not hasattr(table, "basin_optimizers"):
        table.basin_optimizers = {}
    return table.basin_optimizers


def configuration_of(response: GlueResponse) -> dict[str, Any]:
    """Reads the settings of a request, which have to be those of its type."""
    configuration, kind = response.parameters["TableOptimizerConfiguration"], kind_of(response)
    own = {"retention": "retentionConfiguration", "orphan_file_deletion": "orphanFileDeletionConfiguration"}
    others = {"compactionConfiguration", *own.values()} - {own.get(kind, "compactionConfiguration")}
    if others & set(configuration):
        raise InvalidInputException(f"{', '.join(sorted(others & set(configuration)))} is not for {kind}.")
    return deepcopy(configuration)


def found(optimizers: dict[str, Any], kind: str) -> Any:
    """Finds the settings of an optimizer."""
    if kind not in optimizers:
        raise EntityNotFoundException(f"Table optimizer of type {kind} not found.")
    return optimizers[kind]
