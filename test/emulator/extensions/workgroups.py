"""Keeps Athena's workgroups as they are made and changed, and refuses to delete one that holds something."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from moto.athena.models import AthenaBackend, WorkGroup
from moto.athena.responses import AthenaResponse
from moto.core.exceptions import JsonRESTError
from moto.core.utils import camelcase_to_underscores

from .api_model import problems_of

PRIMARY = "primary"
NEWEST_ENGINE = "Athena engine version 3"
# by the member that takes something away: what it takes
REMOVALS = {
    "RemoveBytesScannedCutoffPerQuery": "BytesScannedCutoffPerQuery",
    "RemoveCustomerContentEncryptionConfiguration": "CustomerContentEncryptionConfiguration",
    "RemoveOutputLocation": "OutputLocation",
    "RemoveEncryptionConfiguration": "EncryptionConfiguration",
    "RemoveExpectedBucketOwner": "ExpectedBucketOwner",
    "RemoveAclConfiguration": "AclConfiguration",
}
DEFAULTS = {
    "EnableMinimumEncryptionConfiguration": False,
    "EnforceWorkGroupConfiguration": True,
    "PublishCloudWatchMetricsEnabled": False,
    "RequesterPaysEnabled": False,
}
# what a workgroup with these would have to do, nobody does
REFUSED = {
    "EngineConfiguration",
    "IdentityCenterConfiguration",
    "ManagedQueryResultsConfiguration",
    "ManagedQueryResultsConfigurationUpdates",
    "MonitoringConfiguration",
    "QueryResultsS3AccessGrantsConfiguration",
}

Operation = Callable[[AthenaBackend, dict[str, Any]], dict[str, Any]]


class InvalidRequest(JsonRESTError):
    """Athena refuses a request."""

    code = 400

    def __init__(self, message: str) -> None:
        """Says why."""
        super().__init__("InvalidRequestException", message)


class ResourceNotFound(JsonRESTError):
    """What tags are on is not there."""

    code = 400

    def __init__(self, arn: str) -> None:
        """Says what."""
        super().__init__("ResourceNotFoundException", f"{arn} is not found.")


def install() -> None:
    """Puts these operations in place of moto's."""
    operations: dict[str, Operation] = {
        "CreateWorkGroup": create_work_group,
        "GetWorkGroup": get_work_group,
        "UpdateWorkGroup": update_work_group,
        "DeleteWorkGroup": delete_work_group,
    }
    for name, operation in operations.items():
        setattr(AthenaResponse, camelcase_to_underscores(name), answering(name, operation))
    for name, operation in {
        "ListTagsForResource": list_tags,
        "TagResource": tag,
        "UntagResource": untag,
    }.items():
        method = camelcase_to_underscores(name)
        others = getattr(AthenaResponse, method)
        setattr(AthenaResponse, method, answering(name, operation, others))


def answering(
    name: str, operation: Operation, others: Callable[[AthenaResponse], Any] | None = None
) -> Callable[[AthenaResponse], Any]:
    """Makes a method of moto out of an operation; requests about other resources than workgroups stay with moto."""

    def answer(self: AthenaResponse) -> Any:
        request = json.loads(self.body or "{}")
        if others is not None and ":workgroup/" not in request.get("ResourceARN", ""):
            return others(self)
        problems = problems_of("athena", name, request)
        if problems:
            raise InvalidRequest(f"{len(problems)} validation errors detected: {'; '.join(problems)}")
        return json.dumps(operation(self.athena_backend, request))

    return answer


def create_work_group(backend: AthenaBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Makes a workgroup."""
    name, tags = request["Name"], request.get("Tags")
    if name in backend.work_groups:
        raise InvalidRequest("WorkGroup is already created")
    if tags == []:
        raise InvalidRequest("Tags provided upon WorkGroup creation must not be empty")
    configuration = checked({**DEFAULTS, **(request.get("Configuration") or {})})
    group = WorkGroup(backend, name, configuration, request.get("Description") or "", tags or [])
    group.basin_created = time.time()
    backend.work_groups[name] = group
    backend.tagger.tag_resource(group.arn, tags or [])
    return {}


def get_work_group(backend: AthenaBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Tells a workgroup."""
    group = found(backend, request["WorkGroup"])
    return {
        "WorkGroup": {
            "Name": group.name,
            "State": group.state,
            "Configuration": group.configuration,
            "Description": group.description,
            "CreationTime": getattr(group, "basin_created", 0.0),
        }
    }


def update_work_group(backend: AthenaBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Changes what a request names, and nothing else."""
    group = found(backend, request["WorkGroup"])
    configuration = updated(group.configuration, request.get("ConfigurationUpdates") or {})
    group.configuration = checked(configuration)
    group.description = request.get("Description", group.description)
    group.state = request.get("State", group.state)
    return {}


def updated(configuration: dict[str, Any], updates: dict[str, Any]) -> dict[str, Any]:
    """Applies changes to settings: a value replaces one, a removal takes it away."""
    result = dict(configuration)
    for name, value in updates.items():
        if name == "ResultConfigurationUpdates":
            result["ResultConfiguration"] = updated(result.get("ResultConfiguration") or {}, value)
        elif name not in REMOVALS:
            result[name] = value
        elif value:
            if REMOVALS[name] in updates:
                raise InvalidRequest(f"{REMOVALS[name]} cannot be set and removed at once.")
            result.pop(REMOVALS[name], None)
    return result


def delete_work_group(backend: AthenaBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Deletes a workgroup, with all that is in it only if that is asked for."""
    name = request["WorkGroup"]
    group = found(backend, name)
    if name == PRIMARY:
        raise InvalidRequest("The primary WorkGroup cannot be deleted.")
    stores: list[dict[str, Any]] = [backend.named_queries, backend.prepared_statements, backend.executions]
    contents = [(store, key) for store in stores for key, item in store.items() if belongs_to(item, group)]
    if contents and not request.get("RecursiveDeleteOption"):
        raise InvalidRequest(f"WorkGroup {name} is not empty")
    for store, key in contents:
        del store[key]
    backend.tagger.delete_all_tags_for_resource(group.arn)
    del backend.work_groups[name]
    return {}


def list_tags(backend: AthenaBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Tells the tags of a workgroup, of which there may be none."""
    result: dict[str, Any] = backend.tagger.list_tags_for_resource(tagged(backend, request))
    return result


def tag(backend: AthenaBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Gives a workgroup tags."""
    backend.tagger.tag_resource(tagged(backend, request), request["Tags"])
    return {}


def untag(backend: AthenaBackend, request: dict[str, Any]) -> dict[str, Any]:
    """Takes tags from a workgroup."""
    backend.tagger.untag_resource_using_names(tagged(backend, request), request["TagKeys"])
    return {}


def tagged(backend: AthenaBackend, request: dict[str, Any]) -> str:
    """Finds the workgroup that tags are about."""
    arn: str = request["ResourceARN"]
    if all(group.arn != arn for group in backend.work_groups.values()):
        raise ResourceNotFound(arn)
    return arn


def found(backend: AthenaBackend, name: str) -> WorkGroup:
    """Finds a workgroup."""
    if name not in backend.work_groups:
        raise InvalidRequest(f"WorkGroup {name} is not found.")
    return backend.work_groups[name]


def belongs_to(item: Any, group: WorkGroup) -> bool:
    """Tells whether something is in a workgroup, which it knows itself or by its name."""
    return item.workgroup is group or item.workgroup == group.name


def checked(configuration: dict[str, Any]) -> dict[str, Any]:
    """Refuses settings that contradict each other, and fills in the engine."""
    others = sorted(REFUSED & set(configuration))
    if others:
        raise NotImplementedError(f"athena: workgroups with {', '.join(others)}")
    result = configuration.get("ResultConfiguration") or {}
    location = result.get("OutputLocation")
    if location is not None and not location.startswith("s3://"):
        raise InvalidRequest(f"outputLocation is not a valid S3 path: {location}")
    encryption = result.get("EncryptionConfiguration") or {}
    if encryption.get("EncryptionOption", "").endswith("_KMS") and not encryption.get("KmsKey"):
        raise InvalidRequest(f"KmsKey is required for {encryption['EncryptionOption']}.")
    selected = (configuration.get("EngineVersion") or {}).get("SelectedEngineVersion") or "AUTO"
    if selected not in ("AUTO", NEWEST_ENGINE):
        raise InvalidRequest(f"{selected} is no engine version that a workgroup can be given.")
    engine = {"SelectedEngineVersion": selected, "EffectiveEngineVersion": NEWEST_ENGINE}
    return deepcopy({**configuration, "EngineVersion": engine})
