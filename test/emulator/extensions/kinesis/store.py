"""Streams as moto has them, with what is kept of them here."""

from __future__ import annotations

from typing import Any

from moto.kinesis.models import KinesisBackend, Stream

from .. import identities
from .errors import InvalidArgument, KeyNotFound, KeyNotUsable, ResourceNotFound


def stream_of(backend: KinesisBackend, request: dict[str, Any]) -> Stream:
    """Finds the stream that a request names by its name, by its ARN, or by both."""
    name, arn = request.get("StreamName"), request.get("StreamARN")
    if request.get("StreamId"):
        raise NotImplementedError("kinesis: StreamId")
    if name is None and arn is None:
        raise InvalidArgument("Either the StreamName or the StreamARN has to be given.")
    stream = backend.streams.get(name or arn.rpartition("/")[2])
    if stream is None or (arn is not None and stream.arn != arn):
        raise ResourceNotFound(f"Stream {name or arn} under account {backend.account_id} not found.")
    return stream


def refuse(request: dict[str, Any], *members: str) -> None:
    """Refuses what would have to be done, and is not."""
    for member in members:
        if request.get(member) is not None:
            raise NotImplementedError(f"kinesis: {member}")


def check_key(stream: Stream, identifier: str) -> None:
    """Refuses a key that is not there, or that nobody can use."""
    key = identities.find_key(identifier, stream.account_id, stream.region)
    if key is None:
        raise KeyNotFound(f"Key '{identifier}' does not exist")
    if not identities.is_usable(key):
        raise KeyNotUsable(f"{key.arn} is {key.key_state}.")


def check_encryption(stream: Stream) -> None:
    """Refuses to use a stream whose key nobody can use."""
    if stream.encryption_type == "KMS":
        check_key(stream, stream.key_id or "")
