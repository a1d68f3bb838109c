"""Policies of streams and consumers. They are kept, and asked by nobody: callers of this account are administrators."""

from __future__ import annotations

from typing import Any

from moto.kinesis.models import KinesisBackend

from .. import identities, policy
from .consumers import consumer_of
from .errors import InvalidArgument, ResourceNotFound
from .store import stream_of

LARGEST_POLICY = 20_480


def put_resource_policy(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Gives a stream or a consumer its policy, in the place of the one it has."""
    arn, document = existing(backend, request), request["Policy"]
    if not identities.is_policy(document) or len(document) > LARGEST_POLICY:
        raise InvalidArgument("The resource policy is not valid.")
    for statement in policy.statements(document):
        if policy.listed(statement.get("Resource", [])) != [arn]:
            raise InvalidArgument(f"Resources of the policy have to be {arn}.")
        if not all(action.startswith("kinesis:") for action in policy.listed(statement["Action"])):
            raise InvalidArgument("Actions of the policy have to be of Kinesis.")
    for principal in identities.absent_principals(document, backend.account_id, backend.region_name):
        raise InvalidArgument(f"Invalid principal in policy: {principal}")
    backend.resource_policies[arn] = document
    return {}


def get_resource_policy(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Tells the policy, which is an empty object where there is none."""
    return {"Policy": backend.resource_policies.get(existing(backend, request), "{}")}


def delete_resource_policy(backend: KinesisBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Takes the policy away."""
    arn = existing(backend, request)
    if arn not in backend.resource_policies:
        raise ResourceNotFound(f"No resource policy found for resource ARN {arn}.")
    del backend.resource_policies[arn]
    return {}


def existing(backend: KinesisBackend, request: dict[str, Any]) -> str:
    """Reads what a policy is of, which has to be there."""
    arn: str = request["ResourceARN"]
    if "/consumer/" in arn:
        return consumer_of(backend, {"ConsumerARN": arn}).consumer_arn
    return stream_of(backend, {"StreamARN": arn}).arn
