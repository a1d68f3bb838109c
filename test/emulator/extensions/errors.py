"""Error answers in the form that the AWS SDKs read."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

XML = {"content-type": "application/xml"}


def s3_error(status: int, code: str, message: str) -> tuple[int, dict[str, str], str]:
    """Makes an error answer of S3."""
    return status, dict(XML), f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"


def service_error(
    service: str, content_type: str, status: int, code: str, message: str
) -> tuple[int, dict[str, str], str]:
    """Makes an error answer of a service, whose protocol shows in its name or in the request."""
    error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        return s3_error(status, code, message)
    if service == "ec2":
        return status, dict(XML), f"<Response><Errors><Error>{error}</Error></Errors></Response>"
    if content_type.startswith("application/x-www-form-urlencoded"):
        return status, dict(XML), f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>"
    headers = {"content-type": "application/json", "x-amzn-errortype": code}
    return status, headers, json.dumps({"__type": code, "message": message})
