"""The part of a dataset's contract that its tables are made of.

Contracts come from `domains/contract.ts`, which has checked all limits when the configuration was loaded. What is read
here is checked again as far as it takes to read it: a contract may be of another version, or written by hand.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from basin_tables.column_type import ColumnTypeError, parse_type
from basin_tables.problems import InvalidInputError, Problem

VERSION = 1
COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]{0,126}")
WITHOUT_PARAMETER = ("identity", "year", "month", "day", "hour")
PARAMETERS = {"bucket": "buckets", "truncate": "width"}


@dataclass(frozen=True)
class Column:
    """A column; its type is text as Iceberg writes it."""

    name: str
    iceberg_type: str
    comment: str
    required: bool


@dataclass(frozen=True)
class Partition:
    """How rows are spread over files; `parameter` is the number of buckets, or the width to truncate to."""

    transform: str
    column: str
    parameter: int | None


@dataclass(frozen=True)
class Contract:
    """What the tables of a dataset have to be."""

    domain: str
    name: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    partitions: tuple[Partition, ...]
    # tells how old a row is; none where rows are kept forever
    retention_column: str | None

    @property
    def dataset(self) -> str:
        """The dataset's full name, for example sales.orders."""
        return f"{self.domain}.{self.name}"


def read_contract(raw: Any) -> Contract:
    """Reads a contract from its JSON.

    Raises InvalidInputError that lists everything about it that cannot be used.
    """
    reader = _Reader(raw)
    contract = reader.contract()
    if reader.problems:
        raise InvalidInputError(f"The contract of {contract.dataset}", reader.problems)
    return contract


class _Reader:
    """Reads a contract to its end and keeps the problems, so that all of them are reported at once."""

    def __init__(self, raw: Any) -> None:
        if not isinstance(raw, dict):
            remedy = "Pass what `npm run contract` prints."
            raise InvalidInputError("The contract", [Problem("contract", raw, "an object", remedy)])
        self.raw = raw
        self.problems: list[Problem] = []

    def contract(self) -> Contract:
        self.version()
        columns = self.columns()
        names = [column.name for column in columns]
        return Contract(
            domain=self.text("domain"),
            name=self.text("name"),
            description=self.text("description"),
            columns=columns,
            primary_key=self.primary_key(columns),
            partitions=self.partitions(names),
            retention_column=self.retention_column(names),
        )

    def problem(self, path: str, value: Any, limit: str, remedy: str) -> None:
        self.problems.append(Problem(path, value, limit, remedy))

    def version(self) -> None:
        version = self.raw.get("contractVersion")
        if version != VERSION:
            remedy = "Deploy the function and the contracts from the same revision."
            self.problem("contractVersion", version, str(VERSION), remedy)

    def text(self, path: str) -> str:
        value = self.raw.get(path)
        if isinstance(value, str) and value:
            return value
        self.problem(path, value, "a text", "Pass the contract as `npm run contract` prints it.")
        return "?"

    def items(self, path: str) -> list[Any]:
        value = self.raw.get(path)
        if isinstance(value, list):
            return value
        self.problem(path, value, "a list", "Pass the contract of a table; files without one have no columns.")
        return []

    def columns(self) -> tuple[Column, ...]:
        items = self.items("columns")
        if self.raw.get("columns") == []:
            self.problem("columns", [], "a list of 1 or more", "Declare the columns of the table.")
        columns = tuple(self.column(f"columns[{index}]", item) for index, item in enumerate(items))
        for index, column in enumerate(columns):
            if column.name in [earlier.name for earlier in columns[:index]]:
                self.problem(f"columns[{index}].name", column.name, "a name that no other column has", "Rename it.")
        return columns

    def column(self, path: str, item: Any) -> Column:
        fields = item if isinstance(item, dict) else {}
        name = self.field(f"{path}.name", fields.get("name"), is_column_name, "1 to 127 of a-z, 0-9 and _, a-z first")
        text = self.field(f"{path}.icebergType", fields.get("icebergType"), is_text, "a type of Iceberg")
        comment = self.field(f"{path}.comment", fields.get("comment"), is_text, "a text")
        required = self.field(f"{path}.required", fields.get("required"), is_boolean, "true or false")
        if is_text(text):
            self.check_type(f"{path}.icebergType", text)
        return Column(str(name), str(text), str(comment), required is True)

    def field(self, path: str, value: Any, is_valid: Callable[[Any], bool], limit: str) -> Any:
        if not is_valid(value):
            self.problem(path, value, limit, "Correct it in the file of its domain, in domains/.")
        return value

    def check_type(self, path: str, text: str) -> None:
        try:
            parse_type(text, itertools.count(1).__next__)
        except ColumnTypeError as error:
            remedy = f"It {error}. Declare one that domains/column-type.ts lists."
            self.problem(path, text, "a type of Iceberg", remedy)

    def primary_key(self, columns: tuple[Column, ...]) -> tuple[str, ...]:
        required = [column.name for column in columns if column.required]
        key = self.items("primaryKey")
        for index, name in enumerate(key):
            if name not in required:
                remedy = f"Declare it as required, or leave it out; required are {', '.join(required) or 'none'}."
                self.problem(f"primaryKey[{index}]", name, "the name of a column that is required", remedy)
        return tuple(str(name) for name in key)

    def partitions(self, names: list[str]) -> tuple[Partition, ...]:
        items = enumerate(self.items("partitions"))
        return tuple(self.partition(f"partitions[{index}]", item, names) for index, item in items)

    def partition(self, path: str, item: Any, names: list[str]) -> Partition:
        fields = item if isinstance(item, dict) else {}
        column, transform = fields.get("column"), fields.get("transform")
        self.check_column(f"{path}.column", column, names)
        if transform in WITHOUT_PARAMETER:
            return Partition(transform, str(column), None)
        if not isinstance(transform, str) or transform not in PARAMETERS:
            limit = f"one of {', '.join([*WITHOUT_PARAMETER, *PARAMETERS])}"
            self.problem(f"{path}.transform", transform, limit, "Choose one.")
            return Partition("identity", str(column), None)
        key = PARAMETERS[transform]
        parameter = self.field(f"{path}.{key}", fields.get(key), is_positive, "a whole number above 0")
        return Partition(transform, str(column), parameter)

    def retention_column(self, names: list[str]) -> str | None:
        retention = self.raw.get("retention")
        kind = retention.get("kind") if isinstance(retention, dict) else None
        if kind == "days":
            self.check_column("retention.column", retention.get("column"), names)
            return str(retention.get("column"))
        if kind != "forever":
            self.problem("retention.kind", kind, "days or forever", "Say how long rows are kept.")
        return None

    def check_column(self, path: str, name: Any, names: list[str]) -> None:
        if name not in names:
            self.problem(path, name, "the name of a column", f"The columns are {', '.join(names)}.")


def is_text(value: Any) -> bool:
    """Tells whether a value is a text that is not empty."""
    return isinstance(value, str) and value != ""


def is_boolean(value: Any) -> bool:
    """Tells whether a value is true or false."""
    return isinstance(value, bool)


def is_positive(value: Any) -> bool:
    """Tells whether a value is a whole number above 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def is_column_name(value: Any) -> bool:
    """Tells whether a value can be the name of a column."""
    return isinstance(value, str) and COLUMN_NAME.fullmatch(value) is not None
