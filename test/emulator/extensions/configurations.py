"""Keeps the configurations of a bucket that moto loses.

Some it takes for other requests, so that a DELETE of one deletes the bucket; of others it forgets parts.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from moto.kms.models import kms_backends
from moto.s3.responses import S3Response

from .delivery import may_deliver
from .errors import XML, s3_error
from .s3_schema import NAMESPACE, MalformedXML, local_name, parse, text_of

# by subresource: the root element of a configuration, and the element of the answer that lists them
DOCUMENTS = {
    "analytics": "AnalyticsConfiguration",
    "intelligent-tiering": "IntelligentTieringConfiguration",
    "inventory": "InventoryConfiguration",
    "metrics": "MetricsConfiguration",
}
LISTS = {
    "analytics": "ListBucketAnalyticsConfigurationResult",
    "intelligent-tiering": "ListBucketIntelligentTieringConfigurationsOutput",
    "inventory": "ListInventoryConfigurationsResult",
    "metrics": "ListMetricsConfigurationsResult",
}

Answer = tuple[int, dict[str, str], str]

BUCKET_OWNER_PAYS = (
    f'<RequestPaymentConfiguration xmlns="{NAMESPACE}"><Payer>BucketOwner</Payer></RequestPaymentConfiguration>'
)


def answer(response: S3Response) -> Answer | None:
    """Answers a request for one of these configurations; none for all other requests."""
    query = response.request.args
    if response.bucket_name and response.method == "GET" and "logging" in query:
        document = stored_in(response, "logging").get("")
        return found(document) if document else None
    try:
        if response.bucket_name and "requestPayment" in query:
            return request_payment(response)
        kind = next((subresource for subresource in LISTS if subresource in query), None)
        return configurations_of(response, kind) if response.bucket_name and kind is not None else None
    except MalformedXML as error:
        return s3_error(400, "MalformedXML", f"The XML did not validate against the published schema: {error}")


def configurations_of(response: S3Response, kind: str) -> Answer:
    """Answers a request for the configurations of a kind, or for one of them."""
    query = response.request.args
    stored = stored_in(response, kind)
    if "id" not in query:
        if response.method != "GET":
            return s3_error(400, "InvalidArgument", "The request names no configuration.")
        items = "".join(stored.values())
        name = LISTS[kind]
        return found(f'<{name} xmlns="{NAMESPACE}">{items}<IsTruncated>false</IsTruncated></{name}>')
    if response.method == "PUT":
        return new_configuration(response, kind, query["id"])
    return one_configuration(response, stored, query["id"])


def remember(response: S3Response, result: Any) -> Any:
    """Keeps the document of a configuration that moto has checked and accepted, but knows only parts of."""
    if response.method == "PUT" and "logging" in response.request.args:
        stored_in(response, "logging")[""] = without_declaration(response)
    return result


def new_configuration(response: S3Response, kind: str, name: str) -> Answer:
    """Stores a configuration that could be carried out."""
    root = parse(response.body, DOCUMENTS[kind])
    if next(child.text for child in root if local_name(child) == "Id") != name:
        return s3_error(400, "InvalidArgument", f"The configuration's id is not {name}.")
    for destination in filter(lambda element: local_name(element) == "S3BucketDestination", root.iter()):
        obstacle = delivery_obstacle(response, destination, name)
        if obstacle is not None:
            return s3_error(400, "InvalidS3DestinationBucket", obstacle)
    stored_in(response, kind)[name] = without_declaration(response)
    return 200, {}, ""


def delivery_obstacle(response: S3Response, destination: ElementTree.Element, name: str) -> str | None:
    """Tells what would keep S3 from delivering its reports.

    Source: S3 User Guide, "Configuring Amazon S3 Inventory", section "Granting permissions". What AWS finds
    with the first report at the latest is found at once here.
    """
    source: Any = response.backend.get_bucket(response.bucket_name)
    arn = text_of(destination, "Bucket") or ""
    target: Any = response.backend.buckets.get(arn.removeprefix(f"arn:{response.partition}:s3:::"))
    if target is None or target.arn != arn:
        return f"There is no bucket {arn}."
    owner = text_of(destination, "AccountId") or text_of(destination, "BucketAccountId")
    if owner not in (None, target.account_id):
        return f"{arn} does not belong to {owner}."
    if target.region_name != source.region_name:
        return f"{arn} is in {target.region_name}, not in {source.region_name}."
    prefix = text_of(destination, "Prefix")
    report = f"{source.name}/{name}/2020-01-01T00-00Z/manifest.json"
    key = f"{prefix}/{report}" if prefix else report
    if not may_deliver("s3.amazonaws.com", source, target, key, {"s3:x-amz-acl": "bucket-owner-full-control"}):
        return f"The policy of {arn} does not let s3.amazonaws.com put {key}."
    encryption_key = text_of(destination, "KeyId")
    if encryption_key is not None and not key_is_usable(source, encryption_key):
        return f"There is no key {encryption_key} that could be used."
    return None


def key_is_usable(bucket: Any, key_arn: str) -> bool:
    """Tells whether an ARN is that of an enabled key in a bucket's region and account."""
    keys = kms_backends[bucket.account_id][bucket.region_name].keys.values()
    return any(key.arn == key_arn and key.key_state == "Enabled" for key in keys)


def one_configuration(response: S3Response, stored: dict[str, str], name: str) -> Answer:
    """Tells or deletes a configuration."""
    if name not in stored:
        return s3_error(404, "NoSuchConfiguration", "The specified configuration does not exist.")
    if response.method == "DELETE":
        del stored[name]
        return 204, {}, ""
    return found(stored[name])


def request_payment(response: S3Response) -> Answer:
    """Stores or tells who pays for requests."""
    stored = stored_in(response, "requestPayment")
    if response.method == "PUT":
        parse(response.body, "RequestPaymentConfiguration")
        stored[""] = without_declaration(response)
        return 200, {}, ""
    return found(stored.get("", BUCKET_OWNER_PAYS))


def stored_in(response: S3Response, kind: str) -> dict[str, str]:
    """Finds the configurations of a kind, which live as long as their bucket."""
    bucket: Any = response.backend.get_bucket(response.bucket_name)
    return vars(bucket).setdefault("basin_configurations", {}).setdefault(kind, {})


def without_declaration(response: S3Response) -> str:
    """Reads a body as a part of a larger document."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", response.body.decode())


def found(body: str) -> Answer:
    """Makes the answer that carries a document."""
    return 200, dict(XML), body
