"""Consumers of streams that have a throughput of their own."""

from __future__ import annotations

from typing import Any

from moto.kinesis.models import Consumer, KinesisBackend

from .errors import InvalidArgument, LimitExceeded, ResourceInUse, ResourceNotFound
from .store import stream_of

MOST_OF_A_STREAM = 20


def register_stream_consumer(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Registers a consumer, whose ARN tells when that was."""
    stream, name = stream_of(backend, request), request["ConsumerName"]
    if any(consumer.consumer_name == name for consumer in stream.consumers):
        raise ResourceInUse(f"Consumer {name} of stream {stream.stream_name} already exists.")
    if len(stream.consumers) == MOST_OF_A_STREAM:
        raise LimitExceeded(f"Stream {stream.stream_name} has {MOST_OF_A_STREAM} consumers, which is the limit.")
    consumer = Consumer(name, backend.account_id, backend.region_name, stream.arn)
    consumer.consumer_arn += f":{int(consumer.created.timestamp())}"
    consumer.basin_tags = dict(request.get("Tags") or {})
    stream.consumers.append(consumer)
    return {"Consumer": consumer.to_json()}


def describe_stream_consumer(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Tells of a consumer."""
    return {"ConsumerDescription": consumer_of(backend, request).to_json(include_stream_arn=True)}


def list_stream_consumers(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Lists the consumers of a stream, of which there are few enough for one page."""
    return {"Consumers": [consumer.to_json() for consumer in stream_of(backend, request).consumers]}


def deregister_stream_consumer(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Forgets a consumer, and its policy."""
    consumer = consumer_of(backend, request)
    backend.resource_policies.pop(consumer.consumer_arn, None)
    stream_of(backend, {"StreamARN": consumer.stream_arn}).consumers.remove(consumer)
    return {}


def consumer_of(backend: KinesisBackend, request: dict[str, Any]) -> Consumer:
    """Finds a consumer by its ARN, or by its name and its stream."""
    name, arn = request.get("ConsumerName"), request.get("ConsumerARN")
    if arn is None and (name is None or request.get("StreamARN") is None):
        raise InvalidArgument("Either the ConsumerARN, or the StreamARN and the ConsumerName have to be given.")
    streams = [stream_of(backend, request)] if arn is None else list(backend.streams.values())
    for stream in streams:
        for consumer in stream.consumers:
            if arn in (None, consumer.consumer_arn) and name in (None, consumer.consumer_name):
                return consumer
    raise ResourceNotFound(f"Consumer {arn or name}, account {backend.account_id} not found.")
