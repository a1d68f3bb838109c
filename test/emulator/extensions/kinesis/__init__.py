"""Keeps streams of Kinesis, their consumers, policies and records, and refuses what Kinesis does.

A record stays in the shard that took it, with a number that no other record of the account has, until its time is up.
Everything is there at once: no stream is ever CREATING or UPDATING. How much a shard takes or gives in a second is not
limited. Nobody reads by himself: a mapping to a function and a delivery stream are kept, but move nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from threading import RLock
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.kinesis.models import KinesisBackend
from moto.kinesis.responses import KinesisResponse

from ..api_model import problems_of
from . import consumers, policies, records, shards, streams
from .errors import ValidationFailed

Operation = Callable[[KinesisBackend, dict[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    "AddTagsToStream": streams.add_tags_to_stream,
    "CreateStream": streams.create_stream,
    "DecreaseStreamRetentionPeriod": streams.decrease_stream_retention_period,
    "DeleteResourcePolicy": policies.delete_resource_policy,
    "DeleteStream": streams.delete_stream,
    "DeregisterStreamConsumer": consumers.deregister_stream_consumer,
    "DescribeLimits": streams.describe_limits,
    "DescribeStream": streams.describe_stream,
    "DescribeStreamConsumer": consumers.describe_stream_consumer,
    "DescribeStreamSummary": streams.describe_stream_summary,
    "GetRecords": records.get_records,
    "GetResourcePolicy": policies.get_resource_policy,
    "GetShardIterator": records.get_shard_iterator,
    "IncreaseStreamRetentionPeriod": streams.increase_stream_retention_period,
    "ListShards": shards.list_shards,
    "ListStreamConsumers": consumers.list_stream_consumers,
    "ListStreams": streams.list_streams,
    "ListTagsForResource": streams.list_tags_for_resource,
    "ListTagsForStream": streams.list_tags_for_stream,
    "MergeShards": shards.merge_shards,
    "PutRecord": records.put_record,
    "PutRecords": records.put_records,
    "PutResourcePolicy": policies.put_resource_policy,
    "RegisterStreamConsumer": consumers.register_stream_consumer,
    "RemoveTagsFromStream": streams.remove_tags_from_stream,
    "SplitShard": shards.split_shard,
    "StartStreamEncryption": streams.start_stream_encryption,
    "StopStreamEncryption": streams.stop_stream_encryption,
    "TagResource": streams.tag_resource,
    "UntagResource": streams.untag_resource,
    "UpdateShardCount": shards.update_shard_count,
    "UpdateStreamMode": streams.update_stream_mode,
}

# requests come in threads, and each leaves the streams whole
LOCK = RLock()


def install() -> None:
    """Puts these operations in place of moto's."""
    for name, operation in OPERATIONS.items():
        setattr(KinesisResponse, camelcase_to_underscores(name), answering(name, operation))


def answering(name: str, operation: Operation) -> Callable[[KinesisResponse], ActionResult]:
    """Makes a method of moto out of an operation."""

    def answer(self: KinesisResponse) -> ActionResult:
        if "cbor" in self.headers.get("Content-Type", ""):
            raise NotImplementedError(f"kinesis: {name} in CBOR")
        request = json.loads(self.body or "{}")
        problems = problems_of("kinesis", name, request)
        if problems:
            raise ValidationFailed(f"{len(problems)} validation errors detected: {'; '.join(problems)}")
        with LOCK:
            return ActionResult(operation(self.kinesis_backend, request))

    return answer
