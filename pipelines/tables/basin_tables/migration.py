"""Creates and changes tables in the catalog.

Every change of a table is one commit, which the Data Catalog takes only if nobody else has committed meanwhile. What
loses such a race, or dies before its commit, leaves a metadata file that no table refers to, and nothing else.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from pyiceberg.catalog import METADATA_LOCATION, TABLE_TYPE
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import CommitFailedException, NoSuchNamespaceError, NoSuchTableError, TableAlreadyExistsError
from pyiceberg.table import Table
from pyiceberg.table.metadata import new_table_metadata

from basin_tables.contract import Contract
from basin_tables.desired import FORMAT_VERSION, DesiredTable, desired_table
from basin_tables.evolution import DECLARE_ANOTHER
from basin_tables.plan import Plan, first_sort_order, first_spec, plan_changes
from basin_tables.problems import MigrationError, Refusal, RefusedChangesError

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
# doubled after every lost race, and spread, so that two runs do not meet again
FIRST_PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Target:
    """The table of a zone: where the catalog lists it, and the folder that its files are in."""

    zone: str
    database: str
    table: str
    location: str

    @property
    def identifier(self) -> tuple[str, str]:
        """As pyiceberg names tables."""
        return (self.database, self.table)

    @property
    def name(self) -> str:
        """As people name tables."""
        return f"{self.database}.{self.table}"


@dataclass(frozen=True)
class Outcome:
    """What was done about a table."""

    target: Target
    # "created", "changed" or "unchanged"
    outcome: str
    changes: tuple[str, ...]
    metadata_location: str


def migrate(catalog: GlueCatalog, contract: Contract, targets: Sequence[Target]) -> list[Outcome]:
    """Brings the tables of a dataset to what its contract says.

    All tables are judged before any is changed. Raises RefusedChangesError where the contract breaks one of them, and
    MigrationError where there is no database or others keep changing a table: both say what had been done by then.
    """
    desired = [(target, desired_table(contract, target.zone)) for target in targets]
    refusals = [refusal for target, table in desired for refusal in judge(catalog, target, table)]
    if refusals:
        raise RefusedChangesError(contract.dataset, refusals)
    outcomes: list[Outcome] = []
    for target, table in desired:
        try:
            outcome = bring(catalog, contract, target, table)
        except (RefusedChangesError, MigrationError) as error:
            raise error.behind([done.target.name for done in outcomes if done.outcome != "unchanged"]) from error
        logger.info("%s %s: %s", target.name, outcome.outcome, "; ".join(outcome.changes))
        outcomes.append(outcome)
    return outcomes


def judge(catalog: GlueCatalog, target: Target, desired: DesiredTable) -> list[Refusal]:
    """Lists what must not be done to a table."""
    refusals = foreign(catalog, target)
    if refusals:
        return refusals
    table = load(catalog, target)
    if table is None:
        return judge_creation(catalog, target, desired)
    version = table.metadata.format_version
    if version > FORMAT_VERSION:
        text = f"is {version}, which can be read here, but not written"
        return [Refusal(target.name, "format version", text, "Change the table with the engine that upgraded it.")]
    return refusals_of(target, table, plan_changes(table.metadata, desired))


def judge_creation(catalog: GlueCatalog, target: Target, desired: DesiredTable) -> list[Refusal]:
    """Lists what keeps a table from being created.

    Raises MigrationError where there is no database for it.
    """
    try:
        catalog.glue.get_database(Name=target.database)
    except catalog.glue.exceptions.EntityNotFoundException as error:
        raise without_database(target) from error
    # fails here, before another table is changed
    new_table_metadata(
        desired.schema, first_spec(desired), first_sort_order(desired), target.location, dict(desired.properties)
    )
    if not has_data(target.location):
        return []
    text = f"is in {target.location}, though the catalog lists no table there"
    remedy = "Register its newest metadata file, or move the folder away: what a new table does not know gets deleted."
    return [Refusal(target.name, "data", text, remedy)]


def has_data(location: str) -> bool:
    """Tells whether there are data files in the folder of a table."""
    bucket, _, folder = location.removeprefix("s3://").rstrip("/").partition("/")
    found = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"{folder}/data/", MaxKeys=1)
    return found["KeyCount"] > 0


def without_database(target: Target) -> MigrationError:
    """Says that a table's database is not there."""
    return MigrationError(
        f"{target.name} cannot be created: there is no database {target.database}. Deploy the domain's first."
    )


def foreign(catalog: GlueCatalog, target: Target) -> list[Refusal]:
    """Refuses to touch what the catalog lists under the table's name, but is no Iceberg table."""
    try:
        found = catalog.glue.get_table(DatabaseName=target.database, Name=target.table)["Table"]
    except catalog.glue.exceptions.EntityNotFoundException:
        return []
    parameters: dict[str, Any] = found.get("Parameters") or {}
    kind = parameters.get(TABLE_TYPE, "")
    if kind.lower() == "iceberg" and METADATA_LOCATION in parameters:
        return []
    what = found.get("TableType", "a table")
    text = f"is in the catalog, but no Iceberg table ({kind or what}, at {location_of(found)})"
    return [Refusal(target.name, "table", text, "Whoever made it has to remove or rename it: nothing is dropped here.")]


def location_of(found: dict[str, Any]) -> str:
    """Names the folder of a table of the catalog."""
    return found.get("StorageDescriptor", {}).get("Location") or "no location"


def load(catalog: GlueCatalog, target: Target) -> Table | None:
    """Loads a table with its metadata; None if the catalog has none of that name."""
    try:
        return catalog.load_table(target.identifier)
    except NoSuchTableError:
        return None


def refusals_of(target: Target, table: Table, plan: Plan) -> list[Refusal]:
    """Lists what a plan refuses, and a table that is somewhere else."""
    refusals = [Refusal(target.name, subject, text, remedy) for subject, text, remedy in plan.refused]
    was, wanted = table.location().rstrip("/"), target.location.rstrip("/")
    if was != wanted:
        text = f"was {was}, would be {wanted}: files do not move"
        refusals.append(Refusal(target.name, "location", text, f"{DECLARE_ANOTHER}."))
    return refusals


def bring(catalog: GlueCatalog, contract: Contract, target: Target, desired: DesiredTable) -> Outcome:
    """Creates a table, or commits what it lacks; loses a race a few times before it gives up."""
    lost: Exception | None = None
    for attempt in range(MAX_ATTEMPTS):
        if lost is not None:
            time.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1))
        try:
            return attempt_once(catalog, contract, target, desired)
        except (CommitFailedException, TableAlreadyExistsError) as error:
            lost = error
    text = f"{target.name} was changed by others in each of {MAX_ATTEMPTS} attempts. Run it again when they are done."
    raise MigrationError(text) from lost


def attempt_once(catalog: GlueCatalog, contract: Contract, target: Target, desired: DesiredTable) -> Outcome:
    """Creates a table, or changes the one that exists, of whose state nothing is assumed.

    Raises CommitFailedException or TableAlreadyExistsError where another run was faster.
    """
    table = load(catalog, target)
    if table is None:
        return create(catalog, target, desired)
    plan = plan_changes(table.metadata, desired)
    refusals = refusals_of(target, table, plan)
    if refusals:
        raise RefusedChangesError(contract.dataset, refusals)
    if not plan.updates:
        return Outcome(target, "unchanged", (), table.metadata_location)
    committed = catalog.commit_table(table, plan.requirements, plan.updates)
    changes = tuple(f"{subject} {text}" for subject, text in plan.changes)
    return Outcome(target, "changed", changes, committed.metadata_location)


def create(catalog: GlueCatalog, target: Target, desired: DesiredTable) -> Outcome:
    """Creates a table in its folder."""
    try:
        table = catalog.create_table(
            target.identifier,
            desired.schema,
            location=target.location,
            partition_spec=first_spec(desired),
            sort_order=first_sort_order(desired),
            # a copy: pyiceberg takes entries out of it
            properties=dict(desired.properties),
        )
    except NoSuchNamespaceError as error:
        raise without_database(target) from error
    return Outcome(target, "created", (), table.metadata_location)
