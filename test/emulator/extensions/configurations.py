"""Keeps the configurations of a bucket that moto loses.

Some it takes for other requests, so that a DELETE of one deletes the bucket; of others it forgets parts.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from moto.s3.responses import S3Response

from .errors import XML, s3_error

# by subresource: the element of the answer that lists them
LISTS = {
    "analytics": "ListBucketAnalyticsConfigurationResult",
    "intelligent-tiering": "ListBucketIntelligentTieringConfigurationsOutput",
    "inventory": "ListInventoryConfigurationsResult",
    "metrics": "ListMetricsConfigurationsResult",
}

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
BUCKET_OWNER_PAYS = (
    f'<RequestPaymentConfiguration xmlns="{NAMESPACE}"><Payer>BucketOwner</Payer></RequestPaymentConfiguration>'
)


def answer(response: S3Response) -> tuple[int, dict[str, str], str] | None:
    """Answers a request for one of these configurations; none for all other requests."""
    query = response.request.args
    if response.bucket_name and response.method == "GET" and "logging" in query:
        document = stored_in(response, "logging").get("")
        return found(document) if document else None
    if response.bucket_name and "requestPayment" in query:
        return request_payment(response)
    kind = next((subresource for subresource in LISTS if subresource in query), None)
    if not response.bucket_name or kind is None:
        return None
    stored = stored_in(response, kind)
    if "id" not in query:
        items = "".join(stored.values())
        name = LISTS[kind]
        return found(f'<{name} xmlns="{NAMESPACE}">{items}<IsTruncated>false</IsTruncated></{name}>')
    return one_configuration(response, stored, query["id"])


def remember(response: S3Response, result: Any) -> Any:
    """Keeps the document of a configuration that moto has checked and accepted, but knows only parts of."""
    if response.method == "PUT" and "logging" in response.request.args:
        stored_in(response, "logging")[""] = without_declaration(response)
    return result


def one_configuration(response: S3Response, stored: dict[str, str], name: str) -> tuple[int, dict[str, str], str]:
    """Stores, tells or deletes a configuration."""
    if response.method == "PUT":
        body = without_declaration(response)
        if identifier(body) != name:
            return s3_error(400, "InvalidArgument", f"the configuration's id is not {name}")
        stored[name] = body
        return 200, {}, ""
    if name not in stored:
        return s3_error(404, "NoSuchConfiguration", "The specified configuration does not exist.")
    if response.method == "DELETE":
        del stored[name]
        return 204, {}, ""
    return found(stored[name])


def request_payment(response: S3Response) -> tuple[int, dict[str, str], str]:
    """Stores or tells who pays for requests."""
    stored = stored_in(response, "requestPayment")
    if response.method == "PUT":
        stored[""] = without_declaration(response)
        return 200, {}, ""
    return found(stored.get("", BUCKET_OWNER_PAYS))


def stored_in(response: S3Response, kind: str) -> dict[str, str]:
    """Finds the configurations of a kind, which live as long as their bucket."""
    bucket: Any = response.backend.get_bucket(response.bucket_name)
    return vars(bucket).setdefault("basin_configurations", {}).setdefault(kind, {})


def identifier(body: str) -> str | None:
    """Reads the id that a configuration gives itself."""
    return next((child.text for child in ElementTree.fromstring(body) if child.tag.rpartition("}")[2] == "Id"), None)


def without_declaration(response: S3Response) -> str:
    """Reads a body as a part of a larger document."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", response.body.decode())


def found(body: str) -> tuple[int, dict[str, str], str]:
    """Makes the answer that carries a document."""
    return 200, dict(XML), body
