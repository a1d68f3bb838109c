"""Permissions: granted, revoked, and listed in the form in which AWS lists them, which is not that of the grant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.utils import unix_time

from .catalog import check_catalog
from .pages import page_of
from .principals import existing_principal, principal_of
from .resources import canonical, check_exists, check_in_catalog
from .store import IAM_ALLOWED_PRINCIPALS, Grant, InvalidInput, Lake, LakeFormationError

OF_DATABASES = {"ALL", "ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"}
OF_TABLES = {"ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"}
# https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
PERMISSIONS: dict[str, set[str]] = {
    "Catalog": {"ALL", "ALTER", "CREATE_CATALOG", "CREATE_DATABASE", "CREATE_LF_TAG", "DESCRIBE", "DROP"},
    "Database": OF_DATABASES,
    "Table": OF_TABLES,
    "TableWithColumns": OF_TABLES,
    "DataLocation": {"DATA_LOCATION_ACCESS"},
    "DataCellsFilter": {"DESCRIBE", "DROP", "SELECT"},
    "LFTag": {"ALTER", "ASSOCIATE", "DESCRIBE", "DROP", "GRANT_WITH_LF_TAG_EXPRESSION"},
    "LFTagPolicy.DATABASE": OF_DATABASES,
    "LFTagPolicy.TABLE": OF_TABLES,
}
OF_TYPES = {
    "CATALOG": ("Catalog",),
    "DATABASE": ("Database",),
    "TABLE": ("Table", "TableWithColumns"),
    "DATA_LOCATION": ("DataLocation",),
    "LF_TAG": ("LFTag",),
    "LF_TAG_POLICY": ("LFTagPolicy",),
}


def grant_permissions(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Lets a principal do more with a resource."""
    check_exists(lake, canonical(lake, request["Resource"]))
    for wanted in entries_of(lake, request, existing_principal(lake, request)):
        existing = find(lake, wanted)
        if existing is None:
            lake.grants.append(wanted)
        else:
            existing.permissions |= wanted.permissions
            existing.grantable |= wanted.grantable
            existing.modified = unix_time()
    return {}


def revoke_permissions(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Takes permissions from a principal, who has to have them all."""
    # the values of an expression may be gone by now
    check_in_catalog(lake, canonical(lake, request["Resource"]))
    entries = [(entry, find(lake, entry)) for entry in entries_of(lake, request, principal_of(request))]
    if all(existing is None for _, existing in entries):
        raise InvalidInput(
            "No permissions revoked. Grantee has no permissions and no grantable permissions on resource"
        )
    absent = sorted(
        permission
        for entry, existing in entries
        for permission in (entry.permissions - (existing.permissions if existing else set()))
        | (entry.grantable - (existing.grantable if existing else set()))
    )
    if absent:
        raise InvalidInput(f"No permissions revoked. Grantee does not have:[{', '.join(absent)}]")
    for entry, existing in entries:
        if existing is not None:
            existing.permissions -= entry.permissions
            existing.grantable -= entry.grantable
    lake.grants = [grant for grant in lake.grants if grant.permissions or grant.grantable]
    return {}


def list_permissions(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Lists permissions, all of them or those on a resource."""
    check_catalog(lake, request.get("CatalogId"))
    if request.get("IncludeRelated") == "TRUE":
        raise NotImplementedError("lakeformation: ListPermissions with related ones")
    principal, kind = request.get("Principal"), request.get("ResourceType")
    resource = request.get("Resource")
    if principal and not resource:
        raise InvalidInput("Resource is mandatory if Principal is set in the input.")
    # columns can be granted, but not asked for
    if resource and "TableWithColumns" in resource:
        raise InvalidInput("Resource must have either the catalog, table or database field populated.")
    wanted = canonical(lake, resource) if resource else None
    if wanted is not None and "DataLocation" not in wanted:
        check_in_catalog(lake, wanted)
    grants = [
        grant
        for grant in lake.grants
        if (not principal or grant.principal == principal_of(request))
        and (not kind or next(iter(grant.resource)) in kinds_of(kind))
        and (wanted is None or is_about(grant.resource, wanted))
    ]
    return page_of(request, "PrincipalResourcePermissions", [described(grant) for grant in grants])


def batch_grant_permissions(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Grants several permissions."""
    return batch(lake, request, grant_permissions)


def batch_revoke_permissions(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Revokes several permissions."""
    return batch(lake, request, revoke_permissions)


def batch(lake: Lake, request: dict[str, Any], operation: Any) -> dict[str, Any]:
    """Does one thing after the other, and tells which could not be done."""
    attempts = [attempt(lake, request.get("CatalogId"), entry, operation) for entry in request["Entries"]]
    return {"Failures": [failed for failed in attempts if failed is not None]}


def attempt(lake: Lake, catalog: str | None, entry: dict[str, Any], operation: Any) -> dict[str, Any] | None:
    """Does what an entry says, or tells why not."""
    try:
        operation(lake, {"CatalogId": catalog, **entry})
    except LakeFormationError as error:
        return {"RequestEntry": entry, "Error": {"ErrorCode": error.error_type, "ErrorMessage": error.message}}
    return None


def entries_of(lake: Lake, request: dict[str, Any], principal: str) -> list[Grant]:
    """Reads what is granted or revoked, as it is listed."""
    check_catalog(lake, request.get("CatalogId"))
    if request.get("Condition"):
        raise NotImplementedError("lakeformation: permissions under a condition")
    permissions, grantable = request.get("Permissions") or [], request.get("PermissionsWithGrantOption") or []
    if not permissions and not grantable:
        raise InvalidInput("No permissions were given.")
    return as_listed(principal, canonical(lake, request["Resource"]), permissions, grantable)


def as_listed(principal: str, resource: dict[str, Any], permissions: list[str], grantable: list[str]) -> list[Grant]:
    """Splits what is granted at once as it is listed: SELECT on a table is SELECT on its columns."""
    ((kind, names),) = resource.items()
    whole = Grant(
        principal, resource, expanded(resource, principal, permissions), expanded(resource, principal, grantable)
    )
    if kind not in ("Table", "TableWithColumns") or principal == IAM_ALLOWED_PRINCIPALS:
        return [whole]
    table = {name: names[name] for name in ("CatalogId", "DatabaseName", "Name", "TableWildcard") if name in names}
    columns = names if kind == "TableWithColumns" else {**without_wildcard(table), "ColumnWildcard": {}}
    halves = [
        Grant(principal, {"Table": table}, whole.permissions - {"SELECT"}, whole.grantable - {"SELECT"}),
        Grant(principal, {"TableWithColumns": columns}, whole.permissions & {"SELECT"}, whole.grantable & {"SELECT"}),
    ]
    return [half for half in halves if half.permissions or half.grantable]


def without_wildcard(table: dict[str, Any]) -> dict[str, Any]:
    """Leaves out what a table with columns cannot have."""
    return {name: value for name, value in table.items() if name != "TableWildcard"}


def expanded(resource: dict[str, Any], principal: str, permissions: list[str]) -> set[str]:
    """Checks that permissions are for a resource; all of them are listed beside ALL, unless IAM grants them."""
    ((kind, names),) = resource.items()
    allowed = PERMISSIONS[f"{kind}.{names['ResourceType']}" if kind == "LFTagPolicy" else kind]
    if names.get("ColumnNames") or names.get("ColumnWildcard"):
        allowed = {"SELECT"}
    others = sorted(set(permissions) - allowed)
    if others:
        raise InvalidInput(f"Permissions modification is invalid: {', '.join(others)} on {kind}")
    if "ALL" in permissions and principal != IAM_ALLOWED_PRINCIPALS and kind != "Catalog":
        return set(allowed)
    return set(permissions)


def find(lake: Lake, wanted: Grant) -> Grant | None:
    """Finds the permissions that a principal has on a resource."""
    return next(
        (grant for grant in lake.grants if (grant.principal, grant.resource) == (wanted.principal, wanted.resource)),
        None,
    )


def is_about(granted: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Tells whether permissions are on a resource; those on columns are among those on their table."""
    if "Table" in wanted and "TableWithColumns" in granted:
        table, columns = wanted["Table"], granted["TableWithColumns"]
        return (table["DatabaseName"], table["Name"]) == (columns["DatabaseName"], columns["Name"])
    return granted == wanted


def kinds_of(resource_type: str) -> Iterator[str]:
    """Tells which resources are of a type."""
    if resource_type not in OF_TYPES:
        raise NotImplementedError(f"lakeformation: ListPermissions on {resource_type}")
    return iter(OF_TYPES[resource_type])


def described(grant: Grant) -> dict[str, Any]:
    """Puts permissions in the form of an answer."""
    return {
        "Principal": {"DataLakePrincipalIdentifier": grant.principal},
        "Resource": grant.resource,
        "Permissions": sorted(grant.permissions),
        "PermissionsWithGrantOption": sorted(grant.grantable),
        "LastUpdated": grant.modified,
    }
