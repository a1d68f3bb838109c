"""Runs Lambda functions of Python and Node when they are called synchronously, each call in a new process.

A call gets the function's own code (lambda_code.py), variables, timeout, and credentials of a session of its role,
with which it calls this emulator. A function in a VPC reaches S3 through the gateway endpoint of its subnets, if any.

Other than in AWS: every call is a cold start; the process runs under the Python or Node of this machine, whose
version may be another one than the runtime's; memory, processor and network are not limited; the code's folder can be
written to; HOME is set; Node has no AWS SDK of its own; and what a call leaves running ends with it. What the role's
own policies allow is not asked: only the policies of buckets are. Refused are calls that nobody would wait for, layers,
images and other runtimes.
"""

from __future__ import annotations

import atexit
import base64
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.ec2.models import ec2_backends
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.sts.models import sts_backends

from . import bucket_policies
from .lambda_code import WORKSPACE, UnusableCode, interpreter, runtime_packages, unpack
from .lambda_configuration import logging_config

RUNTIMES = Path(__file__).parent.parent / "runtimes"

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, with room for the envelope
LARGEST_PAYLOAD = 6_291_556
LARGEST_TAIL = 4096
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
INITIALIZATION_SECONDS = 10
SESSION_SECONDS = 3600

# calls have processes of a group of their own, which would outlive the emulator
RUNNING: set[subprocess.Popen[bytes]] = set()

Answer = tuple[int, dict[str, Any], str]


class RequestTooLarge(LambdaClientError):
    """The payload of a call is larger than Lambda takes."""

    code = 413

    def __init__(self, size: int) -> None:
        """Says how large it is."""
        message = f"Request must be smaller than {LARGEST_PAYLOAD} bytes for the InvokeFunction operation, got {size}"
        super().__init__("RequestTooLargeException", message)


class TooManyRequests(LambdaClientError):
    """No call of a function may run."""

    code = 429

    def __init__(self) -> None:
        """Says so as Lambda does."""
        super().__init__("TooManyRequestsException", "Rate Exceeded.")


class RoleNotUsable(LambdaClientError):
    """The role of a function is not there."""

    code = 403

    def __init__(self) -> None:
        """Says so as Lambda does."""
        message = "The role defined for the function cannot be assumed by Lambda."
        super().__init__("AccessDeniedException", message)


@dataclass
class Call:
    """One call of a function."""

    function: LambdaFunction
    event: str
    request_id: str
    # of the logs
    stream: str

    @property
    def group(self) -> str:
        """Names the log group of the function."""
        return logging_config(self.function)["LogGroup"]


@dataclass
class Ended:
    """What a process has come to: a result or an error of the function, and what it printed."""

    payload: str
    failed: bool
    log: str


def install() -> None:
    """Runs functions where moto would start a container, and refuses to where nobody waits for them."""

    def refuse(self: LambdaFunction, *arguments: Any) -> Any:
        raise NotImplementedError(f"{self.function_name}: only calls that somebody waits for run functions")

    def stop_all() -> None:
        for child in list(RUNNING):
            stop(child)

    atexit.register(stop_all)
    LambdaResponse.invoke = invoke
    LambdaFunction.invoke = refuse


def invoke(self: LambdaResponse) -> Answer:
    """Answers a call of a function."""
    kind = self.headers.get("X-Amz-Invocation-Type", "RequestResponse")
    if kind not in ("DryRun", "RequestResponse"):
        raise NotImplementedError(f"lambda: Invoke of type {kind}: nobody would run the function later")
    name = unquote(self.path.rstrip("/").rsplit("/", 2)[-2])
    function = self.backend.get_function(name, self.querystring.get("Qualifier", [None])[0])
    event = check_event(self.body)
    if kind == "DryRun":
        return 204, {"status": 204}, ""
    check_runnable(function)
    now = datetime.now(timezone.utc)
    stream = f"{now:%Y/%m/%d}/[{function.version}]{uuid4().hex}"
    call = Call(function, event, str(uuid4()), stream)
    ended = run(call)
    keep_log(call, ended.log)
    headers = {
        "content-type": "application/json",
        "x-amz-executed-version": str(function.version),
        "x-amzn-requestid": call.request_id,
    }
    if ended.failed:
        headers["x-amz-function-error"] = "Unhandled"
    if self.headers.get("X-Amz-Log-Type") == "Tail":
        headers["x-amz-log-result"] = base64.b64encode(ended.log.encode()[-LARGEST_TAIL:]).decode()
    return 200, headers, ended.payload


def check_event(body: Any) -> str:
    """Reads the payload of a call, which is an empty object where there is none."""
    text = body.decode() if isinstance(body, bytes) else body or ""
    size = len(text.encode())
    if size > LARGEST_PAYLOAD:
        raise RequestTooLarge(size)
    try:
        json.loads(text or "{}")
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise LambdaClientError("InvalidRequestContentException", message) from error
    return text or "{}"


def check_runnable(function: LambdaFunction) -> None:
    """Refuses functions that this machine cannot run, and those that may not run."""
    # 0 is how a function is switched off
    if function.reserved_concurrency is not None and int(function.reserved_concurrency) == 0:
        raise TooManyRequests
    runtime = function.run_time or function.package_type
    if not runtime.startswith(("nodejs", "python")):
        raise NotImplementedError(f"lambda: Invoke: no {runtime} is on this machine")
    if function.layers:
        raise NotImplementedError("lambda: Invoke: functions with layers are not run")


def run(call: Call) -> Ended:
    """Runs a function in a process of its own, and whatever it starts."""
    function = call.function
    try:
        folder = unpack(function)
    except UnusableCode as error:
        raise NotImplementedError(f"lambda: Invoke: {error}") from error
    with session(function) as credentials, tempfile.TemporaryDirectory(dir=WORKSPACE) as own:
        started = time.monotonic()
        environment = {**variables(call, folder, Path(own)), **credentials}
        with process(call, folder, Path(own), environment) as (child, receiver):
            said = listen(receiver, started, function.timeout)
            if not said or list(said[-1]) == ["started"]:
                # it has closed its end without an answer, so it is about to end: how is what there is to tell
                with suppress(subprocess.TimeoutExpired):
                    child.wait(INITIALIZATION_SECONDS)
        milliseconds = (time.monotonic() - started) * 1000
        printed = (Path(own) / "log").read_text(encoding="utf-8", errors="replace")
        return conclude(call, said, child.returncode, printed, milliseconds)


@contextmanager
def process(
    call: Call, folder: Path, own: Path, environment: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Starts a process that makes a call, with where to hear from it, and leaves nothing of it."""
    (own / "event").write_text(call.event, encoding="utf-8")
    receiver, sender = os.pipe()
    try:
        with (own / "log").open("wb") as output, (own / "event").open("rb") as stdin:
            try:
                child = subprocess.Popen(
                    [*command(call.function), str(sender)],
                    cwd=folder,
                    env=environment,
                    pass_fds=[sender],
                    start_new_session=True,
                    stderr=output,
                    stdin=stdin,
                    stdout=output,
                )
            finally:
                os.close(sender)
        RUNNING.add(child)
        try:
            yield child, receiver
        finally:
            stop(child)
    finally:
        os.close(receiver)


def command(function: LambdaFunction) -> list[str]:
    """Names the program that runs a function."""
    if function.run_time.startswith("nodejs"):
        return [os.environ["BASIN_LAMBDA_NODE"], str(RUNTIMES / "lambda_runtime.mjs")]
    # without anything that is installed on this machine: sys.path is what Lambda would have
    options = ["-I", "-S", "-u", "-X", "utf8", "-X", f"pycache_prefix={WORKSPACE / 'compiled'}"]
    return [interpreter().executable, *options, str(RUNTIMES / "lambda_runtime.py"), str(runtime_packages())]


def variables(call: Call, folder: Path, own: Path) -> dict[str, str]:
    """Lists the environment variables of a call, but for its credentials."""
    function = call.function
    logging = logging_config(function)
    return {
        **{name: str(value) for name, value in (function.environment_vars or {}).items()},
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['MOTO_PORT']}",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": logging["LogFormat"],
        "AWS_LAMBDA_LOG_GROUP_NAME": call.group,
        **({"AWS_LAMBDA_LOG_LEVEL": logging["ApplicationLogLevel"]} if "ApplicationLogLevel" in logging else {}),
        "AWS_LAMBDA_LOG_STREAM_NAME": call.stream,
        "AWS_REGION": function.region,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "BASIN_FUNCTION_ARN": function.function_arn,
        "BASIN_REQUEST_ID": call.request_id,
        "BASIN_TIMEOUT_SECONDS": str(function.timeout),
        "HOME": str(own),
        "LAMBDA_TASK_ROOT": str(folder),
        "LANG": "en_US.UTF-8",
        "PATH": os.environ.get("PATH", ""),
        "TMPDIR": str(own),
        "TZ": ":UTC",
        "_HANDLER": function.handler or "",
    }


@contextmanager
def session(function: LambdaFunction) -> Iterator[dict[str, str]]:
    """Lets a call act as the function's role, from the function's network, as long as it runs."""
    account, partition = function.account_id, function.partition
    try:
        iam_backends[account][partition].get_role_by_arn(function.role)
    except NotFoundException as error:
        raise RoleNotUsable from error
    # in AWS too the session has the function's name
    role = sts_backends[account][partition].assume_role(
        region_name=function.region,
        role_session_name=function.function_name,
        role_arn=function.role,
        policy="",
        duration=SESSION_SECONDS,
        external_id="",
    )
    bucket_policies.NETWORKS[role.access_key_id] = network(function)
    try:
        yield {
            "AWS_ACCESS_KEY_ID": role.access_key_id,
            "AWS_SECRET_ACCESS_KEY": role.secret_access_key,
            "AWS_SESSION_TOKEN": role.session_token,
        }
    finally:
        del bucket_policies.NETWORKS[role.access_key_id]


def network(function: LambdaFunction) -> dict[str, str]:
    """Tells what S3 sees of the network that a function is in: nothing without a gateway endpoint of its subnets."""
    backend = ec2_backends[function.account_id][function.region]
    tables = {route_table_of(backend, subnet) for subnet in (function.vpc_config or {}).get("SubnetIds") or []}
    for endpoint in backend.vpc_end_points.values():
        # endpoints of S3 are gateways unless they are asked to be another kind
        is_gateway = (endpoint.vpc_endpoint_type or "Gateway").lower() == "gateway"
        is_for_s3 = endpoint.service_name.endswith(f".{function.region}.s3")
        if is_gateway and is_for_s3 and tables & set(endpoint.route_table_ids or []):
            return {"aws:sourcevpc": endpoint.vpc_id, "aws:sourcevpce": endpoint.id}
    return {}


def route_table_of(backend: Any, subnet_id: str) -> str:
    """Finds the route table of a subnet, which is its VPC's main one unless it has its own."""
    vpc_id = backend.get_subnet(subnet_id).vpc_id
    tables = [table for table in backend.route_tables.values() if table.vpc_id == vpc_id]
    own = (table.id for table in tables if subnet_id in table._associations.values())
    return next(own, None) or next(table.id for table in tables if table.main_association_id is not None)


def listen(receiver: int, started: float, timeout: int) -> list[Any]:
    """Reads what a process says until it has said a result, has ended, or its time is up.

    The time of a call begins when the handler is loaded, for which there are ten seconds more.
    """
    deadline = started + INITIALIZATION_SECONDS + timeout
    text = b""
    lines: list[Any] = []
    while len(lines) < 2:
        ready, _, _ = select.select([receiver], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            return [*lines, {"timeout": True}]
        data = os.read(receiver, 1 << 16)
        if not data:
            return lines
        text += data
        *whole, text = text.split(b"\n") if b"\n" in data else [text]
        for line in whole:
            lines.append(json.loads(line))
            if len(lines) == 1:
                deadline = time.monotonic() + timeout
    return lines


def stop(child: subprocess.Popen[bytes]) -> None:
    """Ends a process, and all that it has started: AWS would freeze it until the next call."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    RUNNING.discard(child)


def conclude(call: Call, said: list[Any], exit_code: int, printed: str, milliseconds: float) -> Ended:
    """Tells from what a process has said, or from its end, what its call has come to."""
    last = said[-1] if said else {}
    if "refused" in last:
        raise NotImplementedError(f"lambda: Invoke: {last['refused']}")
    failed = "result" not in last
    if not failed:
        payload = last["result"]
    elif "error" in last:
        payload = last["error"]
    elif "timeout" in last:
        payload = failure(call, "Sandbox.Timedout", f"Task timed out after {call.function.timeout:.2f} seconds")
    else:
        payload = failure(call, "Runtime.ExitError", f"Runtime exited {reason(exit_code)}")
    size = len(payload.encode())
    if size > LARGEST_PAYLOAD:
        failed = True
        message = f"Response payload size exceeded maximum allowed payload size ({LARGEST_PAYLOAD} bytes)."
        payload = json.dumps({"errorType": "Function.ResponseSizeTooLarge", "errorMessage": message})
    if printed and not printed.endswith("\n"):
        printed += "\n"
    if failed and "error" not in last:
        printed += f"{json.loads(payload)['errorMessage']}\n"
    return Ended(
        payload,
        failed,
        f"START RequestId: {call.request_id} Version: {call.function.version}\n{printed}"
        f"END RequestId: {call.request_id}\nREPORT RequestId: {call.request_id}\tDuration: {milliseconds:.2f} ms\n",
    )


def failure(call: Call, kind: str, message: str) -> str:
    """Makes the payload of a call whose process has not answered."""
    return json.dumps({"errorType": kind, "errorMessage": f"RequestId: {call.request_id} Error: {message}"})


def reason(exit_code: int) -> str:
    """Tells how a process has ended."""
    if exit_code == 0:
        return "without providing a reason"
    if exit_code < 0:
        return f"with error: signal: {signal.strsignal(-exit_code) or -exit_code}".lower()
    return f"with error: exit status {exit_code}"


def keep_log(call: Call, log: str) -> None:
    """Writes what a call has printed to the function's log group, if there is one: a role may not make it."""
    backend = logs_backends[call.function.account_id][call.function.region]
    if call.group in backend.groups:
        now = int(time.time() * 1000)
        backend.create_log_stream(call.group, call.stream)
        events = [{"timestamp": now, "message": line} for line in log.splitlines()]
        backend.put_log_events(call.group, call.stream, events)
