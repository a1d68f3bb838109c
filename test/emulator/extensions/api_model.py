"""Checks requests against the models of AWS's APIs that botocore carries: what they require, and their limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape

TYPES: dict[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "double": (int, float),
    "integer": int,
    "list": list,
    "long": int,
    "map": dict,
    "string": str,
    "structure": dict,
}


@cache
def model_of(service: str) -> ServiceModel:
    """Reads the model of a service."""
    return botocore.session.get_session().get_service_model(service)


def problems_of(service: str, operation: str, request: dict[str, Any]) -> list[str]:
    """Tells what AWS would not take of a request; what its API does not have at all is nobody's to carry out."""
    shape = model_of(service).operation_model(operation).input_shape
    return list(check(shape, request, "")) if shape is not None else []


def check(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """Tells what is wrong with a value and all that is in it."""
    # numbers and booleans are the same type only to Python
    if not isinstance(value, TYPES.get(shape.type_name, object)) or (
        isinstance(value, bool) and shape.type_name != "boolean"
    ):
        yield f"'{path}' must be of type {shape.type_name}"
    elif isinstance(shape, StructureShape):
        yield from check_members(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from check_size(shape, len(value), path)
        for item in value:
            yield from check(shape.member, item, f"{path}[]")
    elif isinstance(shape, MapShape):
        yield from check_size(shape, len(value), path)
        for item in value.values():
            yield from check(shape.value, item, f"{path}{{}}")
    elif isinstance(shape, StringShape):
        yield from check_size(shape, len(value), path)
        yield from check_text(shape, value, path)
    elif shape.type_name in ("integer", "long", "double"):
        yield from check_size(shape, value, path)


def check_members(shape: StructureShape, value: dict[str, Any], path: str) -> Iterator[str]:
    """Tells what is wrong with the members of a structure."""
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"'{path}.{name}' must not be null"
    for name, member in value.items():
        if name not in shape.members:
            raise NotImplementedError(f"{shape.name} has no member {name}")
        if member is not None:
            yield from check(shape.members[name], member, f"{path}.{name}")


def check_size(shape: Shape, size: float, path: str) -> Iterator[str]:
    """Tells whether a length or a number is out of its limits."""
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield f"'{path}' must have length or value greater than or equal to {low}"
    if high is not None and size > high:
        yield f"'{path}' must have length or value less than or equal to {high}"


def check_text(shape: StringShape, value: str, path: str) -> Iterator[str]:
    """Tells whether a text is not among those allowed."""
    if shape.enum and value not in shape.enum:
        yield f"'{path}' must satisfy enum value set: {sorted(shape.enum)}"
    pattern = shape.metadata.get("pattern", "")
    # Java's classes and pairs of surrogates mean nothing here: they are left to those who know the service
    if pattern and not re.search(r"\\p\{|\\u|[\ud800-\udfff]", pattern) and not re.search(f"^(?:{pattern})$", value):
        yield f"'{path}' must satisfy regular expression pattern: {pattern}"
