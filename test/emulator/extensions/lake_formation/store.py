"""What Lake Formation holds of one account in one region, and the errors it answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.utils import unix_time

# a database; a table by database and name; a column by database, table and name
Place = tuple[str, ...]
FilterName = tuple[str, str, str]

IAM_ALLOWED_PRINCIPALS = "IAM_ALLOWED_PRINCIPALS"


class LakeFormationError(JsonRESTError):
    """Lake Formation refuses a request."""

    code = 400


class EntityNotFound(LakeFormationError):
    """Something that a request names is not there."""

    def __init__(self, message: str) -> None:
        """Says what."""
        super().__init__("EntityNotFoundException", message)


class InvalidInput(LakeFormationError):
    """A request does not make sense."""

    def __init__(self, message: str) -> None:
        """Says why."""
        super().__init__("InvalidInputException", message)


class AlreadyExists(LakeFormationError):
    """Something is there already."""

    def __init__(self, message: str) -> None:
        """Says what."""
        super().__init__("AlreadyExistsException", message)


class ResourceNumberLimitExceeded(LakeFormationError):
    """There would be too many."""

    def __init__(self, message: str) -> None:
        """Says of what."""
        super().__init__("ResourceNumberLimitExceededException", message)


@dataclass
class Location:
    """A registered location."""

    role_arn: str
    hybrid: bool
    modified: float = field(default_factory=unix_time)


@dataclass
class Grant:
    """What one principal may do with one resource, in the form in which it is listed."""

    principal: str
    resource: dict[str, Any]
    permissions: set[str]
    grantable: set[str]
    modified: float = field(default_factory=unix_time)


@dataclass
class OptIn:
    """A principal to whom Lake Formation's permissions on a resource apply, though it is in hybrid mode."""

    principal: str
    resource: dict[str, Any]
    modified: float = field(default_factory=unix_time)


def settings_of_new_account() -> dict[str, Any]:
    """Tells what an account has that nobody has set anything in: IAM alone decides."""
    everything = [{"Principal": {"DataLakePrincipalIdentifier": IAM_ALLOWED_PRINCIPALS}, "Permissions": ["ALL"]}]
    return {"CreateDatabaseDefaultPermissions": everything, "CreateTableDefaultPermissions": everything}


@dataclass
class Lake:
    """Lake Formation in one account and region."""

    account: str
    region: str
    settings: dict[str, Any] = field(default_factory=settings_of_new_account)
    locations: dict[str, Location] = field(default_factory=dict)
    # values by key
    tags: dict[str, list[str]] = field(default_factory=dict)
    # by place: a value by key
    assignments: dict[Place, dict[str, str]] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    # by database, table and name
    filters: dict[FilterName, dict[str, Any]] = field(default_factory=dict)
    opt_ins: list[OptIn] = field(default_factory=list)


def lake_of(backend: Any) -> Lake:
    """Finds what belongs to moto's backend of an account and region."""
    lake: Lake = vars(backend).setdefault("basin_lake", Lake(backend.account_id, backend.region_name))
    return lake
