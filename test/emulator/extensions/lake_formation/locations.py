"""Locations that are registered with Lake Formation, and in which way."""

from __future__ import annotations

import re
from typing import Any

from moto.utilities.utils import get_partition

from .pages import page_of
from .principals import exists
from .store import AlreadyExists, EntityNotFound, InvalidInput, Lake, Location

SERVICE_ROLE = "role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"


def register_resource(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Registers a location, with a role of ours or with that of the service."""
    arn, role, of_service = request["ResourceArn"], request.get("RoleArn"), request.get("UseServiceLinkedRole")
    refuse_others(request)
    if not re.fullmatch(r"arn:[\w-]+:s3:::[^/]+(/.*)?", arn):
        raise InvalidInput(f"{arn} is not a location in S3.")
    if arn in lake.locations:
        raise AlreadyExists("Resource is already registered")
    if (role is None) == (not of_service):
        raise InvalidInput("Either a role or the use of the service-linked role has to be given.")
    lake.locations[arn] = Location(role_of(lake, role), bool(request.get("HybridAccessEnabled")))
    return {}


def update_resource(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Changes the role of a location, and the way in which it is registered."""
    refuse_others(request)
    location = registered(lake, request["ResourceArn"])
    hybrid = request.get("HybridAccessEnabled")
    changed = Location(role_of(lake, request["RoleArn"]), location.hybrid if hybrid is None else hybrid)
    lake.locations[request["ResourceArn"]] = changed
    return {}


def deregister_resource(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Forgets a location."""
    registered(lake, request["ResourceArn"])
    del lake.locations[request["ResourceArn"]]
    return {}


def describe_resource(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Tells how a location is registered."""
    arn = request["ResourceArn"]
    return {"ResourceInfo": described(arn, registered(lake, arn))}


def list_resources(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Lists the locations."""
    if request.get("FilterConditionList"):
        raise NotImplementedError("lakeformation: ListResources by conditions")
    return page_of(request, "ResourceInfoList", [described(*entry) for entry in sorted_by_arn(lake)])


def sorted_by_arn(lake: Lake) -> list[tuple[str, Location]]:
    """Puts locations in an order that stays."""
    return sorted(lake.locations.items(), key=lambda entry: entry[0])


def covers(lake: Lake, arn: str) -> bool:
    """Tells whether a location, or one that it lies in, is registered."""
    return any(arn == known or arn.startswith(f"{known.rstrip('/')}/") for known in lake.locations)


def registered(lake: Lake, arn: str) -> Location:
    """Finds a location."""
    if arn not in lake.locations:
        raise EntityNotFound("Entity not found")
    return lake.locations[arn]


def role_of(lake: Lake, role: str | None) -> str:
    """Finds the role that Lake Formation takes on to read a location."""
    if role is None:
        return f"arn:{get_partition(lake.region)}:iam::{lake.account}:{SERVICE_ROLE}"
    if not role.endswith(SERVICE_ROLE) and not exists(lake, "role", role):
        raise InvalidInput(f"There is no role {role}.")
    return role


def refuse_others(request: dict[str, Any]) -> None:
    """Refuses what would have to be done, and is not."""
    for name in ("ExpectedResourceOwnerAccount", "WithFederation", "WithPrivilegedAccess"):
        if request.get(name):
            raise NotImplementedError(f"lakeformation: {name}")


def described(arn: str, location: Location) -> dict[str, Any]:
    """Puts a location in the form of an answer."""
    return {
        "ResourceArn": arn,
        "RoleArn": location.role_arn,
        "LastModified": location.modified,
        "HybridAccessEnabled": location.hybrid,
        "WithFederation": False,
    }
