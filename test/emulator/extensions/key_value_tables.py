"""Keeps which key a DynamoDB table is encrypted with when that changes, and refuses keys that nobody can use."""

from __future__ import annotations

from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.responses import DynamoHandler

from . import identities


def install() -> None:
    """Extends making and changing tables by their keys."""
    create, update = DynamoDBBackend.create_table, DynamoHandler.update_table

    def create_with_key(self: DynamoDBBackend, name: str, **settings: Any) -> Any:
        specification = settings.get("sse_specification")
        if specification:
            settings["sse_specification"] = with_key(self, specification)
        return create(self, name, **settings)

    def update_with_key(self: DynamoHandler) -> Any:
        specification = self.body.get("SSESpecification")
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        if specification is not None:
            table.sse_specification = with_key(self.dynamodb_backend, specification)
        for name in ("ReplicaUpdates", "TableClass", "OnDemandThroughput", "MultiRegionConsistency"):
            if name in self.body:
                raise NotImplementedError(f"dynamodb: UpdateTable with {name}")
        return update(self)

    DynamoDBBackend.create_table = create_with_key
    DynamoHandler.update_table = update_with_key


def with_key(backend: DynamoDBBackend, specification: dict[str, Any]) -> dict[str, Any]:
    """Names the key by its ARN, however it was named; without one, that of the service."""
    if not specification.get("Enabled"):
        if specification.get("KMSMasterKeyId"):
            raise MockValidationException("One or more parameter values were invalid: KMSMasterKeyId without Enabled")
        return {"Enabled": False}
    identifier = specification.get("KMSMasterKeyId", "alias/aws/dynamodb")
    key = identities.find_key(identifier, backend.account_id, backend.region_name)
    if key is None or not identities.is_usable(key):
        state = "does not exist" if key is None else f"is {key.key_state}"
        raise MockValidationException(f"KMS validation error: the key '{identifier}' {state}.")
    return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key.arn}
