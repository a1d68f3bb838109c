"""Names the S3 operation that a request asks for; moto takes what it does not know for another operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """A form of S3 request, with the permission it needs."""

    level: str
    method: str
    # the query parameter that selects it; none for the plain request
    subresource: str
    permission: str
    parameters: frozenset[str] = frozenset()


def operation(level: str, method: str, subresource: str, permission: str, parameters: str = "") -> Operation:
    """Shortens the table below."""
    return Operation(level, method, subresource, permission, frozenset(parameters.split()))


LISTING = "delimiter encoding-type max-keys prefix"
RESPONSE_HEADERS = (
    "response-cache-control response-content-disposition response-content-encoding "
    "response-content-language response-content-type response-expires"
)

# names of the SDK that say what the subresource says already
IGNORED_PARAMETERS = frozenset({"x-id"})

# what moto does, and configurations.py; everything else is refused
OPERATIONS = [
    operation("service", "GET", "", "s3:ListAllMyBuckets", "bucket-region max-buckets prefix"),
    operation("bucket", "HEAD", "", "s3:ListBucket"),
    operation("bucket", "GET", "", "s3:ListBucket", f"{LISTING} marker"),
    operation("bucket", "GET", "list-type", "s3:ListBucket", f"{LISTING} continuation-token fetch-owner start-after"),
    operation("bucket", "GET", "versions", "s3:ListBucketVersions", f"{LISTING} key-marker version-id-marker"),
    operation("bucket", "GET", "uploads", "s3:ListBucketMultipartUploads", "prefix max-uploads encoding-type"),
    operation("bucket", "GET", "location", "s3:GetBucketLocation"),
    operation("bucket", "PUT", "", "s3:CreateBucket"),
    operation("bucket", "DELETE", "", "s3:DeleteBucket"),
    operation("bucket", "POST", "delete", "s3:DeleteObject"),
    *(
        operation("bucket", method, subresource, f"s3:{verb}{permission}")
        for subresource, permission in {
            "accelerate": "AccelerateConfiguration",
            "acl": "BucketAcl",
            "cors": "BucketCORS",
            "encryption": "EncryptionConfiguration",
            "lifecycle": "LifecycleConfiguration",
            "logging": "BucketLogging",
            "notification": "BucketNotification",
            "object-lock": "BucketObjectLockConfiguration",
            "ownershipControls": "BucketOwnershipControls",
            "policy": "BucketPolicy",
            "publicAccessBlock": "BucketPublicAccessBlock",
            "replication": "ReplicationConfiguration",
            "requestPayment": "BucketRequestPayment",
            "tagging": "BucketTagging",
            "versioning": "BucketVersioning",
            "website": "BucketWebsite",
        }.items()
        for method, verb in {"GET": "Get", "PUT": "Put"}.items()
    ),
    *(
        operation("bucket", "DELETE", subresource, f"s3:{permission}")
        for subresource, permission in {
            "cors": "PutBucketCORS",
            "encryption": "PutEncryptionConfiguration",
            "lifecycle": "PutLifecycleConfiguration",
            "ownershipControls": "PutBucketOwnershipControls",
            "policy": "DeleteBucketPolicy",
            "publicAccessBlock": "PutBucketPublicAccessBlock",
            "replication": "PutReplicationConfiguration",
            "tagging": "PutBucketTagging",
            "website": "DeleteBucketWebsite",
        }.items()
    ),
    *(
        operation("bucket", method, subresource, f"s3:{verb}{permission}", "id continuation-token")
        for subresource, permission in {
            "analytics": "AnalyticsConfiguration",
            "intelligent-tiering": "IntelligentTieringConfiguration",
            "inventory": "InventoryConfiguration",
            "metrics": "MetricsConfiguration",
        }.items()
        for method, verb in {"GET": "Get", "PUT": "Put", "DELETE": "Put"}.items()
    ),
    operation("object", "HEAD", "", "s3:GetObject", f"partNumber versionId {RESPONSE_HEADERS}"),
    operation("object", "GET", "", "s3:GetObject", f"partNumber versionId {RESPONSE_HEADERS}"),
    operation("object", "GET", "uploadId", "s3:ListMultipartUploadParts", "max-parts part-number-marker"),
    operation("object", "GET", "acl", "s3:GetObjectAcl", "versionId"),
    operation("object", "GET", "attributes", "s3:GetObject", "versionId"),
    operation("object", "GET", "legal-hold", "s3:GetObjectLegalHold", "versionId"),
    operation("object", "GET", "tagging", "s3:GetObjectTagging", "versionId"),
    operation("object", "PUT", "", "s3:PutObject"),
    operation("object", "PUT", "uploadId", "s3:PutObject", "partNumber"),
    operation("object", "PUT", "acl", "s3:PutObjectAcl", "versionId"),
    operation("object", "PUT", "legal-hold", "s3:PutObjectLegalHold", "versionId"),
    operation("object", "PUT", "retention", "s3:PutObjectRetention", "versionId"),
    operation("object", "PUT", "tagging", "s3:PutObjectTagging", "versionId"),
    operation("object", "POST", "uploads", "s3:PutObject"),
    operation("object", "POST", "uploadId", "s3:PutObject"),
    operation("object", "DELETE", "", "s3:DeleteObject", "versionId"),
    operation("object", "DELETE", "uploadId", "s3:AbortMultipartUpload"),
    operation("object", "DELETE", "tagging", "s3:DeleteObjectTagging", "versionId"),
]

VERSION_PERMISSIONS = {
    "s3:DeleteObject": "s3:DeleteObjectVersion",
    "s3:DeleteObjectTagging": "s3:DeleteObjectVersionTagging",
    "s3:GetObject": "s3:GetObjectVersion",
    "s3:GetObjectAcl": "s3:GetObjectVersionAcl",
    "s3:GetObjectTagging": "s3:GetObjectVersionTagging",
    "s3:PutObjectAcl": "s3:PutObjectVersionAcl",
    "s3:PutObjectTagging": "s3:PutObjectVersionTagging",
}


def find_operation(level: str, method: str, query: Mapping[str, str]) -> Operation:
    """Finds the operation of a request, of which nothing may be left over."""
    names = set(query) - IGNORED_PARAMETERS
    for candidate in OPERATIONS:
        rest = names - {candidate.subresource} if candidate.subresource else names
        selected = not candidate.subresource or candidate.subresource in names
        if (candidate.level, candidate.method) == (level, method) and selected and rest <= candidate.parameters:
            return candidate
    raise NotImplementedError(f"S3 {method} of a {level} with {', '.join(sorted(names)) or 'nothing'}")


def permission(found: Operation, query: Mapping[str, str]) -> str:
    """Names the permission an operation needs, which is another one for a certain version of an object."""
    return VERSION_PERMISSIONS.get(found.permission, found.permission) if "versionId" in query else found.permission
