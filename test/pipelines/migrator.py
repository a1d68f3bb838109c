"""Runs the table migrator for the tests: reads a JSON command a line from standard input, and answers each with a line.

An answer is {"result": ...}, or {"error": type, "message": text} for what the migrator raised.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from functools import cache
from itertools import count
from multiprocessing import get_context
from typing import Any

import boto3
from pyiceberg.catalog.glue import GlueCatalog

from basin_tables.contract import read_contract
from basin_tables.desired import desired_table
from basin_tables.handler import contract_of, handle, open_catalog, read_targets
from basin_tables.migration import migrate

WAIT_SECONDS = 60

# made once: each reads a description of its service first
client = cache(boto3.client)


def run(event: Any) -> Any:
    """Calls the function as Lambda does."""
    return handle(event, None)


def prepare(command: dict[str, Any]) -> None:
    """Makes a bucket and databases."""
    region = {"LocationConstraint": os.environ["AWS_REGION"]}
    s3 = client("s3")
    s3.create_bucket(Bucket=command["bucket"], CreateBucketConfiguration=region)
    s3.put_bucket_versioning(Bucket=command["bucket"], VersioningConfiguration={"Status": "Enabled"})
    for name in command["databases"]:
        client("glue").create_database(DatabaseInput={"Name": name})


def put_table(command: dict[str, Any]) -> None:
    """Makes a table of the catalog that Iceberg knows nothing of."""
    client("glue").create_table(DatabaseName=command["database"], TableInput=command["input"])


def forget_table(command: dict[str, Any]) -> None:
    """Takes a table out of the catalog; its files stay."""
    client("glue").delete_table(DatabaseName=command["database"], Name=command["table"])


def describe(command: dict[str, Any]) -> dict[str, Any]:
    """Reads a table back: its metadata, what the catalog says of it, and the metadata files in its folder."""
    table = open_catalog().load_table((command["database"], command["table"]))
    metadata, schema = table.metadata, table.schema()
    listed = client("glue").get_table(DatabaseName=command["database"], Name=command["table"])["Table"]
    sorted_by = metadata.sort_order_by_id(metadata.default_sort_order_id)
    return {
        "columns": [
            {
                "id": field.field_id,
                "name": field.name,
                "type": shown(field.field_type),
                "required": field.required,
                "comment": field.doc,
            }
            for field in schema.fields
        ],
        "key": sorted(schema.identifier_field_names()),
        "partitions": [f"{one.name}={one.transform}" for one in table.spec().fields],
        "sortedBy": [
            f"{schema.find_column_name(one.source_id)} {one.direction.value} {one.null_order.value}"
            for one in sorted_by.fields
        ],
        "properties": dict(metadata.properties),
        "formatVersion": metadata.format_version,
        "location": metadata.location,
        "metadataLocation": table.metadata_location,
        "schemas": len(metadata.schemas),
        "commits": len(metadata.metadata_log),
        "metadataFiles": metadata_files(metadata.location),
        "catalog": {
            "description": listed.get("Description"),
            "location": listed["StorageDescriptor"]["Location"],
            "columns": [
                [column["Name"], column["Type"], column.get("Comment")]
                for column in listed["StorageDescriptor"]["Columns"]
                if column["Parameters"]["iceberg.field.current"] == "true"
            ],
        },
    }


def shown(field_type: Any) -> str:
    """Writes a type with the ids of its fields, which must not change."""
    return str(field_type).replace(" optional", "")


def metadata_files(location: str) -> list[str]:
    """Lists the metadata files in a table's folder, whether something refers to them or not."""
    bucket, _, folder = location.removeprefix("s3://").partition("/")
    found = client("s3").list_objects_v2(Bucket=bucket, Prefix=f"{folder}/metadata/").get("Contents", [])
    return [item["Key"] for item in found if item["Key"].endswith(".metadata.json")]


def create_elsewhere(command: dict[str, Any]) -> None:
    """Creates a table as somebody else might have: in an older format version, without any of our properties."""
    contract, [target] = read_contract(contract_of(command["event"])), read_targets(command["event"])
    schema = desired_table(contract, target.zone).schema
    properties = {"format-version": "1", "owner": "somebody"}
    open_catalog().create_table(target.identifier, schema, location=target.location, properties=properties)


def at_once(command: dict[str, Any]) -> list[dict[str, Any]]:
    """Runs the function in several processes, which all reach their first commit before any of them goes on."""
    context = get_context("spawn")
    barrier, answers = context.Barrier(command["runs"]), context.Queue()
    arguments = (command["operation"], command["event"], barrier, answers)
    processes = [context.Process(target=run_against, args=arguments) for _ in range(command["runs"])]
    for process in processes:
        process.start()
    collected = [answers.get(timeout=WAIT_SECONDS) for _ in processes]
    for process in processes:
        process.join(WAIT_SECONDS)
    return collected


def run_against(operation: str, event: Any, barrier: Any, answers: Any) -> None:
    """Runs the function once, and counts how often it was too late."""
    lost: list[str] = []
    catalog = open_catalog()
    before_call(catalog, operation, once(lambda: barrier.wait(WAIT_SECONDS)))
    after_error(catalog, operation, lost)
    answers.put({**answer(outcomes, catalog, event), "lost": lost})


def outcomes(catalog: GlueCatalog, event: Any) -> list[str]:
    """Runs the migrator with a catalog of ours."""
    done = migrate(catalog, read_contract(contract_of(event)), read_targets(event))
    return [outcome.outcome for outcome in done]


def before_call(catalog: GlueCatalog, operation: str, act: Callable[[], None]) -> None:
    """Acts whenever the catalog is about to be called; before it is told of a commit, the metadata file is written."""
    catalog.glue.meta.events.register(f"before-call.glue.{operation}", lambda **_: act())


def after_error(catalog: GlueCatalog, operation: str, lost: list[str]) -> None:
    """Notes the errors that the catalog answers with."""

    def note(parsed: dict[str, Any], **_: Any) -> None:
        if "Error" in parsed:
            lost.append(parsed["Error"]["Code"])

    catalog.glue.meta.events.register(f"after-call.glue.{operation}", note)


def once(act: Callable[[], None]) -> Callable[[], None]:
    """Makes something happen the first time only."""
    todo = [act]

    def act_once() -> None:
        if todo:
            todo.pop()()

    return act_once


def crash(command: dict[str, Any]) -> int:
    """Runs the function in a process that is killed between writing metadata and telling the catalog."""
    process = get_context("spawn").Process(target=run_to_death, args=(command["operation"], command["event"]))
    process.start()
    process.join(WAIT_SECONDS)
    return process.exitcode


def run_to_death(operation: str, event: Any) -> None:
    """Runs the function until it wants to commit."""
    catalog = open_catalog()
    before_call(catalog, operation, lambda: os.kill(os.getpid(), signal.SIGKILL))
    outcomes(catalog, event)


def always_late(command: dict[str, Any]) -> list[str]:
    """Runs the function while somebody else changes the table before each of its commits."""
    catalog, other = open_catalog(), client("glue")
    [target] = read_targets(command["event"])

    def touch() -> None:
        found = other.get_table(DatabaseName=target.database, Name=target.table)["Table"]
        names = ("Name", "TableType", "Parameters", "StorageDescriptor")
        other.update_table(DatabaseName=target.database, TableInput={name: found[name] for name in names})

    before_call(catalog, "UpdateTable", touch)
    return outcomes(catalog, command["event"])


def overtaken(command: dict[str, Any]) -> list[str]:
    """Runs the function while another run begins and ends before one of its looks at the catalog."""
    catalog, looks = open_catalog(), count(1)

    def overtake() -> None:
        if next(looks) == command["look"]:
            outcomes(open_catalog(), command["event"])

    before_call(catalog, "GetTable", overtake)
    return outcomes(catalog, command["event"])


def answer(act: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """Does something, and says what came of it."""
    try:
        return {"result": act(*arguments)}
    except Exception as error:
        traceback.print_exc()
        return {"error": type(error).__name__, "message": str(error)}


COMMANDS: dict[str, Callable[[Any], Any]] = {
    "alwaysLate": always_late,
    "atOnce": at_once,
    "crash": crash,
    "createElsewhere": create_elsewhere,
    "describe": describe,
    "forgetTable": forget_table,
    "handle": run,
    "metadataFiles": metadata_files,
    "overtaken": overtaken,
    "prepare": prepare,
    "putTable": put_table,
}


def obey(name: str, argument: Any) -> Any:
    """Does what a command says."""
    return COMMANDS[name](argument)


def main() -> None:
    """Answers commands until there are no more."""
    for line in sys.stdin:
        name, argument = json.loads(line)
        print(json.dumps(answer(obey, name, argument)), flush=True)


if __name__ == "__main__":
    main()
