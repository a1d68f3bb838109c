"""Keeps the rotation period of KMS keys, which moto forgets."""

from __future__ import annotations

import json
from typing import Any

from moto.kms.exceptions import ValidationException
from moto.kms.responses import KmsResponse

DEFAULT_PERIOD_DAYS = 365
ALLOWED_PERIOD_DAYS = range(90, 2561)


def install() -> None:
    """Extends enabling and telling of rotation by its period."""
    enable, status = KmsResponse.enable_key_rotation, KmsResponse.get_key_rotation_status

    def enable_with_period(self: KmsResponse) -> str:
        days = self._get_param("RotationPeriodInDays") or DEFAULT_PERIOD_DAYS
        if days not in ALLOWED_PERIOD_DAYS:
            raise ValidationException(f"RotationPeriodInDays must be between 90 and 2560, got {days}")
        result = enable(self)
        key_of(self).basin_rotation_period = days
        return result

    def status_with_period(self: KmsResponse) -> str:
        result = json.loads(status(self))
        if result["KeyRotationEnabled"]:
            result["RotationPeriodInDays"] = getattr(key_of(self), "basin_rotation_period", DEFAULT_PERIOD_DAYS)
        return json.dumps(result)

    KmsResponse.enable_key_rotation = enable_with_period
    KmsResponse.get_key_rotation_status = status_with_period


def key_of(response: KmsResponse) -> Any:
    """Finds the key a request is about."""
    backend = response.kms_backend
    return backend.keys[backend.get_key_id(response._get_param("KeyId"))]
