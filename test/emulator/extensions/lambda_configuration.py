"""Keeps the settings of Lambda functions that moto forgets, and checks what they refer to."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, UnknownEventConfig
from moto.awslambda.models import EventInvokeConfig, LambdaBackend, LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError, InvalidSubnetIdError
from moto.ec2.models import ec2_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

# settings that functions have or not; moto drops them
FORGOTTEN = ("DeadLetterConfig", "FileSystemConfigs", "KMSKeyArn")

# settings that moto takes when it makes a function, and not when it changes one
UNCHANGEABLE = {"EphemeralStorage": "ephemeral_storage", "TracingConfig": "tracing_config"}

JSON_LEVELS = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}


def install() -> None:
    """Extends making, changing and telling of functions by the forgotten settings."""
    initialize, update = LambdaFunction.__init__, LambdaFunction.update_configuration
    tell, update_code = LambdaFunction.get_configuration, LambdaFunction.update_function_code
    get_code = LambdaFunction.get_code

    def initialize_with_settings(
        self: LambdaFunction, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1
    ) -> None:
        self.basin_settings = remembered({}, spec)
        initialize(self, account_id, spec, region, version)
        check_network(self, spec)
        check_dead_letters(self, spec)

    def update_with_settings(self: LambdaFunction, changes: dict[str, Any]) -> dict[str, Any]:
        check_network(self, changes)
        check_dead_letters(self, changes)
        changes = {**changes}
        if "Environment" in changes:
            changes["Environment"] = {"Variables": {}, **changes["Environment"]}
        for name, attribute in UNCHANGEABLE.items():
            if name in changes:
                value = changes.pop(name)
                setattr(self, attribute, value["Size"] if name == "EphemeralStorage" else value)
        # published versions share the old dictionary
        self.basin_settings = remembered(self.basin_settings, changes)
        update(self, changes)
        return self.get_configuration()

    def tell_with_settings(self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        settings = {name: value for name, value in self.basin_settings.items() if value}
        return {**tell(self, on_create), **deepcopy(settings), "LoggingConfig": logging_config(self)}

    def update_code_with_architecture(self: LambdaFunction, spec: dict[str, Any]) -> dict[str, Any]:
        if "Architectures" in spec and not spec.get("DryRun"):
            self.architectures = spec["Architectures"]
        return update_code(self, spec)

    def get_code_with_concurrency(self: LambdaFunction) -> dict[str, Any]:
        answer = get_code(self)
        # moto takes 0, which switches a function off, for no limit
        if self.reserved_concurrency is not None:
            answer["Concurrency"] = {"ReservedConcurrentExecutions": self.reserved_concurrency}
        return answer

    LambdaFunction.__init__ = initialize_with_settings
    LambdaFunction.update_configuration = update_with_settings
    LambdaFunction.get_configuration = tell_with_settings
    LambdaFunction.get_code = get_code_with_concurrency
    LambdaFunction.update_function_code = update_code_with_architecture
    LambdaFunction.vpc_config = property(vpc_config)
    install_event_configurations()


def remembered(before: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """Takes over those forgotten settings that a request names."""
    return {**before, **{name: spec[name] for name in (*FORGOTTEN, "LoggingConfig") if name in spec}}


def logging_config(function: LambdaFunction) -> dict[str, str]:
    """Tells how a function logs, with what AWS adds to what was asked for."""
    given = function.basin_settings.get("LoggingConfig") or {}
    levels = JSON_LEVELS if given.get("LogFormat") == "JSON" else {}
    return {"LogFormat": "Text", "LogGroup": function.logs_group_name, **levels, **given}


def vpc_config(function: LambdaFunction) -> dict[str, Any] | None:
    """Tells a function's network with the VPC it is in, which moto makes up."""
    config = function._vpc_config
    if not config or not config.get("SubnetIds"):
        return None
    subnet = ec2_backends[function.account_id][function.region].get_subnet(config["SubnetIds"][0])
    return {**config, "VpcId": subnet.vpc_id}


def check_network(function: LambdaFunction, spec: dict[str, Any]) -> None:
    """Refuses subnets and security groups that do not exist."""
    backend = ec2_backends[function.account_id][function.region]
    config = spec.get("VpcConfig") or {}
    try:
        for subnet_id in config.get("SubnetIds") or []:
            backend.get_subnet(subnet_id)
        for group_id in config.get("SecurityGroupIds") or []:
            if backend.get_security_group_from_id(group_id) is None:
                raise InvalidSecurityGroupNotFoundError(group_id)
    except (InvalidSecurityGroupNotFoundError, InvalidSubnetIdError) as error:
        message = f"Error occurred while DescribeSecurityGroups or DescribeSubnets. EC2 Error: {error.message}"
        raise InvalidParameterValueException(message) from error


def check_dead_letters(function: LambdaFunction, spec: dict[str, Any]) -> None:
    """Refuses a queue or topic for what has failed that is not there."""
    arn = (spec.get("DeadLetterConfig") or {}).get("TargetArn")
    if not arn:
        return
    queues = sqs_backends[function.account_id][function.region].queues.values()
    if arn in {queue.queue_arn for queue in queues} | set(sns_backends[function.account_id][function.region].topics):
        return
    call = "Publish on SNS" if ":sns:" in arn else "SendMessage on SQS"
    raise InvalidParameterValueException(f"The provided execution role does not have permissions to call {call}")


def install_event_configurations() -> None:
    """Keeps the newest configuration of asynchronous calls, where moto keeps the first; refuses those of versions."""
    for name in ("put", "get", "update", "delete"):
        method = f"{name}_function_event_invoke_config"
        setattr(LambdaResponse, method, without_qualifier(getattr(LambdaResponse, method)))

    def put(self: LambdaBackend, function_name: str, config: dict[str, Any]) -> dict[str, Any]:
        return keep(self.get_function(function_name), config)

    def update(self: LambdaBackend, function_name: str, config: dict[str, Any]) -> dict[str, Any]:
        function = self.get_function(function_name)
        if not function.event_invoke_config:
            raise UnknownEventConfig(function.function_arn)
        return keep(function, {**function.event_invoke_config[0].config, **config})

    LambdaBackend.put_function_event_invoke_config = put
    LambdaBackend.update_function_event_invoke_config = update


def without_qualifier(method: Callable[[LambdaResponse], Any]) -> Callable[[LambdaResponse], Any]:
    """Refuses an operation for a version or an alias, which moto takes for one on the function."""

    @wraps(method)
    def checked(self: LambdaResponse) -> Any:
        if "Qualifier" in self.querystring:
            raise NotImplementedError(f"lambda: {method.__name__} of a version or an alias")
        return method(self)

    return checked


def keep(function: LambdaFunction, config: dict[str, Any]) -> dict[str, Any]:
    """Replaces the configuration of asynchronous calls of a function."""
    # a list of its own: published versions share the old one
    function.event_invoke_config = [EventInvokeConfig(function.function_arn, function.last_modified, config)]
    return function.event_invoke_config[0].response()
