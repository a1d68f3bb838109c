"""Evaluates bucket policies with their conditions on every S3 request, and refuses requests moto would misread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

import xmltodict
from moto.iam.access_control import PermissionResult
from moto.iam.models import iam_backends
from moto.s3.models import FakeBucket, s3_backends
from moto.s3.responses import S3Response
from moto.sts.models import sts_backends

from . import configurations, policy
from .delivery import may_deliver
from .errors import s3_error
from .s3_operations import find_operation, permission

# the endpoint the request came in by, set by emulator.py
TRANSPORT = "basin.transport"

# what a request tells of itself for the sake of a test: AWS would know it from the connection
TOLD_BY_HEADERS = {
    "s3:tlsversion": "x-emulator-tls-version",
    "aws:sourceip": "x-emulator-source-ip",
    "aws:sourcevpc": "x-emulator-source-vpc",
    "aws:sourcevpce": "x-emulator-source-vpce",
}

# condition keys of the network that a caller is in, by access key: for callers that cannot tell them by headers
NETWORKS: dict[str, dict[str, str]] = {}

# keys that hold for every request of a person or a role of this account, and those that none of them has
CONSTANT = {"aws:principalisawsservice": "false", "aws:viaawsservice": "false"}
ABSENT = {"aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"}
QUERY_KEYS = {
    "s3:delimiter": "delimiter",
    "s3:max-keys": "max-keys",
    "s3:prefix": "prefix",
    "s3:versionid": "versionId",
}
HEADER_KEYS = {
    "s3:if-match",
    "s3:if-none-match",
    "s3:x-amz-acl",
    "s3:x-amz-copy-source",
    "s3:x-amz-metadata-directive",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm",
    "s3:x-amz-storage-class",
}
IDENTITY_KEYS = {"aws:principalaccount", "aws:principalarn", "aws:resourceaccount", "s3:resourceaccount"}


class AccessDenied(Exception):
    """A bucket policy denies a request."""

    def __init__(self, request: policy.Request, sid: str) -> None:
        """Names the statement, as AWS does not."""
        super().__init__(
            f"{request.principal} is not authorized to perform: {request.action} on resource: "
            f"{request.resource} with an explicit deny in a resource-based policy ({sid})"
        )


def known_key(key: str) -> bool:
    """Tells whether a condition key is filled in, or known to be absent."""
    return (
        key == "aws:securetransport"
        or key in CONSTANT | TOLD_BY_HEADERS | QUERY_KEYS
        or key in ABSENT | HEADER_KEYS | IDENTITY_KEYS
    )


def context_of(response: S3Response, principal: str, query: dict[str, str]) -> dict[str, str]:
    """Fills in the condition keys of a request."""
    headers, account = response.headers, response.current_account
    secure = response.request.environ[TRANSPORT] == "tls"
    filled = {
        "aws:securetransport": str(secure).lower(),
        "s3:tlsversion": "1.3" if secure else None,
        "aws:principalarn": principal,
        **CONSTANT,
        **dict.fromkeys(IDENTITY_KEYS - {"aws:principalarn"}, account),
        **{key: query.get(name) for key, name in QUERY_KEYS.items()},
        **{key: headers.get(key.removeprefix("s3:")) for key in HEADER_KEYS},
        **{key: headers[header] for key, header in TOLD_BY_HEADERS.items() if header in headers},
        **NETWORKS.get(access_key(response), {}),
    }
    return {key: value for key, value in filled.items() if value is not None}


def caller(response: S3Response) -> str:
    """Names the role or user of the access key; keys that belong to nobody act as the account itself."""
    account, partition = response.current_account, response.partition
    key_id = access_key(response)
    role = sts_backends[account][partition].get_assumed_role_from_access_key(key_id)
    if role:
        return role.role_arn
    user = iam_backends[account][partition].get_user_from_access_key_id(key_id)
    return user.arn if user else f"arn:{partition}:iam::{account}:root"


def access_key(response: S3Response) -> str:
    """Reads which access key a request is signed with."""
    key = re.search(r"Credential=([^/,]+)/", response.headers.get("Authorization", ""))
    return key.group(1) if key else ""


def bucket_of(response: S3Response, name: str) -> FakeBucket | None:
    """Finds a bucket, of whatever account."""
    return s3_backends[response.current_account][response.partition].buckets.get(name)


def needed_permissions(response: S3Response, bucket: str, key: str, query: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Lists the permissions that a request needs, each with its bucket and key."""
    level = "object" if key else "bucket" if bucket else "service"
    found = find_operation(level, response.method, query)
    if (level, response.method, found.subresource) == ("bucket", "POST", "delete"):
        for item in listed(xmltodict.parse(response.body)["Delete"].get("Object", [])):
            yield "s3:DeleteObjectVersion" if item.get("VersionId") else "s3:DeleteObject", f"{bucket}/{item['Key']}"
        return
    yield permission(found, query), f"{bucket}/{key}" if key else bucket
    source = response.headers.get("x-amz-copy-source")
    if source is not None:
        path, _, version = source.partition("?")
        yield "s3:GetObjectVersion" if version else "s3:GetObject", unquote(path).lstrip("/")


def listed(value: Any) -> list[Any]:
    """Lists what xmltodict gives bare where there is one."""
    return value if isinstance(value, list) else [value]


def authorize(response: S3Response, bucket: str, key: str) -> None:
    """Refuses a request that moto does not implement, or that a bucket policy denies.

    A policy's Allow changes nothing: the callers of this account are administrators. Where a policy denies one of
    several objects that are to be deleted, all of the request is refused.
    """
    query = {name: values[0] for name, values in parse_qs(urlparse(response.uri).query, keep_blank_values=True).items()}
    principal = caller(response)
    context = context_of(response, principal, query)
    for action, path in needed_permissions(response, bucket, key, query):
        target = bucket_of(response, path.partition("/")[0])
        if target is None or target.policy is None:
            continue
        resource = f"arn:{response.partition}:s3:::{path}"
        request = policy.Request(action, resource, principal, response.current_account, context)
        sid = policy.refusal(target.policy.decode(), request)
        if sid is not None:
            raise AccessDenied(request, sid)


def check_new_policy(response: S3Response) -> None:
    """Refuses a bucket policy that cannot be evaluated."""
    try:
        policy.check_policy(response.body.decode(), known_key)
    except policy.UnsupportedPolicy as error:
        raise NotImplementedError(f"bucket policy: {error}") from error


def logs_may_be_delivered(source: FakeBucket, target_bucket: FakeBucket, target_prefix: str | None) -> bool:
    """Tells whether a bucket's policy lets S3 deliver the access logs of another bucket."""
    return may_deliver("logging.s3.amazonaws.com", source, target_bucket, f"{target_prefix or ''}log")


def install() -> None:
    """Puts the evaluation in front of moto's S3, and ends moto's own, which ignores conditions."""
    bucket_response, key_response = S3Response._bucket_response, S3Response._key_response

    def authorized_bucket_response(self: S3Response, request: Any, full_url: str) -> Any:
        try:
            authorize(self, self.bucket_name or "", "")
        except AccessDenied as error:
            return s3_error(403, "AccessDenied", str(error))
        if request.method == "PUT" and "policy" in request.args:
            try:
                check_new_policy(self)
            except (KeyError, ValueError):
                return s3_error(400, "MalformedPolicy", "This policy contains invalid Json")
        return configurations.answer(self) or configurations.remember(self, bucket_response(self, request, full_url))

    def authorized_key_response(self: S3Response, request: Any, full_url: str) -> Any:
        try:
            authorize(self, self.bucket_name, self.parse_key_name())
        except AccessDenied as error:
            return s3_error(403, "AccessDenied", str(error))
        return key_response(self, request, full_url)

    S3Response._bucket_response = authorized_bucket_response
    S3Response._key_response = authorized_key_response
    FakeBucket.get_permission = lambda self, action, resource: PermissionResult.NEUTRAL
    FakeBucket._log_permissions_enabled_policy = logs_may_be_delivered
