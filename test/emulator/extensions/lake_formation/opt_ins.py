"""Opt-ins: principals to whom Lake Formation's permissions apply on resources in hybrid mode."""

from __future__ import annotations

from typing import Any

from moto.utilities.utils import get_partition

from .pages import page_of
from .principals import existing_principal, principal_of
from .resources import canonical, check_exists
from .store import EntityNotFound, InvalidInput, Lake, OptIn

KINDS = {"Database", "Table"}


def create_lake_formation_opt_in(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Opts a principal in."""
    opt_in = OptIn(existing_principal(lake, request), resource_of(lake, request))
    check_exists(lake, opt_in.resource)
    if find(lake, opt_in) is not None:
        raise InvalidInput("The principal has opted in to the resource already.")
    lake.opt_ins.append(opt_in)
    return {}


def delete_lake_formation_opt_in(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Opts a principal out."""
    existing = find(lake, OptIn(principal_of(request), resource_of(lake, request)))
    if existing is None:
        raise EntityNotFound("The principal has not opted in to the resource.")
    lake.opt_ins.remove(existing)
    return {}


def list_lake_formation_opt_ins(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Lists opt-ins, all of them or those of a principal or resource."""
    principal = principal_of(request) if request.get("Principal") else None
    resource = canonical(lake, request["Resource"]) if request.get("Resource") else None
    if resource is not None:
        check_exists(lake, resource)
    opt_ins = [
        described(lake, opt_in)
        for opt_in in lake.opt_ins
        if principal in (None, opt_in.principal) and resource in (None, opt_in.resource)
    ]
    return page_of(request, "LakeFormationOptInsInfoList", opt_ins)


def resource_of(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Reads the resource of a request."""
    if request.get("Condition"):
        raise NotImplementedError("lakeformation: opt-ins under a condition")
    resource = canonical(lake, request["Resource"])
    if not KINDS & set(resource):
        raise NotImplementedError(f"lakeformation: opt-ins to {', '.join(resource)}")
    return resource


def find(lake: Lake, wanted: OptIn) -> OptIn | None:
    """Finds an opt-in."""
    return next(
        (each for each in lake.opt_ins if (each.principal, each.resource) == (wanted.principal, wanted.resource)), None
    )


def described(lake: Lake, opt_in: OptIn) -> dict[str, Any]:
    """Puts an opt-in in the form of an answer."""
    return {
        "Principal": {"DataLakePrincipalIdentifier": opt_in.principal},
        "Resource": opt_in.resource,
        "LastModified": opt_in.modified,
        "LastUpdatedBy": f"arn:{get_partition(lake.region)}:iam::{lake.account}:root",
    }
