"""Errors that Kinesis answers with."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError


class KinesisError(JsonRESTError):
    """Kinesis refuses a request."""

    code = 400
    error_type = ""

    def __init__(self, message: str) -> None:
        """Says why."""
        super().__init__(self.error_type, message)


class InvalidArgument(KinesisError):
    """A request does not make sense."""

    error_type = "InvalidArgumentException"


class ResourceInUse(KinesisError):
    """Something is there already, or is needed by something else."""

    error_type = "ResourceInUseException"


class ResourceNotFound(KinesisError):
    """Something that a request names is not there."""

    error_type = "ResourceNotFoundException"


class ValidationFailed(KinesisError):
    """A request is not one that the API has."""

    error_type = "ValidationException"


class LimitExceeded(KinesisError):
    """There would be too many."""

    error_type = "LimitExceededException"


class ExpiredIterator(KinesisError):
    """An iterator was not used in time."""

    error_type = "ExpiredIteratorException"


class KeyNotFound(KinesisError):
    """A key is not there."""

    error_type = "KMSNotFoundException"


class KeyNotUsable(KinesisError):
    """A key is there, and nobody can use it."""

    error_type = "KMSInvalidStateException"
