"""Why something is refused, in a form that people can act on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# a value in a message is to be recognized, not to be read whole
MAX_SHOWN_CHARACTERS = 120


@dataclass(frozen=True)
class Problem:
    """A value of the input that cannot be used."""

    path: str
    value: Any
    limit: str
    remedy: str

    def __str__(self) -> str:
        """Says where, what, why not, and what to do, in one line."""
        return f"{self.path}: must be {self.limit}, got {shown(self.value)}. {self.remedy}"


@dataclass(frozen=True)
class Refusal:
    """A change that the migrator does not make."""

    table: str
    subject: str
    text: str
    remedy: str

    def __str__(self) -> str:
        """Says what would change of which table, and what to do instead, in one line."""
        return f"{self.table}: {self.subject} {self.text}. {self.remedy}"


class InvalidInputError(Exception):
    """The contract, or what the function was called with, cannot be used. Nothing was changed."""

    def __init__(self, what: str, problems: Sequence[Problem]) -> None:
        """Lists every problem, one a line."""
        self.problems = tuple(problems)
        super().__init__("\n".join([f"{what} cannot be used; nothing was changed:", *lines(problems)]))


class RefusedChangesError(Exception):
    """The contract asks for changes that would break tables.

    Nothing was changed, in no zone, unless others changed a table after it was judged: then the message says what was.
    """

    def __init__(self, dataset: str, refusals: Sequence[Refusal], changed: Sequence[str] = ()) -> None:
        """Lists every refused change, one a line."""
        self.dataset = dataset
        self.refusals = tuple(refusals)
        done = f"{', '.join(changed)} had followed it by then" if changed else "nothing was changed"
        heading = f"The tables of {dataset} cannot follow their contract; {done}:"
        super().__init__("\n".join([heading, *lines(refusals)]))

    def behind(self, changed: Sequence[str]) -> RefusedChangesError:
        """Says what had been changed before."""
        return RefusedChangesError(self.dataset, self.refusals, changed)


class MigrationError(Exception):
    """A table could not be brought to where its contract says; what to do is in the message."""

    def behind(self, changed: Sequence[str]) -> MigrationError:
        """Says what had been changed before."""
        return MigrationError(f"{self} {', '.join(changed)} had followed the contract by then.") if changed else self


def lines(items: Sequence[object]) -> list[str]:
    """Makes a line of each item."""
    return [f"  - {item}" for item in items]


def shown(value: Any) -> str:
    """Shows a value as JSON, its beginning if it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS]}..."
