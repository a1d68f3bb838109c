"""Records: what is put into shards, and is read from them in the order in which it came."""

from __future__ import annotations

import base64
import binascii
import json
import time
from datetime import datetime, timezone
from hashlib import md5
from typing import Any

from moto.kinesis.models import KinesisBackend, Record, Shard, Stream

from .errors import ExpiredIterator, InvalidArgument, ValidationFailed
from .shards import LAST_HASH, next_number, open_shards, shard_of
from .shards import described as described_shard
from .store import check_encryption, stream_of

# a stream takes larger ones only where it is told to, which is refused
LARGEST_RECORD = 1024 * 1024
LARGEST_REQUEST = 10 * 1024 * 1024
LARGEST_ANSWER = 10 * 1024 * 1024
MOST_RECORDS = 10_000
ITERATOR_SECONDS = 300


def put_record(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Takes one record."""
    stream = stream_of(backend, request)
    check_encryption(stream)
    check_sizes([request], ["data"])
    return {**put(backend, stream, request), "EncryptionType": stream.encryption_type}


def put_records(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Takes records, all or none: no shard is ever too busy."""
    stream, entries = stream_of(backend, request), request["Records"]
    check_encryption(stream)
    check_sizes(entries, [f"records.{index + 1}.member.data" for index in range(len(entries))])
    for entry in entries:
        hash_of(entry)
    answers = [put(backend, stream, entry) for entry in entries]
    return {"FailedRecordCount": 0, "Records": answers, "EncryptionType": stream.encryption_type}


def check_sizes(entries: list[dict[str, Any]], names: list[str]) -> None:
    """Refuses records that are too large, alone or together, and what is no Base64."""
    total = 0
    for entry, name in zip(entries, names, strict=True):
        size = len(data_of(entry)) + len(entry["PartitionKey"].encode())
        if size > LARGEST_RECORD:
            raise ValidationFailed(f"'{name}' with its partition key must have length at most {LARGEST_RECORD}")
        total += size
    if total > LARGEST_REQUEST:
        raise InvalidArgument(f"The records are larger than {LARGEST_REQUEST} bytes together.")


def data_of(entry: dict[str, Any]) -> bytes:
    """Reads the bytes of a record."""
    try:
        return base64.b64decode(entry["Data"], validate=True)
    except binascii.Error as error:
        raise ValidationFailed(f"Data is no Base64: {error}") from error


def hash_of(entry: dict[str, Any]) -> int:
    """Tells which hash key a record has: its own, or that of its partition key."""
    explicit = entry.get("ExplicitHashKey")
    if explicit is None:
        return int(md5(entry["PartitionKey"].encode(), usedforsecurity=False).hexdigest(), 16)
    if int(explicit) > LAST_HASH:
        raise InvalidArgument(f"ExplicitHashKey {explicit} is higher than {LAST_HASH}.")
    return int(explicit)


def put(backend: KinesisBackend, stream: Stream, entry: dict[str, Any]) -> dict[str, Any]:
    """Puts a record at the end of the open shard that its hash key belongs to."""
    key, number = hash_of(entry), next_number(backend)
    shard = next(shard for shard in open_shards(stream) if shard.starting_hash <= key <= shard.ending_hash)
    record = Record(entry["PartitionKey"], entry["Data"], number, entry.get("ExplicitHashKey", ""))
    # AWS tells milliseconds
    now = datetime.now(timezone.utc)
    record.created_at_datetime = now.replace(microsecond=now.microsecond // 1000 * 1000)
    record.created_at = record.created_at_datetime.timestamp()
    record.basin_encryption = stream.encryption_type
    shard.records[number] = record
    return {"SequenceNumber": str(number), "ShardId": shard.shard_id}


def get_shard_iterator(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Tells where to begin to read a shard."""
    stream = stream_of(backend, request)
    shard = shard_of(stream, request["ShardId"])
    return {"ShardIterator": iterator(stream, shard, first_number(backend, shard, request))}


def first_number(backend: KinesisBackend, shard: Shard, request: dict[str, Any]) -> int:
    """Finds the lowest number that is to be read."""
    kind = request["ShardIteratorType"]
    if kind == "TRIM_HORIZON":
        return shard.basin_first
    if kind == "LATEST":
        return next_number(backend)
    if kind == "AT_TIMESTAMP":
        if "Timestamp" not in request:
            raise InvalidArgument("Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.")
        later = (record for record in shard.records.values() if record.created_at >= request["Timestamp"])
        return next((record.sequence_number for record in later), next_number(backend))
    text = request.get("StartingSequenceNumber", "")
    number = int(text) if text.isdigit() else -1
    if not shard.basin_first <= number <= vars(backend)["basin_number"]:
        raise InvalidArgument(
            f"StartingSequenceNumber {text} used in GetShardIterator on shard {shard.shard_id} is invalid because it "
            "did not come from this stream."
        )
    return number if kind == "AT_SEQUENCE_NUMBER" else number + 1


def iterator(stream: Stream, shard: Shard, number: int) -> str:
    """Writes down a place in a shard, for as long as AWS would know it."""
    # a stream of the same name that is made later is another one
    place = [stream.arn, stream.creation_datetime.isoformat(), shard.shard_id, str(number), time.time()]
    return base64.b64encode(json.dumps(place).encode()).decode()


def get_records(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Reads records from a place on, and tells where to go on; nowhere once a closed shard has ended."""
    stream, shard, number = place_of(backend, request["ShardIterator"])
    check_encryption(stream)
    oldest = time.time() - stream.retention_period_hours * 3600
    waiting = [
        record for record in shard.records.values() if record.sequence_number >= number and record.created_at >= oldest
    ]
    taken = fitting(waiting, request.get("Limit", MOST_RECORDS))
    behind = time.time() - taken[-1].created_at if len(taken) < len(waiting) else 0
    answer = {
        "Records": [{**record.to_json(), "EncryptionType": record.basin_encryption} for record in taken],
        "MillisBehindLatest": int(behind * 1000),
    }
    if len(taken) == len(waiting) and not shard.is_open:
        return {**answer, "ChildShards": [child_of(child, shard) for child in children(stream, shard)]}
    following = taken[-1].sequence_number + 1 if taken else number
    return {**answer, "NextShardIterator": iterator(stream, shard, following)}


def fitting(records: list[Record], limit: int) -> list[Record]:
    """Takes as many records as one answer holds, at least one."""
    taken: list[Record] = []
    size = 0
    for record in records[:limit]:
        size += len(record.data) * 3 // 4
        if taken and size > LARGEST_ANSWER:
            break
        taken.append(record)
    return taken


def place_of(backend: KinesisBackend, text: str) -> tuple[Stream, Shard, int]:
    """Reads a place in a shard."""
    try:
        arn, created, shard_id, number, written = json.loads(base64.b64decode(text, validate=True))
    except ValueError as error:
        raise InvalidArgument("Invalid ShardIterator.") from error
    if time.time() - written > ITERATOR_SECONDS:
        raise ExpiredIterator(f"Iterator expired. It is older than {ITERATOR_SECONDS} seconds.")
    stream = stream_of(backend, {"StreamARN": arn})
    if stream.creation_datetime.isoformat() != created:
        raise InvalidArgument("The ShardIterator is of another stream, which had the same name.")
    return stream, shard_of(stream, shard_id), int(number)


def children(stream: Stream, shard: Shard) -> list[Shard]:
    """Lists the shards that a shard has become."""
    return [child for child in stream.shards.values() if shard.shard_id in (child.parent, child.adjacent_parent)]


def child_of(child: Shard, shard: Shard) -> dict[str, Any]:
    """Tells of a shard to whom has read its parent."""
    parents = [parent for parent in (child.parent, child.adjacent_parent) if parent] or [shard.shard_id]
    return {
        "ShardId": child.shard_id,
        "ParentShards": parents,
        "HashKeyRange": described_shard(child)["HashKeyRange"],
    }
