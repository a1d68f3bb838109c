"""Tells whether S3 could deliver what a bucket's configuration asks it to."""

from __future__ import annotations

from moto.s3.models import FakeBucket

from . import policy


def may_deliver(
    service: str, source: FakeBucket, target: FakeBucket, key: str, context: policy.Context | None = None
) -> bool:
    """Tells whether a bucket's policy lets a service of AWS write an object on behalf of another bucket."""
    if target.policy is None:
        return False
    request = policy.Request(
        "s3:PutObject",
        f"{target.arn}/{key}",
        service,
        target.account_id,
        {
            "aws:securetransport": "true",
            "s3:tlsversion": "1.3",
            "aws:principalisawsservice": "true",
            "aws:sourceaccount": source.account_id,
            "aws:sourcearn": source.arn,
            **(context or {}),
        },
        by_service=True,
    )
    return policy.allows(target.policy.decode(), request)
