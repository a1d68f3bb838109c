"""The Lambda function. Terraform calls it with `aws_lambda_invocation`: an error of it fails the apply.

Its input is a contract, and the tables of the dataset by zone:

    {
      "contract": {"contractVersion": 1, "name": "orders", ...},
      "tables": [{"zone": "raw", "database": "...", "table": "orders", "location": "s3://.../sales/orders"}]
    }

It is called when the contract is new or another one. When the call is removed nothing is called, and tables stay.
"""

from __future__ import annotations

import re
from typing import Any

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.io import PY_IO_IMPL

from basin_tables.contract import read_contract
from basin_tables.desired import ZONES
from basin_tables.migration import Outcome, Target, migrate
from basin_tables.problems import InvalidInputError, Problem

# https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
CATALOG_NAME = re.compile(r"[a-z0-9_]{1,255}")
# a folder of a bucket: a table at its root would share it with all others
LOCATION = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^/\s](\S*[^/\s])?/?")


def handle(event: Any, context: object) -> dict[str, Any]:
    """Brings the tables of a dataset to what its contract says, and tells what was done.

    Raises InvalidInputError, RefusedChangesError or MigrationError, whose messages are for whoever applies.
    """
    targets = read_targets(event)
    contract = read_contract(contract_of(event))
    outcomes = migrate(open_catalog(), contract, targets)
    return {"dataset": contract.dataset, "tables": [as_json(outcome) for outcome in outcomes]}


def open_catalog(**properties: str) -> GlueCatalog:
    """Opens the Data Catalog of the account. Addresses and credentials are those of the environment."""
    # without it pyiceberg would try pyarrow first, which is not in the bundle
    return GlueCatalog("glue", **{PY_IO_IMPL: "pyiceberg.io.fsspec.FsspecFileIO", **properties})


def read_targets(event: Any) -> list[Target]:
    """Reads which tables there are.

    Raises InvalidInputError that lists everything about them that cannot be used.
    """
    problems: list[Problem] = []
    items = event.get("tables") if isinstance(event, dict) else None
    if not isinstance(items, list) or not items:
        problems.append(Problem("tables", items, "a list of 1 or more", "Name the table of each zone."))
        items = []
    targets = [read_target(f"tables[{index}]", item, problems) for index, item in enumerate(items)]
    for index, target in enumerate(targets):
        if target.identifier in [earlier.identifier for earlier in targets[:index]]:
            problems.append(Problem(f"tables[{index}]", target.name, "another table than before", "Name each once."))
        if any(within(target.location, earlier.location) for earlier in targets[:index]):
            limit = "a folder that neither holds another table's nor is in it"
            problems.append(Problem(f"tables[{index}].location", target.location, limit, "Give each table its own."))
    if problems:
        raise InvalidInputError("The input", problems)
    return targets


def read_target(path: str, item: Any, problems: list[Problem]) -> Target:
    """Reads where a table is, and adds what is wrong with that to `problems`."""
    fields = item if isinstance(item, dict) else {}

    def read(name: str, is_valid: bool, limit: str) -> str:
        value = fields.get(name)
        if not is_valid:
            problems.append(Problem(f"{path}.{name}", value, limit, "Correct what calls the function."))
        return str(value)

    zone, location = fields.get("zone"), fields.get("location")
    names = {name: isinstance(fields.get(name), str) and CATALOG_NAME.fullmatch(fields[name]) for name in NAMES}
    return Target(
        zone=read("zone", zone in ZONES, f"one of {', '.join(ZONES)}"),
        database=read("database", bool(names["database"]), NAME_LIMIT),
        table=read("table", bool(names["table"]), NAME_LIMIT),
        location=read("location", is_folder(location), "a folder of a bucket as s3://BUCKET/FOLDER"),
    )


def within(one: str, other: str) -> bool:
    """Tells whether one of two folders is the other, or in it."""
    first, second = (f"{location.rstrip('/')}/" for location in (one, other))
    return first.startswith(second) or second.startswith(first)


NAMES = ("database", "table")
NAME_LIMIT = "1 to 255 of a-z, 0-9 and _"


def is_folder(value: Any) -> bool:
    """Tells whether a value is the URL of a folder in a bucket."""
    return isinstance(value, str) and LOCATION.fullmatch(value) is not None


def contract_of(event: dict[str, Any]) -> Any:
    """Finds the contract in the input."""
    contract = event.get("contract")
    if not isinstance(contract, dict):
        problem = Problem("contract", contract, "an object", "Pass the contract of the dataset.")
        raise InvalidInputError("The input", [problem])
    return contract


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Says what was done about a table."""
    return {
        "zone": outcome.target.zone,
        "table": outcome.target.name,
        "outcome": outcome.outcome,
        "changes": list(outcome.changes),
        "metadataLocation": outcome.metadata_location,
    }
