"""What other resources refer to by name: roles and who may take them on, principals of policies, keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from moto.iam.models import iam_backends
from moto.kms.models import Key, kms_backends
from moto.utilities.utils import get_partition

from . import policy


def find_entity(kind: str, arn: str, account: str, region: str) -> Any | None:
    """Finds a role or a user."""
    iam = iam_backends[account][get_partition(region)]
    entities: Any = iam.roles if kind == "role" else iam.users
    return next((entity for entity in entities.values() if entity.arn == arn), None)


def can_assume(service: str, role_arn: str, account: str, region: str, context: policy.Context | None = None) -> bool:
    """Tells whether a role is there, and trusts a service."""
    role = find_entity("role", role_arn, account, region)
    if role is None:
        return False
    filled = {"aws:sourceaccount": account, **(context or {})}
    trusting = [
        statement["Effect"]
        for statement in policy.statements(role.assume_role_policy_document)
        if is_about(statement, service) and policy.conditions_hold(statement, filled)
    ]
    return "Allow" in trusting and "Deny" not in trusting


def is_about(statement: Mapping[str, Any], service: str) -> bool:
    """Tells whether a statement of a trust policy speaks of a service that assumes the role."""
    principal = statement["Principal"]
    names = ["*"] if principal == "*" else policy.listed(principal.get("Service", []))
    actions = policy.listed(statement.get("Action", []))
    return bool({"*", service} & set(names)) and any(policy.matches(name, "sts:AssumeRole") for name in actions)


def absent_principals(document: str, account: str, region: str) -> Iterator[str]:
    """Names roles and users of this account that a policy speaks of and that do not exist."""
    for statement in policy.statements(document):
        principal = statement.get("Principal", {})
        for name in policy.listed(principal.get("AWS", [])) if isinstance(principal, dict) else []:
            match = re.fullmatch(r"arn:[\w-]+:iam::(\d{12}):(role|user)/.+", name)
            if match and match[1] == account and find_entity(match[2], name, account, region) is None:
                yield name


def is_policy(document: str) -> bool:
    """Tells whether a text is a policy of some resource: every statement says who may or may not do what."""
    try:
        found = policy.statements(document)
        needed = {"Effect", "Principal", "Action"}
        return bool(found) and all(needed <= set(statement) for statement in found)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def find_key(identifier: str, account: str, region: str) -> Key | None:
    """Finds a key by its id, its ARN, an alias or the ARN of one."""
    backend = kms_backends[account][region]
    match = re.fullmatch(r"arn:[\w-]+:kms:([\w-]+):(\d{12}):.+", identifier)
    if match and (match[1], match[2]) != (region, account):
        raise NotImplementedError(f"keys of other accounts or regions: {identifier}")
    if "alias/" in identifier and backend.get_key_id_from_alias(backend.get_alias_name(identifier)) is None:
        return None
    return backend.keys.get(backend.any_id_to_key_id(identifier))


def is_usable(key: Key) -> bool:
    """Tells whether anybody can encrypt with a key."""
    return key.key_state == "Enabled"


def compact(value: Any) -> str:
    """Writes JSON as AWS does in attributes that are texts."""
    return json.dumps(value, separators=(",", ":"))
