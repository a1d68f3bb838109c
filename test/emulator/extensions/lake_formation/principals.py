"""Who can be granted something: roles and users of this account have to exist, all others are taken at their word."""

from __future__ import annotations

import re
from typing import Any

from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from .store import InvalidInput, Lake


def principal_of(holder: dict[str, Any]) -> str:
    """Reads the principal of a request."""
    identifier: str | None = (holder.get("Principal") or {}).get("DataLakePrincipalIdentifier")
    if not identifier:
        raise InvalidInput("Principal is mandatory.")
    return identifier


def existing_principal(lake: Lake, holder: dict[str, Any]) -> str:
    """Reads a principal, and refuses a role or user of this account that does not exist."""
    identifier = principal_of(holder)
    check_principal(lake, identifier)
    return identifier


def check_principal(lake: Lake, identifier: str) -> None:
    """Refuses a role or user of this account that does not exist."""
    match = re.fullmatch(r"arn:[\w-]+:iam::(\d{12}):(role|user)/(.+)", identifier)
    if match is None or match[1] != lake.account:
        return
    if not exists(lake, match[2], identifier):
        raise InvalidInput(f"Invalid principal, {identifier}")


def exists(lake: Lake, kind: str, arn: str) -> bool:
    """Tells whether there is a role or user."""
    iam = iam_backends[lake.account][get_partition(lake.region)]
    entities: Any = iam.roles if kind == "role" else iam.users
    return any(entity.arn == arn for entity in entities.values())
