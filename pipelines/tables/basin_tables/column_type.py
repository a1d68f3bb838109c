"""Reads column types as contracts write them, for example "list<struct<sku:string,quantity:int>>"."""

from __future__ import annotations

import re
from collections.abc import Callable

from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FixedType,
    FloatType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    PrimitiveType,
    StringType,
    StructType,
    TimestampType,
    TimestamptzType,
    TimeType,
    UUIDType,
)

PRIMITIVES: dict[str, PrimitiveType] = {
    "binary": BinaryType(),
    "boolean": BooleanType(),
    "date": DateType(),
    "double": DoubleType(),
    "float": FloatType(),
    "int": IntegerType(),
    "long": LongType(),
    "string": StringType(),
    "time": TimeType(),
    "timestamp": TimestampType(),
    "timestamptz": TimestamptzType(),
    "uuid": UUIDType(),
}

# https://iceberg.apache.org/spec/#primitive-types
MAX_PRECISION = 38
# as deep as domains/column-type.ts reads
MAX_DEPTH = 15


class ColumnTypeError(ValueError):
    """A text is no type; the message is what is wrong with it, for example "ends before >"."""


def parse_type(text: str, next_id: Callable[[], int]) -> IcebergType:
    """Reads a type, whose nested fields are optional and take their ids from `next_id`.

    Raises ColumnTypeError for anything but a type of Iceberg's format version 2.
    """
    parser = _Parser(text, next_id)
    parsed = parser.type(0)
    if parser.rest:
        raise parser.error(f'goes on with "{parser.rest}"')
    return parsed


class _Parser:
    def __init__(self, text: str, next_id: Callable[[], int]) -> None:
        self.rest = text
        self.next_id = next_id

    def error(self, reason: str) -> ColumnTypeError:
        return ColumnTypeError(reason)

    def type(self, depth: int) -> IcebergType:
        if depth > MAX_DEPTH:
            raise self.error(f"nests deeper than {MAX_DEPTH} types")
        name = self.match(r"[a-z]+", "a type")
        if name == "decimal":
            return self.decimal()
        if name == "fixed":
            return self.fixed()
        if name == "list":
            return self.list(depth)
        if name == "map":
            return self.map(depth)
        if name == "struct":
            return self.struct(depth)
        if name not in PRIMITIVES:
            raise self.error(f'has the unknown type "{name}"')
        return PRIMITIVES[name]

    def decimal(self) -> DecimalType:
        precision, scale = (int(number) for number in self.match(r"\(\d+,\d+\)", "(P,S)")[1:-1].split(","))
        if not 1 <= precision <= MAX_PRECISION or scale > precision:
            raise self.error(f"has a decimal({precision},{scale}), whose digits are not 1 to {MAX_PRECISION}")
        return DecimalType(precision, scale)

    def fixed(self) -> FixedType:
        length = int(self.match(r"\[\d+\]", "[LENGTH]")[1:-1])
        if length < 1:
            raise self.error("has a fixed length of 0")
        return FixedType(length)

    def list(self, depth: int) -> ListType:
        self.match("<", "<")
        element_id = self.next_id()
        element = self.type(depth + 1)
        self.match(">", ">")
        return ListType(element_id, element, element_required=False)

    def map(self, depth: int) -> MapType:
        self.match("<", "<")
        key_id, value_id = self.next_id(), self.next_id()
        key = self.type(depth + 1)
        self.match(",", ",")
        value = self.type(depth + 1)
        self.match(">", ">")
        return MapType(key_id, key, value_id, value, value_required=False)

    def struct(self, depth: int) -> StructType:
        self.match("<", "<")
        fields = [self.field(depth)]
        while self.rest.startswith(","):
            self.match(",", ",")
            fields.append(self.field(depth))
        self.match(">", ">")
        names = [field.name for field in fields]
        if len(set(names)) < len(names):
            raise self.error("has two fields of one name")
        return StructType(*fields)

    def field(self, depth: int) -> NestedField:
        field_id = self.next_id()
        name = self.match(r"[a-z][a-z0-9_]*", "the name of a field")
        self.match(":", ":")
        return NestedField(field_id, name, self.type(depth + 1), required=False)

    def match(self, pattern: str, what: str) -> str:
        found = re.match(pattern, self.rest)
        if found is None:
            raise self.error(f'lacks {what} before "{self.rest}"' if self.rest else f"ends before {what}")
        self.rest = self.rest[found.end() :]
        return found.group()
