"""Streams: how many shards, how long, encrypted with what, and with which tags."""

from __future__ import annotations

from typing import Any

from moto.kinesis.models import KinesisBackend, Stream

from .consumers import consumer_of
from .errors import InvalidArgument, ResourceInUse, ValidationFailed
from .shards import described as described_shard
from .shards import make_shards, open_shards
from .store import check_key, refuse, stream_of

# of every new account: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
HIGHEST_ON_DEMAND = 50
HIGHEST_SHARDS = 500
SHARDS_ON_DEMAND = 4
RETENTION_HOURS = (24, 8760)
MOST_TAGS = 50


def create_stream(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Makes a stream, with shards as its mode asks for."""
    refuse(request, "MaxRecordSizeInKiB", "RecordDistributionStrategy", "WarmThroughputMiBps")
    name, count = request["StreamName"], request.get("ShardCount")
    mode = request.get("StreamModeDetails") or {"StreamMode": "PROVISIONED"}
    on_demand = mode["StreamMode"] == "ON_DEMAND"
    if name in backend.streams:
        raise ResourceInUse(f"Stream {name} under account {backend.account_id} already exists.")
    if on_demand == (count is not None):
        raise ValidationFailed(f"ShardCount {'must not' if on_demand else 'has to'} be given for {mode['StreamMode']}.")
    stream = Stream(name, count or SHARDS_ON_DEMAND, mode, None, backend.account_id, backend.region_name)
    add_tags(stream.tags, request.get("Tags") or {})
    make_shards(backend, stream, count or SHARDS_ON_DEMAND)
    backend.streams[name] = stream
    return {}


def delete_stream(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Deletes a stream with all that is in it; one that has consumers only where the request says so."""
    stream = stream_of(backend, request)
    if stream.consumers and not request.get("EnforceConsumerDeletion"):
        raise ResourceInUse(f"Stream {stream.stream_name} has registered consumers.")
    for arn in (stream.arn, *(consumer.consumer_arn for consumer in stream.consumers)):
        backend.resource_policies.pop(arn, None)
    del backend.streams[stream.stream_name]
    return {}


def describe_stream(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Tells of a stream and its shards."""
    refuse(request, "ExclusiveStartShardId", "Limit")
    stream = stream_of(backend, request)
    shards = [described_shard(shard) for shard in stream.shards.values()]
    return {"StreamDescription": {**settings(stream), "HasMoreShards": False, "Shards": shards}}


def describe_stream_summary(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Tells of a stream without its shards."""
    stream = stream_of(backend, request)
    counts = {"ConsumerCount": len(stream.consumers), "OpenShardCount": len(open_shards(stream))}
    return {"StreamDescriptionSummary": {**settings(stream), **counts}}


def list_streams(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Lists streams by their names, as many as are asked for."""
    after, limit = request.get("NextToken") or request.get("ExclusiveStartStreamName") or "", request.get("Limit", 100)
    streams = [stream for name, stream in sorted(backend.streams.items()) if name > after]
    told = ("StreamName", "StreamARN", "StreamStatus", "StreamModeDetails", "StreamCreationTimestamp")
    return {
        "HasMoreStreams": len(streams) > limit,
        "StreamNames": [stream.stream_name for stream in streams[:limit]],
        "StreamSummaries": [{name: settings(stream)[name] for name in told} for stream in streams[:limit]],
        **({"NextToken": streams[limit - 1].stream_name} if len(streams) > limit else {}),
    }


def settings(stream: Stream) -> dict[str, Any]:
    """Puts what is set of a stream in the form of an answer."""
    return {
        "StreamName": stream.stream_name,
        "StreamARN": stream.arn,
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": stream.stream_mode,
        "RetentionPeriodHours": stream.retention_period_hours,
        "StreamCreationTimestamp": stream.creation_datetime,
        "EnhancedMonitoring": [{"ShardLevelMetrics": stream.shard_level_metrics}],
        "EncryptionType": stream.encryption_type,
        **({"KeyId": stream.key_id} if stream.key_id else {}),
    }


def describe_limits(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Tells how many streams and shards there are and may be."""
    on_demand = [stream for stream in backend.streams.values() if stream.stream_mode["StreamMode"] == "ON_DEMAND"]
    provisioned = [stream for stream in backend.streams.values() if stream not in on_demand]
    return {
        "ShardLimit": HIGHEST_SHARDS,
        "OpenShardCount": sum(len(open_shards(stream)) for stream in provisioned),
        "OnDemandStreamCount": len(on_demand),
        "OnDemandStreamCountLimit": HIGHEST_ON_DEMAND,
    }


def update_stream_mode(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Changes who decides on the number of shards, which stay as they are."""
    refuse(request, "WarmThroughputMiBps")
    stream_of(backend, request).stream_mode = request["StreamModeDetails"]
    return {}


def increase_stream_retention_period(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Keeps records longer."""
    stream, hours = stream_of(backend, request), retention_of(request)
    if hours < stream.retention_period_hours:
        raise InvalidArgument(f"{hours} hours are shorter than the {stream.retention_period_hours} of the stream.")
    stream.retention_period_hours = hours
    return {}


def decrease_stream_retention_period(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Keeps records for a shorter time."""
    stream, hours = stream_of(backend, request), retention_of(request)
    if hours > stream.retention_period_hours:
        raise InvalidArgument(f"{hours} hours are longer than the {stream.retention_period_hours} of the stream.")
    stream.retention_period_hours = hours
    return {}


def retention_of(request: dict[str, Any]) -> int:
    """Reads how long records are to be kept."""
    hours: int = request["RetentionPeriodHours"]
    low, high = RETENTION_HOURS
    if not low <= hours <= high:
        raise InvalidArgument(f"The retention period must be between {low} and {high} hours, got {hours}.")
    return hours


def start_stream_encryption(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Encrypts what comes with a key."""
    stream = stream_of(backend, request)
    if request["EncryptionType"] != "KMS":
        raise InvalidArgument("EncryptionType has to be KMS.")
    check_key(stream, request["KeyId"])
    stream.encryption_type, stream.key_id = "KMS", request["KeyId"]
    return {}


def stop_stream_encryption(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Encrypts no more."""
    stream = stream_of(backend, request)
    stream.encryption_type, stream.key_id = "NONE", None
    return {}


def add_tags_to_stream(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Adds and replaces tags."""
    add_tags(stream_of(backend, request).tags, request["Tags"])
    return {}


def remove_tags_from_stream(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Takes tags away."""
    remove_tags(stream_of(backend, request).tags, request["TagKeys"])
    return {}


def list_tags_for_stream(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Lists tags by their keys, as many as are asked for."""
    after, limit = request.get("ExclusiveStartTagKey", ""), request.get("Limit", MOST_TAGS)
    tags = [tag for tag in listed(stream_of(backend, request).tags) if tag["Key"] > after]
    return {"Tags": tags[:limit], "HasMoreTags": len(tags) > limit}


def tag_resource(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Adds and replaces tags of a stream or a consumer."""
    add_tags(tags_of(backend, request), request["Tags"])
    return {}


def untag_resource(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Takes tags of a stream or a consumer away."""
    remove_tags(tags_of(backend, request), request["TagKeys"])
    return {}


def list_tags_for_resource(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Lists the tags of a stream or a consumer."""
    return {"Tags": listed(tags_of(backend, request))}


def tags_of(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, str]:
    """Finds the tags of a stream or a consumer."""
    refuse(request, "ResourceId")
    arn = request["ResourceARN"]
    if "/consumer/" in arn:
        found: dict[str, str] = consumer_of(backend, {"ConsumerARN": arn}).basin_tags
        return found
    return stream_of(backend, {"StreamARN": arn}).tags


def add_tags(tags: dict[str, str], added: dict[str, str]) -> None:
    """Adds and replaces tags, up to the limit."""
    if len({**tags, **added}) > MOST_TAGS:
        raise InvalidArgument(f"A resource has at most {MOST_TAGS} tags.")
    tags.update(added)


def remove_tags(tags: dict[str, str], keys: list[str]) -> None:
    """Takes tags away, those that are there."""
    for key in keys:
        tags.pop(key, None)


def listed(tags: dict[str, str]) -> list[dict[str, str]]:
    """Puts tags in the form of an answer."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
