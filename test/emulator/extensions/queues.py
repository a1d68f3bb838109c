"""Keeps all that is set of queues in SQS, where moto forgets some of it, and refuses what SQS refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.sqs.exceptions import SQSException
from moto.sqs.models import Queue, SQSBackend, sqs_backends

from . import identities

# attributes that are gone where they are set to nothing
REMOVABLE = ("KmsMasterKeyId", "Policy", "RedriveAllowPolicy", "RedrivePolicy")
LIMITS = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
MOST_RECEIVES = 1000


def install() -> None:
    """Extends setting and telling of attributes, and using queues whose keys are gone."""
    set_attributes, tell = Queue._set_attributes, Queue.attributes.fget
    create = SQSBackend.create_queue

    def set_all(self: Queue, attributes: dict[str, Any], now: float | None = None) -> None:
        given = {name: None if name in REMOVABLE and not value else value for name, value in attributes.items()}
        check(self, given)
        # moto takes a request without a policy for one that takes it away
        kept = {"Policy": self.policy} if "Policy" not in given and hasattr(self, "_policy_json") else {}
        set_attributes(self, {**given, **kept}, now)
        if "RedrivePolicy" in given and given["RedrivePolicy"] is None:
            self.redrive_policy, self.dead_letter_queue = None, None
        # one way of encryption excludes the other
        if given.get("KmsMasterKeyId"):
            self.sqs_managed_sse_enabled = False
        elif str(given.get("SqsManagedSseEnabled", "")).lower() == "true":
            self.kms_master_key_id = None

    def tell_all(self: Queue) -> dict[str, Any]:
        attributes = {name: value for name, value in tell(self).items() if value is not None}
        if self.redrive_policy:
            attributes["RedrivePolicy"] = identities.compact(self.redrive_policy)
        if getattr(self, "redrive_allow_policy", None):
            attributes["RedriveAllowPolicy"] = identities.compact(json.loads(self.redrive_allow_policy))
        attributes["SqsManagedSseEnabled"] = str(attributes["SqsManagedSseEnabled"]).lower()
        return attributes

    def create_once(self: SQSBackend, name: str, tags: dict[str, str] | None = None, **attributes: Any) -> Queue:
        is_new = name not in self.queues
        queue = create(self, name, tags if is_new else None, **attributes)
        # what SQS does with what is not said about encryption
        if is_new and "KmsMasterKeyId" not in attributes and "SqsManagedSseEnabled" not in attributes:
            queue.sqs_managed_sse_enabled = True
        return queue

    Queue._set_attributes = set_all
    Queue.attributes = property(tell_all)
    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]
    Queue.redrive_allow_policy = None
    SQSBackend.create_queue = create_once
    for name in ("send_message", "send_message_batch", "receive_message"):
        setattr(SQSBackend, name, with_key(getattr(SQSBackend, name)))


def with_key(method: Callable[..., Any]) -> Callable[..., Any]:
    """Refuses to use a queue whose key nobody can use."""

    @wraps(method)
    def checked(self: SQSBackend, queue_name: str, *arguments: Any, **named: Any) -> Any:
        identifier = self.get_queue(queue_name).kms_master_key_id
        if identifier:
            key = identities.find_key(identifier, self.account_id, self.region_name)
            if key is None:
                raise SQSException("KMS.NotFoundException", f"Key '{identifier}' does not exist")
            if not identities.is_usable(key):
                raise SQSException("KMS.InvalidStateException", f"{key.arn} is {key.key_state}.")
        return method(self, queue_name, *arguments, **named)

    return checked


def check(queue: Queue, attributes: dict[str, Any]) -> None:
    """Refuses attributes that do not make sense, or name what is not there."""
    for name, (low, high) in LIMITS.items():
        value = attributes.get(name)
        if value is not None and not (str(value).isdigit() and low <= int(value) <= high):
            raise invalid(name, f"Must be between {low} and {high}, if it is set.")
    for name in ("Policy", "RedriveAllowPolicy", "RedrivePolicy"):
        if attributes.get(name) is not None:
            CHECKS[name](queue, attributes[name])


def check_policy(queue: Queue, text: str) -> None:
    """Refuses what is no policy, and one with principals that do not exist."""
    absent = (
        next(identities.absent_principals(text, queue.account_id, queue.region), None)
        if identities.is_policy(text)
        else "it is no policy of a queue"
    )
    if absent is not None:
        raise invalid("Policy", f"Invalid value for the parameter Policy: {absent}")


def check_redrive_policy(queue: Queue, text: str) -> None:
    """Refuses a dead-letter queue that is not there, is of another kind, or does not take what comes from this one."""
    value = object_of("RedrivePolicy", text)
    arn, count = value.get("deadLetterTargetArn"), str(value.get("maxReceiveCount", ""))
    if set(value) != {"deadLetterTargetArn", "maxReceiveCount"} or not count.isdigit():
        raise invalid("RedrivePolicy", "It has to have a deadLetterTargetArn and a maxReceiveCount.")
    if not 1 <= int(count) <= MOST_RECEIVES:
        raise invalid("RedrivePolicy", f"Invalid value for maxReceiveCount: {count}, valid are 1 to {MOST_RECEIVES}.")
    target = find_queue(queue, arn)
    if target is None:
        raise invalid("RedrivePolicy", f"Dead letter target does not exist: {arn}")
    if target.name.endswith(".fifo") != queue.name.endswith(".fifo"):
        raise invalid("RedrivePolicy", "Dead-letter queue must be same type of queue as the source.")
    allowed = json.loads(target.redrive_allow_policy or '{"redrivePermission": "allowAll"}')
    permission, sources = allowed["redrivePermission"], allowed.get("sourceQueueArns", [])
    if permission == "denyAll" or (permission == "byQueue" and queue.queue_arn not in sources):
        raise invalid("RedrivePolicy", f"{arn} does not allow this queue to use it as a dead-letter queue.")


def check_redrive_allow_policy(queue: Queue, text: str) -> None:
    """Refuses what does not tell which queues may use this one as their dead-letter queue."""
    value = object_of("RedriveAllowPolicy", text)
    permission, sources = value.get("redrivePermission"), value.get("sourceQueueArns", [])
    by_queue = permission == "byQueue"
    if permission not in ("allowAll", "byQueue", "denyAll") or by_queue != bool(sources) or len(sources) > 10:
        raise invalid("RedriveAllowPolicy", "It has to have a redrivePermission, and up to 10 sources for byQueue.")


CHECKS = {
    "Policy": check_policy,
    "RedriveAllowPolicy": check_redrive_allow_policy,
    "RedrivePolicy": check_redrive_policy,
}


def object_of(name: str, text: str) -> dict[str, Any]:
    """Reads an attribute that is a JSON object."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise invalid(name, "It is no JSON object.")
    return value


def find_queue(queue: Queue, arn: str | None) -> Queue | None:
    """Finds another queue of the same account and region."""
    queues = sqs_backends[queue.account_id][queue.region].queues.values()
    return next((other for other in queues if other.queue_arn == arn), None)


def invalid(name: str, reason: str) -> SQSException:
    """Makes the error for an attribute that SQS does not take."""
    return SQSException("InvalidAttributeValue", f"Invalid value for the parameter {name}. Reason: {reason}")
