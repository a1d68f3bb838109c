"""Answers for the Data Catalog's resource policy as AWS does where it is not what the caller expects."""

from __future__ import annotations

import json
from typing import Any

from moto.glue.exceptions import EntityNotFoundException, GlueClientError
from moto.glue.models import GlueBackend


class ConditionCheckFailure(GlueClientError):
    """A policy is not the one that the caller expects, or is there, or is not."""

    def __init__(self, message: str) -> None:
        """Says which."""
        super().__init__("ConditionCheckFailureException", message)


class InvalidPolicy(GlueClientError):
    """A policy is no policy."""

    def __init__(self) -> None:
        """Says so."""
        super().__init__("InvalidInputException", "The policy is not a JSON object with statements.")


def install() -> None:
    """Puts the checks in front of moto's operations."""
    put, get, delete = (
        GlueBackend.put_resource_policy,
        GlueBackend.get_resource_policy,
        GlueBackend.delete_resource_policy,
    )

    def existing(self: GlueBackend, resource_arn: str | None) -> Any:
        return self.resource_policies.get(resource_arn or self.default_catalog_arn)

    def check_hash(policy: Any, expected: str | None) -> None:
        if expected and (policy is None or policy["PolicyHash"] != expected):
            raise ConditionCheckFailure("The policy's hash is not the expected one.")

    def put_checked(
        self: GlueBackend,
        policy_in_json: str,
        resource_arn: str | None = None,
        policy_hash_condition: str | None = None,
        policy_exists_condition: str | None = None,
        enable_hybrid: str | None = None,
    ) -> dict[str, str]:
        policy = existing(self, resource_arn)
        if policy_exists_condition == "MUST_EXIST" and policy is None:
            raise ConditionCheckFailure("There is no policy.")
        if policy_exists_condition == "NOT_EXIST" and policy is not None:
            raise ConditionCheckFailure("There is a policy.")
        check_hash(policy, policy_hash_condition)
        check_document(policy_in_json)
        return put(self, policy_in_json, resource_arn, enable_hybrid=enable_hybrid)

    def get_existing(self: GlueBackend, resource_arn: str | None = None) -> dict[str, Any]:
        if existing(self, resource_arn) is None:
            raise EntityNotFoundException("Policy not found")
        return get(self, resource_arn)

    def delete_checked(
        self: GlueBackend, resource_arn: str | None = None, policy_hash_condition: str | None = None
    ) -> Any:
        policy = existing(self, resource_arn)
        if policy is None:
            raise EntityNotFoundException("Policy not found")
        check_hash(policy, policy_hash_condition)
        return delete(self, resource_arn)

    GlueBackend.put_resource_policy = put_checked
    GlueBackend.get_resource_policy = get_existing
    GlueBackend.delete_resource_policy = delete_checked


def check_document(text: str) -> None:
    """Refuses what is no policy."""
    try:
        statements = json.loads(text)["Statement"]
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidPolicy from error
    if not statements:
        raise InvalidPolicy
