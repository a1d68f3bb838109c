"""Evaluates resource policies as IAM does, and refuses those it does not understand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

Context = Mapping[str, str]

STATEMENT_ELEMENTS = {
    "Sid",
    "Effect",
    "Principal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}


class UnsupportedPolicy(Exception):
    """A policy says something that this evaluator does not understand."""


@dataclass(frozen=True)
class Request:
    """One call, as far as policies can tell calls apart; condition keys in lower case, absent where AWS has none."""

    action: str
    resource: str
    # ARN of a role, a user or an account; for a service its name
    principal: str
    account_id: str
    context: Context
    by_service: bool = False


def matches(pattern: str, text: str) -> bool:
    """Compares with * for any characters and ? for one."""
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def arn_matches(pattern: str, text: str) -> bool:
    """Compares ARNs part by part: a * does not reach over the first five colons."""
    patterns, parts = pattern.split(":", 5), text.split(":", 5)
    return len(patterns) == len(parts) and all(map(matches, patterns, parts))


def number(text: str) -> Decimal:
    """Reads a number as policies write it."""
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise UnsupportedPolicy(f'"{text}" is no number') from error


def equals_ignoring_case(pattern: str, text: str) -> bool:
    """Compares the way Bool and StringEqualsIgnoreCase do."""
    return pattern.lower() == text.lower()


# by operator; every negated one is its positive, turned round
COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "ArnEquals": arn_matches,
    "ArnLike": arn_matches,
    "Bool": equals_ignoring_case,
    "NumericEquals": lambda pattern, text: number(text) == number(pattern),
    "NumericGreaterThan": lambda pattern, text: number(text) > number(pattern),
    "NumericGreaterThanEquals": lambda pattern, text: number(text) >= number(pattern),
    "NumericLessThan": lambda pattern, text: number(text) < number(pattern),
    "NumericLessThanEquals": lambda pattern, text: number(text) <= number(pattern),
    "StringEquals": lambda pattern, text: pattern == text,
    "StringEqualsIgnoreCase": equals_ignoring_case,
    "StringLike": matches,
}

NEGATIONS = {
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
}


def condition_holds(operator: str, key: str, values: list[str], context: Context) -> bool:
    """Evaluates one line of a condition.

    Where the request has no such key, a positive operator does not hold, a negated one does, and so does every
    operator with IfExists.
    """
    actual = context.get(key.lower())
    if operator == "Null":
        return any(equals_ignoring_case(value, "true" if actual is None else "false") for value in values)
    name = operator.removesuffix("IfExists")
    if actual is None:
        return name != operator or name in NEGATIONS
    compare = COMPARISONS[NEGATIONS.get(name, name)]
    return any(compare(value, actual) for value in values) != (name in NEGATIONS)


def conditions_hold(statement: Mapping[str, Any], context: Context) -> bool:
    """Tells whether all lines of a statement's condition hold."""
    return all(
        condition_holds(operator, key, listed(values), context)
        for operator, lines in statement.get("Condition", {}).items()
        for key, values in lines.items()
    )


def principal_matches(principal: Any, request: Request) -> bool:
    """Tells whether a statement is about the caller."""
    if principal == "*":
        return True
    names = listed(principal.get("Service" if request.by_service else "AWS", []))
    if request.by_service:
        return request.principal in names
    account_root = f":iam::{request.account_id}:root"
    return any(name in ("*", request.account_id, request.principal) or name.endswith(account_root) for name in names)


def element_matches(statement: Mapping[str, Any], element: str, compare: Callable[[str], bool]) -> bool:
    """Evaluates Action or Resource, or their Not form."""
    if element in statement:
        return any(map(compare, listed(statement[element])))
    return not any(map(compare, listed(statement[f"Not{element}"])))


def applies(statement: Mapping[str, Any], request: Request) -> bool:
    """Tells whether a statement is about this request."""
    return (
        principal_matches(statement["Principal"], request)
        and element_matches(statement, "Action", lambda name: matches(name.lower(), request.action.lower()))
        and element_matches(statement, "Resource", lambda arn: matches(arn, request.resource))
        and conditions_hold(statement, request.context)
    )


def refusal(policy: str, request: Request) -> str | None:
    """Names the first statement that denies a request, by its Sid."""
    for statement in statements(policy):
        if statement["Effect"] == "Deny" and applies(statement, request):
            return statement.get("Sid", "a statement without Sid")
    return None


def allows(policy: str, request: Request) -> bool:
    """Tells whether a policy by itself lets a request pass, as a service needs it."""
    allowed = any(statement["Effect"] == "Allow" and applies(statement, request) for statement in statements(policy))
    return allowed and refusal(policy, request) is None


def check_policy(policy: str, known_keys: Callable[[str], bool]) -> None:
    """Refuses a policy that could not be evaluated later."""
    for statement in statements(policy):
        check_statement(statement, known_keys)


def check_statement(statement: Mapping[str, Any], known_keys: Callable[[str], bool]) -> None:
    """Refuses elements, operators, keys and variables that are not understood."""
    unknown = set(statement) - STATEMENT_ELEMENTS
    if unknown or statement.get("Effect") not in ("Allow", "Deny") or "Principal" not in statement:
        raise UnsupportedPolicy(f"statement with {', '.join(sorted(statement))}")
    for element in ("Action", "Resource"):
        if (element in statement) == (f"Not{element}" in statement):
            raise UnsupportedPolicy(f"statement without {element}, or with two")
    principal = statement["Principal"]
    if principal != "*" and not (isinstance(principal, dict) and set(principal) <= {"AWS", "Federated", "Service"}):
        raise UnsupportedPolicy(f"principal {json.dumps(principal)}")
    for operator, lines in statement.get("Condition", {}).items():
        name = operator.removesuffix("IfExists")
        if operator != "Null" and name not in COMPARISONS and name not in NEGATIONS:
            raise UnsupportedPolicy(f"condition operator {operator}")
        for key, values in lines.items():
            if not known_keys(key.lower()):
                raise UnsupportedPolicy(f"condition key {key}")
            if name.startswith("Numeric"):
                list(map(number, listed(values)))
    if "${" in json.dumps(statement):
        raise UnsupportedPolicy("policy variables")


def statements(policy: str) -> list[dict[str, Any]]:
    """Lists a policy's statements, of which JSON allows a single one without brackets."""
    found = json.loads(policy)["Statement"]
    return found if isinstance(found, list) else [found]


def listed(value: Any) -> list[str]:
    """Lists the values of an element that may hold one or many, booleans as policies write them."""
    values: Iterable[Any] = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]
