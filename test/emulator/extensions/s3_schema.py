"""Checks the documents that S3 is sent against the schema that AWS publishes, as botocore carries it."""

from __future__ import annotations

from functools import cache
from typing import Any
from xml.etree import ElementTree

import botocore.session

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class MalformedXML(ValueError):
    """A document is no XML, or not the XML that an operation takes."""


def parse(document: bytes, name: str) -> ElementTree.Element:
    """Reads a document whose root element has this name, and with it the form that AWS gives this name."""
    try:
        root = ElementTree.fromstring(document)
    except ElementTree.ParseError as error:
        raise MalformedXML(f"the body is no XML: {error}") from error
    if local_name(root) != name:
        raise MalformedXML(f"the body is no {name}")
    check(root, model().shape_for(name))
    return root


def check(element: ElementTree.Element, shape: Any) -> None:
    """Refuses elements that are missing, unknown or too many, and values of the wrong kind."""
    if shape.type_name == "structure":
        check_structure(element, shape)
    elif shape.type_name == "list":
        member_name = shape.member.serialization.get("name", "member")
        for child in element:
            if local_name(child) != member_name:
                raise MalformedXML(f"{local_name(element)} does not take {local_name(child)}")
            check(child, shape.member)
    elif len(element) > 0 or not is_value(element.text or "", shape):
        raise MalformedXML(f"{local_name(element)} is no {shape.name}")


def check_structure(element: ElementTree.Element, shape: Any) -> None:
    """Checks the children of an element."""
    members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    required = {shape.members[name].serialization.get("name", name) for name in shape.required_members}
    children = [local_name(child) for child in element]
    missing = required - set(children)
    if missing:
        raise MalformedXML(f"{local_name(element)} is without {', '.join(sorted(missing))}")
    for child, name in zip(element, children, strict=True):
        member = members.get(name)
        if member is None:
            raise MalformedXML(f"{local_name(element)} does not take {name}")
        # the items of such a list stand where the list would
        flattened = member.type_name == "list" and member.serialization.get("flattened")
        if children.count(name) > 1 and not flattened:
            raise MalformedXML(f"{local_name(element)} has more than one {name}")
        check(child, member.member if flattened else member)


def is_value(text: str, shape: Any) -> bool:
    """Tells whether a text is a value of a simple kind."""
    if shape.type_name == "boolean":
        return text in ("true", "false")
    if shape.type_name in ("integer", "long"):
        return text.isdecimal()
    allowed = getattr(shape, "enum", None)
    return text in allowed if allowed else text != ""


def local_name(element: ElementTree.Element) -> str:
    """Names an element without the namespace, which is S3's or none; another stays."""
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def text_of(element: ElementTree.Element, name: str) -> str | None:
    """Reads the text of the only element of this name, at any depth."""
    return next((found.text or "" for found in element.iter() if local_name(found) == name), None)


@cache
def model() -> Any:
    """Loads AWS's description of S3."""
    return botocore.session.get_session().get_service_model("s3")
