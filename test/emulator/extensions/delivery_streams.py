"""Keeps delivery streams of Firehose to Iceberg tables, which moto does not have, and refuses what Firehose refuses.

A delivery stream delivers nothing of what is in its source, and takes no records for tables. What is checked of its
roles is that they are there and that Firehose may take them on, not what they may do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.firehose.exceptions import (
    ConcurrentModificationException,
    FirehoseException,
    InvalidArgumentException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.firehose.models import DeliveryStream, FirehoseBackend
from moto.firehose.responses import FirehoseResponse
from moto.glue.exceptions import GlueClientError
from moto.glue.models import glue_backends
from moto.kinesis.models import kinesis_backends

from . import identities
from .api_model import problems_of

# https://docs.aws.amazon.com/firehose/latest/APIReference/API_IcebergDestinationConfiguration.html
DEFAULTS: dict[str, Any] = {
    "AppendOnly": False,
    "BufferingHints": {"IntervalInSeconds": 300, "SizeInMBs": 5},
    "CloudWatchLoggingOptions": {"Enabled": False},
    "ProcessingConfiguration": {"Enabled": False, "Processors": []},
    "RetryOptions": {"DurationInSeconds": 300},
    "S3BackupMode": "FailedDataOnly",
}
S3_DEFAULTS: dict[str, Any] = {
    "BufferingHints": {"IntervalInSeconds": 300, "SizeInMBs": 5},
    "CloudWatchLoggingOptions": {"Enabled": False},
    "CompressionFormat": "UNCOMPRESSED",
    "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
}
# of a processor that calls a function, as far as it is told nothing else
PROCESSOR_DEFAULTS = {"NumberOfRetries": "3", "BufferSizeInMBs": "1", "BufferIntervalInSeconds": "60"}
# https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
PROCESSOR_LIMITS = {"NumberOfRetries": (0, 300), "BufferSizeInMBs": (0.2, 3), "BufferIntervalInSeconds": (0, 900)}
FIREHOSE = "firehose.amazonaws.com"


class ValidationFailed(FirehoseException):
    """A request is not one that the API has."""

    def __init__(self, message: str) -> None:
        """Says why."""
        super().__init__("ValidationException", message)


def install() -> None:
    """Puts checks in front of all that is made, and adds the destination to making, changing and putting."""
    create, update = FirehoseResponse.create_delivery_stream, FirehoseResponse.update_destination

    def create_checked(self: FirehoseResponse) -> ActionResult:
        request = read(self, "CreateDeliveryStream")
        check_source(self.firehose_backend, request)
        iceberg = request.get("IcebergDestinationConfiguration")
        return create(self) if iceberg is None else create_for_tables(self, request, iceberg)

    def update_checked(self: FirehoseResponse) -> ActionResult:
        request = read(self, "UpdateDestination")
        iceberg = request.get("IcebergDestinationUpdate")
        if iceberg is None and "Iceberg" in existing(self.firehose_backend, request).destinations[0]:
            raise InvalidArgumentException("Changing the destination type to or from Iceberg is not supported.")
        return update(self) if iceberg is None else update_for_tables(self.firehose_backend, request, iceberg)

    FirehoseResponse.create_delivery_stream = create_checked
    FirehoseResponse.update_destination = update_checked
    for name in ("put_record", "put_record_batch"):
        setattr(FirehoseResponse, name, refusing(name, getattr(FirehoseResponse, name)))


def refusing(name: str, put: Callable[[FirehoseResponse], ActionResult]) -> Callable[[FirehoseResponse], ActionResult]:
    """Refuses records that would be delivered to tables, and those for a stream that has another source."""

    def answer(self: FirehoseResponse) -> ActionResult:
        stream = existing(self.firehose_backend, json.loads(self.body))
        if stream.delivery_stream_type == "KinesisStreamAsSource":
            raise InvalidArgumentException(
                "This operation is not permitted on KinesisStreamAsSource delivery stream type."
            )
        if "Iceberg" in stream.destinations[0]:
            raise NotImplementedError(f"firehose: {name}: nobody would deliver it to a table")
        return put(self)

    return answer


def read(response: FirehoseResponse, operation: str) -> dict[str, Any]:
    """Reads a request, and refuses one that the API does not take."""
    request: dict[str, Any] = json.loads(response.body)
    problems = problems_of("firehose", operation, request)
    if problems:
        raise ValidationFailed(f"{len(problems)} validation errors detected: {'; '.join(problems)}")
    return request


def existing(backend: FirehoseBackend, request: dict[str, Any]) -> DeliveryStream:
    """Finds a delivery stream."""
    name = request["DeliveryStreamName"]
    if name not in backend.delivery_streams:
        raise ResourceNotFoundException(f"Firehose {name} under account {backend.account_id} not found.")
    return backend.delivery_streams[name]


def check_source(backend: FirehoseBackend, request: dict[str, Any]) -> None:
    """Refuses a source that is not there, or that Firehose cannot read with the role it is given."""
    for name in ("DatabaseSourceConfiguration", "MSKSourceConfiguration"):
        if request.get(name):
            raise NotImplementedError(f"firehose: {name}")
    source = request.get("KinesisStreamSourceConfiguration")
    if (request.get("DeliveryStreamType") == "KinesisStreamAsSource") != (source is not None):
        raise InvalidArgumentException("KinesisStreamSourceConfiguration is for KinesisStreamAsSource, which needs it.")
    if source is None:
        return
    check_role(backend, source["RoleARN"])
    arn = source["KinesisStreamARN"]
    streams = kinesis_backends[backend.account_id][backend.region_name].streams.values()
    if all(stream.arn != arn for stream in streams):
        name = arn.rpartition("/")[2]
        raise InvalidArgumentException(f"Stream {name} under account {backend.account_id} not found.")


def check_role(backend: FirehoseBackend, arn: str) -> None:
    """Refuses a role that is not there, or that Firehose may not take on."""
    if not identities.can_assume(FIREHOSE, arn, backend.account_id, backend.region_name):
        raise InvalidArgumentException(f"Firehose is unable to assume role {arn}. Please check the role provided.")


def create_for_tables(response: FirehoseResponse, request: dict[str, Any], iceberg: dict[str, Any]) -> ActionResult:
    """Makes a delivery stream to tables."""
    backend, name = response.firehose_backend, request["DeliveryStreamName"]
    if any(key.endswith("DestinationConfiguration") for key in set(request) - {"IcebergDestinationConfiguration"}):
        raise InvalidArgumentException("Exactly one destination configuration is supported for a Firehose")
    if request.get("DeliveryStreamEncryptionConfigurationInput"):
        raise NotImplementedError("firehose: encryption of what waits to be delivered")
    if name in backend.delivery_streams:
        raise ResourceInUseException(f"Firehose {name} under accountId {backend.account_id} already exists")
    stream = DeliveryStream(
        account_id=backend.account_id,
        region=backend.region_name,
        delivery_stream_name=name,
        delivery_stream_type=request.get("DeliveryStreamType", "DirectPut"),
        encryption={},
        kinesis_stream_source_configuration=request.get("KinesisStreamSourceConfiguration") or {},
        destination_name="Iceberg",
        destination_config=destination_of(backend, iceberg, {}),
    )
    backend.tagger.tag_resource(stream.delivery_stream_arn, request.get("Tags") or [])
    backend.delivery_streams[name] = stream
    return ActionResult({"DeliveryStreamARN": stream.delivery_stream_arn})


def update_for_tables(backend: FirehoseBackend, request: dict[str, Any], iceberg: dict[str, Any]) -> ActionResult:
    """Changes what a request names of a destination, unless somebody else has changed it meanwhile."""
    stream = existing(backend, request)
    if stream.version_id != request["CurrentDeliveryStreamVersionId"]:
        raise ConcurrentModificationException(
            f"Cannot update firehose: {stream.delivery_stream_name} since the current version id: {stream.version_id} "
            f"and specified version id: {request['CurrentDeliveryStreamVersionId']} do not match"
        )
    destination = stream.destinations[0]
    if destination["destination_id"] != request["DestinationId"]:
        raise InvalidArgumentException(f"Destination Id {request['DestinationId']} not found")
    if "Iceberg" not in destination:
        raise InvalidArgumentException("Changing the destination type to or from Iceberg is not supported.")
    destination["Iceberg"] = destination_of(backend, iceberg, destination["Iceberg"])
    stream.version_id = str(int(stream.version_id) + 1)
    stream.last_update_timestamp = utcnow()
    return EmptyResult()


def destination_of(backend: FirehoseBackend, given: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Describes a destination by what is given, what there was, and what Firehose takes by itself."""
    for name in ("SchemaEvolutionConfiguration", "TableCreationConfiguration"):
        if (given.get(name) or {}).get("Enabled"):
            raise NotImplementedError(f"firehose: {name}")
    backup = {**before.get("S3DestinationDescription", S3_DEFAULTS), **given.get("S3Configuration", {})}
    named = {name: value for name, value in given.items() if value is not None and name != "S3Configuration"}
    made = deepcopy({**DEFAULTS, **before, **named, "S3DestinationDescription": backup})
    for role in (made["RoleARN"], backup["RoleARN"]):
        check_role(backend, role)
    for options in (made["CloudWatchLoggingOptions"], backup["CloudWatchLoggingOptions"]):
        if options["Enabled"] and not (options.get("LogGroupName") and options.get("LogStreamName")):
            raise InvalidArgumentException("Logging that is enabled needs a log group and a log stream.")
    check_tables(backend, made)
    for processor in made["ProcessingConfiguration"].get("Processors", []):
        complete(processor, made["RoleARN"])
    return made


def check_tables(backend: FirehoseBackend, made: dict[str, Any]) -> None:
    """Refuses another catalog than that of the account, and tables that are not in it."""
    account, region = backend.account_id, backend.region_name
    catalog = made["CatalogConfiguration"].get("CatalogARN", "")
    if not re.fullmatch(rf"arn:[\w-]+:glue:{region}:{account}:catalog", catalog):
        raise NotImplementedError(f"firehose: tables of the catalog {catalog}")
    try:
        for table in made.get("DestinationTableConfigurationList", []):
            glue_backends[account][region].get_table(table["DestinationDatabaseName"], table["DestinationTableName"])
    except GlueClientError as error:
        raise InvalidArgumentException(
            f"Role {made['RoleARN']} is not authorized to perform: glue:GetTable for the given table or the table does "
            "not exist."
        ) from error


def complete(processor: dict[str, Any], role: str) -> None:
    """Checks a processor, and adds what Firehose takes by itself where it calls a function."""
    if processor["Type"] != "Lambda":
        raise NotImplementedError(f"firehose: processor {processor['Type']}")
    given = {parameter["ParameterName"]: parameter["ParameterValue"] for parameter in processor.get("Parameters", [])}
    if "LambdaArn" not in given:
        raise InvalidArgumentException("A processor of type Lambda needs a LambdaArn.")
    for name, (low, high) in PROCESSOR_LIMITS.items():
        if name in given and not (re.fullmatch(r"\d+(\.\d+)?", given[name]) and low <= float(given[name]) <= high):
            raise InvalidArgumentException(f"{name} must be between {low} and {high}, got {given[name]}.")
    check = {**PROCESSOR_DEFAULTS, "RoleArn": role, **given}
    processor["Parameters"] = [{"ParameterName": name, "ParameterValue": value} for name, value in check.items()]
