"""Shards: which hash keys each takes, from which number on, and what becomes of them."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

from moto.kinesis.models import KinesisBackend, Shard, Stream

from .errors import InvalidArgument, LimitExceeded, ResourceInUse, ResourceNotFound, ValidationFailed
from .store import refuse, stream_of

LAST_HASH = 2**128 - 1
# numbers of AWS have 56 digits too: whoever takes one for a number of JavaScript is to be seen
FIRST_NUMBER = 49 * 10**54
HIGHEST_SHARDS = 500


def next_number(backend: KinesisBackend) -> int:
    """Makes a sequence number that is higher than all before it, in all shards of all streams."""
    highest = vars(backend).get("basin_number", 0)
    number = max(highest + 1, FIRST_NUMBER + (time.time_ns() << 64))
    vars(backend)["basin_number"] = number
    return number


def add_shard(backend: KinesisBackend, stream: Stream, first: int, last: int, *parents: Shard) -> None:
    """Opens a shard for a range of hash keys."""
    shard = Shard(len(stream.shards), first, last, *(parent.shard_id for parent in parents))
    shard.basin_first = next_number(backend)
    stream.shards[shard.shard_id] = shard


def open_shards(stream: Stream) -> list[Shard]:
    """Lists the shards that take records, by their hash keys."""
    return sorted((shard for shard in stream.shards.values() if shard.is_open), key=lambda shard: shard.starting_hash)


def make_shards(backend: KinesisBackend, stream: Stream, count: int) -> None:
    """Gives a new stream its shards, of equal ranges."""
    stream.shards.clear()
    width = (LAST_HASH + 1) // count
    for index in range(count):
        last = LAST_HASH if index == count - 1 else (index + 1) * width - 1
        add_shard(backend, stream, index * width, last)


def close(backend: KinesisBackend, shard: Shard) -> None:
    """Makes a shard take no more records."""
    shard.is_open = False
    shard.basin_last = next_number(backend)


def described(shard: Shard) -> dict[str, Any]:
    """Puts a shard in the form of an answer."""
    numbers = {"StartingSequenceNumber": str(shard.basin_first)}
    if not shard.is_open:
        numbers["EndingSequenceNumber"] = str(shard.basin_last)
    return {
        "ShardId": shard.shard_id,
        **({"ParentShardId": shard.parent} if shard.parent else {}),
        **({"AdjacentParentShardId": shard.adjacent_parent} if shard.adjacent_parent else {}),
        "HashKeyRange": {"StartingHashKey": str(shard.starting_hash), "EndingHashKey": str(shard.ending_hash)},
        "SequenceNumberRange": numbers,
    }


def shard_of(stream: Stream, shard_id: str) -> Shard:
    """Finds a shard."""
    if shard_id not in stream.shards:
        raise ResourceNotFound(
            f"Could not find shard {shard_id} in stream {stream.stream_name} under account {stream.account_id}."
        )
    return stream.shards[shard_id]


def open_shard_of(stream: Stream, shard_id: str) -> Shard:
    """Finds a shard that can still be split or merged."""
    shard = shard_of(stream, shard_id)
    if not shard.is_open:
        raise ResourceInUse(f"Shard {shard_id} in stream {stream.stream_name} has already been merged or split.")
    return shard


def list_shards(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Lists all shards, those that are closed among them."""
    refuse(request, "ExclusiveStartShardId", "MaxResults", "NextToken", "ShardFilter", "StreamCreationTimestamp")
    return {"Shards": [described(shard) for shard in stream_of(backend, request).shards.values()]}


def split_shard(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Makes two shards of one."""
    stream = stream_of(backend, request)
    shard, middle = open_shard_of(stream, request["ShardToSplit"]), int(request["NewStartingHashKey"])
    if not shard.starting_hash < middle < shard.ending_hash:
        raise InvalidArgument(f"NewStartingHashKey {middle} is not within the range of {shard.shard_id}.")
    split(backend, stream, shard, middle)
    return {}


def split(backend: KinesisBackend, stream: Stream, shard: Shard, middle: int) -> None:
    """Closes a shard, and opens two in its place."""
    close(backend, shard)
    add_shard(backend, stream, shard.starting_hash, middle - 1, shard)
    add_shard(backend, stream, middle, shard.ending_hash, shard)


def merge_shards(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Makes one shard of two."""
    stream = stream_of(backend, request)
    shard = open_shard_of(stream, request["ShardToMerge"])
    adjacent = open_shard_of(stream, request["AdjacentShardToMerge"])
    if shard.ending_hash + 1 != adjacent.starting_hash and adjacent.ending_hash + 1 != shard.starting_hash:
        raise InvalidArgument(f"{shard.shard_id} and {adjacent.shard_id} are not adjacent.")
    merge(backend, stream, shard, adjacent)
    return {}


def merge(backend: KinesisBackend, stream: Stream, shard: Shard, adjacent: Shard) -> None:
    """Closes two shards, and opens one in their place."""
    close(backend, shard)
    close(backend, adjacent)
    first, last = min(shard.starting_hash, adjacent.starting_hash), max(shard.ending_hash, adjacent.ending_hash)
    add_shard(backend, stream, first, last, shard, adjacent)


def update_shard_count(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Splits the widest shards or merges the narrowest until there are as many as asked for, at most twice or half."""
    stream, target = stream_of(backend, request), request["TargetShardCount"]
    current = len(open_shards(stream))
    if stream.stream_mode["StreamMode"] == "ON_DEMAND":
        raise ValidationFailed(f"Request is invalid. Stream {stream.stream_name} is in On-Demand mode.")
    if target > HIGHEST_SHARDS:
        raise LimitExceeded(f"{target} shards are more than the limit of {HIGHEST_SHARDS}.")
    if target > 2 * current or 2 * target < current:
        raise InvalidArgument(
            f"UpdateShardCount cannot scale from {current} to {target}: at most twice, at least half."
        )
    while len(open_shards(stream)) < target:
        widest = max(open_shards(stream), key=lambda shard: shard.ending_hash - shard.starting_hash)
        split(backend, stream, widest, (widest.starting_hash + widest.ending_hash) // 2 + 1)
    while len(open_shards(stream)) > target:
        shards = open_shards(stream)
        pairs = pairwise(shards)
        merge(backend, stream, *min(pairs, key=lambda pair: pair[1].ending_hash - pair[0].starting_hash))
    answer = {"StreamName": stream.stream_name, "StreamARN": stream.arn}
    return {**answer, "CurrentShardCount": current, "TargetShardCount": target}
