"""Keeps the mappings of Kinesis streams and their consumers to Lambda functions, and refuses what Lambda refuses.

A mapping polls nothing: no function is called for what is in a stream, and LastProcessingResult stays what it is for a
new one. Mappings of other sources are refused.
"""

from __future__ import annotations

import json
import re
import time
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.models import LambdaBackend
from moto.awslambda.responses import LambdaResponse
from moto.kinesis.models import kinesis_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from . import identities
from .api_model import problems_of

# what a mapping of a stream has that is told nothing else
DEFAULTS: dict[str, Any] = {
    "BatchSize": 100,
    "BisectBatchOnFunctionError": False,
    "DestinationConfig": {"OnFailure": {}},
    "FunctionResponseTypes": [],
    "MaximumBatchingWindowInSeconds": 0,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "TumblingWindowInSeconds": 0,
}
CHANGEABLE = {*DEFAULTS, "FilterCriteria", "KMSKeyArn"}
KNOWN = {
    *CHANGEABLE,
    "Enabled",
    "EventSourceArn",
    "FunctionName",
    "StartingPosition",
    "StartingPositionTimestamp",
    "Tags",
}
SHORTEST_AGE_SECONDS = 60

Answer = tuple[int, dict[str, Any], str]


class ResourceConflict(LambdaClientError):
    """There is such a mapping."""

    code = 409

    def __init__(self, source: str, function: str, uuid: str) -> None:
        """Says which."""
        message = (
            f'An event source mapping with event source arn (" {source} ") and function (" {function} ") already '
            f"exists. Please update or delete the existing mapping with UUID {uuid}"
        )
        super().__init__("ResourceConflictException", message)


class MappingNotFound(LambdaClientError):
    """There is no such mapping."""

    code = 404

    def __init__(self) -> None:
        """Says so as Lambda does."""
        super().__init__("ResourceNotFoundException", "The resource you requested does not exist.")


@dataclass
class Mapping:
    """A mapping, in the form in which it is told."""

    uuid: str
    arn: str
    settings: dict[str, Any]
    enabled: bool
    tags: dict[str, str]
    modified: float = field(default_factory=time.time)

    def described(self) -> dict[str, Any]:
        """Puts the mapping in the form of an answer."""
        return {
            **deepcopy(self.settings),
            "UUID": self.uuid,
            "EventSourceMappingArn": self.arn,
            "LastModified": self.modified,
            "LastProcessingResult": "No records processed",
            "State": "Enabled" if self.enabled else "Disabled",
            "StateTransitionReason": "User action",
        }


def install() -> None:
    """Puts the operations in place of moto's, which call functions while records are put."""
    LambdaResponse.create_event_source_mapping = create_event_source_mapping
    LambdaResponse.delete_event_source_mapping = delete_event_source_mapping
    LambdaResponse.get_event_source_mapping = get_event_source_mapping
    LambdaResponse.list_event_source_mappings = list_event_source_mappings
    LambdaResponse.update_event_source_mapping = update_event_source_mapping


def create_event_source_mapping(self: LambdaResponse) -> Answer:
    """Maps a stream or a consumer to a function."""
    backend, request = self.backend, json.loads(self.body)
    check_request("CreateEventSourceMapping", request)
    source, function = request.get("EventSourceArn", ""), function_of(backend, request["FunctionName"])
    check_source(backend, source)
    if request.get("StartingPosition") is None:
        raise InvalidParameterValueException("1 validation error detected: StartingPosition must not be null.")
    if (request["StartingPosition"] == "AT_TIMESTAMP") != ("StartingPositionTimestamp" in request):
        raise InvalidParameterValueException("StartingPositionTimestamp is for AT_TIMESTAMP, which needs it.")
    check_settings(backend, request)
    settings = {**DEFAULTS, **{name: request[name] for name in CHANGEABLE if request.get(name) is not None}}
    for name in ("StartingPosition", "StartingPositionTimestamp"):
        if name in request:
            settings[name] = request[name]
    for mapping in backend._event_source_mappings.values():
        if (mapping.settings["EventSourceArn"], mapping.settings["FunctionArn"]) == (source, function):
            raise ResourceConflict(source, function, mapping.uuid)
    uuid = str(uuid4())
    arn = f"arn:{backend.partition}:lambda:{backend.region_name}:{backend.account_id}:event-source-mapping:{uuid}"
    settings.update(EventSourceArn=source, FunctionArn=function)
    mapping = Mapping(uuid, arn, settings, request.get("Enabled", True), dict(request.get("Tags") or {}))
    backend._event_source_mappings[uuid] = mapping
    return 202, {"status": 202}, json.dumps(mapping.described())


def get_event_source_mapping(self: LambdaResponse) -> Answer:
    """Tells a mapping."""
    return 200, {}, json.dumps(found(self).described())


def list_event_source_mappings(self: LambdaResponse) -> str:
    """Lists mappings, all or those of a source or a function."""
    if {"Marker", "MaxItems"} & set(self.querystring):
        raise NotImplementedError("lambda: ListEventSourceMappings by pages")
    source = self.querystring.get("EventSourceArn", [None])[0]
    name = self.querystring.get("FunctionName", [None])[0]
    function = None if name is None else function_of(self.backend, name)
    mappings = [
        mapping.described()
        for mapping in self.backend._event_source_mappings.values()
        if source in (None, mapping.settings["EventSourceArn"]) and function in (None, mapping.settings["FunctionArn"])
    ]
    return json.dumps({"EventSourceMappings": mappings})


def update_event_source_mapping(self: LambdaResponse) -> Answer:
    """Changes what a request names of a mapping."""
    mapping, request = found(self), json.loads(self.body)
    check_request("UpdateEventSourceMapping", {**request, "UUID": mapping.uuid})
    check_settings(self.backend, request)
    changes = {name: request[name] for name in CHANGEABLE if request.get(name) is not None}
    if "FunctionName" in request:
        changes["FunctionArn"] = function_of(self.backend, request["FunctionName"])
    mapping.settings.update(changes)
    mapping.enabled = request.get("Enabled", mapping.enabled)
    mapping.modified = time.time()
    return 202, {"status": 202}, json.dumps(mapping.described())


def delete_event_source_mapping(self: LambdaResponse) -> Answer:
    """Forgets a mapping."""
    mapping = found(self)
    del self.backend._event_source_mappings[mapping.uuid]
    return 202, {"status": 202}, json.dumps({**mapping.described(), "State": "Deleting"})


def found(response: LambdaResponse) -> Mapping:
    """Finds the mapping that a request is about."""
    mapping = response.backend._event_source_mappings.get(response.path.rstrip("/").rsplit("/", 1)[-1])
    if mapping is None:
        raise MappingNotFound
    return mapping


def check_request(operation: str, request: dict[str, Any]) -> None:
    """Refuses what the API does not take, and what only mappings of other sources have."""
    problems = problems_of("lambda", operation, request)
    if problems:
        raise InvalidParameterValueException(f"{len(problems)} validation errors detected: {'; '.join(problems)}")
    others = {name for name in set(request) - KNOWN - {"UUID"} if request[name] is not None}
    if others:
        raise NotImplementedError(f"lambda: {operation} with {', '.join(sorted(others))}")


def function_of(backend: LambdaBackend, name: str) -> str:
    """Finds the ARN of a function, whose role Lambda has to be able to take on to read for it."""
    function = backend.get_function(name)
    if not identities.can_assume("lambda.amazonaws.com", function.role, backend.account_id, backend.region_name):
        raise InvalidParameterValueException("The role defined for the function cannot be assumed by Lambda.")
    return function.function_arn


def check_source(backend: LambdaBackend, arn: str) -> None:
    """Refuses what is no stream and no consumer, and those that do not exist."""
    if not re.fullmatch(r"arn:[\w-]+:kinesis:[\w-]+:\d{12}:stream/[^/]+(/consumer/[^/]+)?", arn):
        raise NotImplementedError(f"lambda: mapping of {arn or 'no event source'}")
    streams = kinesis_backends[backend.account_id][backend.region_name].streams.values()
    known = {stream.arn for stream in streams}
    known |= {consumer.consumer_arn for stream in streams for consumer in stream.consumers}
    if arn not in known:
        raise InvalidParameterValueException(
            f"Cannot access stream {arn}. Please ensure the role can perform the GetRecords, GetShardIterator, "
            "DescribeStream, ListShards, and ListStreams Actions on your stream in IAM."
        )


def check_settings(backend: LambdaBackend, request: dict[str, Any]) -> None:
    """Refuses settings that do not go together, and a destination that is not there."""
    age = request.get("MaximumRecordAgeInSeconds")
    if age is not None and age != -1 and age < SHORTEST_AGE_SECONDS:
        raise InvalidParameterValueException(f"MaximumRecordAgeInSeconds must be -1 or at least 60, got {age}.")
    if request.get("TumblingWindowInSeconds") and request.get("ParallelizationFactor", 1) > 1:
        raise InvalidParameterValueException("A tumbling window and a ParallelizationFactor exclude each other.")
    destination = ((request.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if destination is not None:
        check_destination(backend, destination)


def check_destination(backend: LambdaBackend, arn: str) -> None:
    """Refuses to send what fails to where nobody is."""
    account, region = backend.account_id, backend.region_name
    service = arn.split(":")[2] if arn.count(":") >= 5 else ""
    if service == "sqs":
        known = {queue.queue_arn for queue in sqs_backends[account][region].queues.values()}
    elif service == "sns":
        known = set(sns_backends[account][region].topics)
    else:
        raise NotImplementedError(f"lambda: destination {arn}")
    if arn not in known:
        raise InvalidParameterValueException(f"The provided destination {arn} does not exist, or is not accessible.")
