"""Settings of the data lake: one document, which every request replaces."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .catalog import check_catalog
from .principals import existing_principal
from .store import InvalidInput, Lake

# what an account has in which nobody has set them
PARAMETERS = {"CROSS_ACCOUNT_VERSION": "1", "SET_CONTEXT": "TRUE"}
CROSS_ACCOUNT_VERSIONS = ("1", "2", "3", "4", "5")
LISTS = (
    "AuthorizedSessionTagValueList",
    "CreateDatabaseDefaultPermissions",
    "CreateTableDefaultPermissions",
    "DataLakeAdmins",
    "ExternalDataFilteringAllowList",
    "ReadOnlyAdmins",
    "TrustedResourceOwners",
)
SWITCHES = ("AllowExternalDataFiltering", "AllowFullTableExternalDataAccess")


def put_data_lake_settings(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Replaces all settings: what a request leaves out is empty from then on."""
    check_catalog(lake, request.get("CatalogId"))
    settings = request["DataLakeSettings"]
    for admin in [*(settings.get("DataLakeAdmins") or []), *(settings.get("ReadOnlyAdmins") or [])]:
        existing_principal(lake, {"Principal": admin})
    check_parameters(settings.get("Parameters") or {})
    lake.settings = deepcopy(settings)
    return {}


def get_data_lake_settings(lake: Lake, request: dict[str, Any]) -> dict[str, Any]:
    """Tells the settings, those included that nobody has set."""
    check_catalog(lake, request.get("CatalogId"))
    settings = lake.settings
    return {
        "DataLakeSettings": {
            **{name: settings.get(name) or [] for name in LISTS},
            **{name: settings.get(name) or False for name in SWITCHES},
            "Parameters": {**PARAMETERS, **(settings.get("Parameters") or {})},
        }
    }


def check_parameters(parameters: dict[str, str]) -> None:
    """Refuses parameters that there are not."""
    unknown = sorted(set(parameters) - set(PARAMETERS))
    if unknown:
        raise InvalidInput(f"Unknown parameters: {', '.join(unknown)}.")
    version = parameters.get("CROSS_ACCOUNT_VERSION", "1")
    if version not in CROSS_ACCOUNT_VERSIONS:
        raise InvalidInput(f"CROSS_ACCOUNT_VERSION must be one of {', '.join(CROSS_ACCOUNT_VERSIONS)}, got {version}.")
