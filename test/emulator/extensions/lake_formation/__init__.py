"""Keeps and refuses what Lake Formation does, for the tables that the Data Catalog has.

It decides nothing: whoever reads files or asks the catalog is not asked for permissions.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from threading import RLock
from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.lakeformation import urls
from moto.lakeformation.responses import LakeFormationResponse

from ..api_model import problems_of
from . import assignments, changes, filters, grants, locations, opt_ins, settings, tags
from .store import InvalidInput, Lake, lake_of

Operation = Callable[[Lake, dict[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    "AddLFTagsToResource": assignments.add_lf_tags_to_resource,
    "BatchGrantPermissions": grants.batch_grant_permissions,
    "BatchRevokePermissions": grants.batch_revoke_permissions,
    "CreateDataCellsFilter": filters.create_data_cells_filter,
    "CreateLFTag": tags.create_lf_tag,
    "CreateLakeFormationOptIn": opt_ins.create_lake_formation_opt_in,
    "DeleteDataCellsFilter": filters.delete_data_cells_filter,
    "DeleteLFTag": tags.delete_lf_tag,
    "DeleteLakeFormationOptIn": opt_ins.delete_lake_formation_opt_in,
    "DeregisterResource": locations.deregister_resource,
    "DescribeResource": locations.describe_resource,
    "GetDataCellsFilter": filters.get_data_cells_filter,
    "GetDataLakeSettings": settings.get_data_lake_settings,
    "GetLFTag": tags.get_lf_tag,
    "GetResourceLFTags": assignments.get_resource_lf_tags,
    "GrantPermissions": grants.grant_permissions,
    "ListDataCellsFilter": filters.list_data_cells_filter,
    "ListLFTags": tags.list_lf_tags,
    "ListLakeFormationOptIns": opt_ins.list_lake_formation_opt_ins,
    "ListPermissions": grants.list_permissions,
    "ListResources": locations.list_resources,
    "PutDataLakeSettings": settings.put_data_lake_settings,
    "RegisterResource": locations.register_resource,
    "RemoveLFTagsFromResource": assignments.remove_lf_tags_from_resource,
    "RevokePermissions": grants.revoke_permissions,
    "UpdateDataCellsFilter": filters.update_data_cells_filter,
    "UpdateLFTag": tags.update_lf_tag,
    "UpdateResource": locations.update_resource,
}

# requests come in threads, and each leaves the lake whole
LOCK = RLock()


def install() -> None:
    """Puts these operations in place of moto's."""
    for name, operation in OPERATIONS.items():
        setattr(LakeFormationResponse, camelcase_to_underscores(name), answering(name, operation))
    urls.url_paths.clear()
    urls.url_paths.update({f"{{0}}/{name}$": urls.response.dispatch for name in OPERATIONS})
    changes.install()


def answering(name: str, operation: Operation) -> Callable[[LakeFormationResponse], str]:
    """Makes a method of moto out of an operation."""

    def answer(self: LakeFormationResponse) -> str:
        request = json.loads(self.body or "{}")
        problems = problems_of("lakeformation", name, request)
        if problems:
            raise InvalidInput(f"{len(problems)} validation errors detected: {'; '.join(problems)}")
        with LOCK:
            return json.dumps(operation(lake_of(self.lakeformation_backend), request))

    return answer
