"""Makes the Data Catalog take an update of a table only for the version it was made for, which moto does not look at.

Iceberg's commits rest on it: https://iceberg.apache.org/docs/latest/aws/#optimistic-locking
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from moto.glue.exceptions import GlueClientError
from moto.glue.models import GlueBackend
from moto.glue.responses import GlueResponse

# requests come in threads: a version is compared and replaced, or a name looked up and taken, in one step
LOCK = Lock()


class ConcurrentModificationException(GlueClientError):
    """Somebody else has changed what was to be changed."""

    def __init__(self, table: str, expected: str, found: str) -> None:
        """Says which version was expected, and which is there."""
        message = f"Table {table} was to be updated from version {expected}, but has version {found}."
        super().__init__("ConcurrentModificationException", message)


def install() -> None:
    """Puts the comparison in front of updates, and honours SkipArchive behind them."""
    update_table = GlueResponse.update_table
    create_table = GlueBackend.create_table

    def update_expected_table(self: GlueResponse) -> Any:
        parameters = self.parameters
        name = parameters["TableInput"]["Name"]
        with LOCK:
            table = self.glue_backend.get_table(parameters["DatabaseName"], name)
            found = str(table._current_version)
            expected = parameters.get("VersionId", found)
            if expected != found:
                raise ConcurrentModificationException(name, expected, found)
            answer = update_table(self)
            if parameters.get("SkipArchive"):
                table.delete_version(found)
            return answer

    def create_table_once(self: GlueBackend, *arguments: Any, **named: Any) -> Any:
        with LOCK:
            return create_table(self, *arguments, **named)

    GlueResponse.update_table = update_expected_table
    GlueBackend.create_table = create_table_once
