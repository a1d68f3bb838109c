"""Runs one call of a Python function as Lambda's runtime does, with nothing beside the standard library of its own.

Arguments: a folder of the packages that Lambda's Python has, and the file descriptor for what is to be told: one line
when the handler is loaded, another with its result or error. The event comes by standard input; both outputs are logs.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"

REQUEST_ID = os.environ.pop("BASIN_REQUEST_ID")
FUNCTION_ARN = os.environ.pop("BASIN_FUNCTION_ARN")
TIMEOUT_SECONDS = float(os.environ.pop("BASIN_TIMEOUT_SECONDS"))
CHANNEL = int(sys.argv[2])


class CannotLoad(Exception):
    """A handler cannot be loaded, for a reason that Lambda has a name for."""

    def __init__(self, kind: str, message: str) -> None:
        """Names the reason."""
        super().__init__(message)
        self.kind = kind


class Context:
    """What Lambda tells a handler about its call."""

    def __init__(self, deadline: float) -> None:
        """Reads it from the environment."""
        self.aws_request_id = REQUEST_ID
        self.client_context = None
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.identity = None
        self.invoked_function_arn = FUNCTION_ARN
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Tells how long the call may go on."""
        return max(0, int((self.deadline - time.monotonic()) * 1000))

    def log(self, message: object) -> None:
        """Writes to the log."""
        sys.stdout.write(str(message))


class RequestIdFilter(logging.Filter):
    """Gives every line of the log the id of the call."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Adds the id, and keeps the line."""
        record.aws_request_id = REQUEST_ID
        return True


class JsonFormatter(logging.Formatter):
    """Writes a line of the log as JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Writes what Lambda writes."""
        line = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": REQUEST_ID,
        }
        if record.exc_info:
            line["stackTrace"] = self.formatException(record.exc_info).splitlines()
        return json.dumps(line)


def main() -> None:
    """Loads the handler, calls it, and tells what has come of it."""
    # the rest of the event loop, threads and open files of this process are nobody's: it ends with an answer
    event = json.loads(sys.stdin.buffer.read())
    start_logging()
    sys.path[:0] = [os.environ["LAMBDA_TASK_ROOT"]]
    sys.path.append(sys.argv[1])
    try:
        handler = load(os.environ["_HANDLER"])
    except CannotLoad as error:
        tell({"started": True})
        fail(error.kind, str(error), [])
    except Exception as error:
        tell({"started": True})
        fail_with(error)
    tell({"started": True})
    try:
        result = handler(event, Context(time.monotonic() + TIMEOUT_SECONDS))
    except Exception as error:
        fail_with(error)
    try:
        answer({"result": json.dumps(result)})
    except (TypeError, ValueError) as error:
        fail("Runtime.MarshalError", f"Unable to marshal response: {error}", [])


def start_logging() -> None:
    """Writes what the function logs, in the format and from the level that it is set to."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(RequestIdFilter())
    if os.environ["AWS_LAMBDA_LOG_FORMAT"] == "JSON":
        handler.setFormatter(JsonFormatter())
        logging.root.setLevel(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO").replace("TRACE", "NOTSET"))
    else:
        formatter = logging.Formatter(FORMAT, "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
    logging.root.addHandler(handler)


def load(name: str) -> Callable[[Any, Context], Any]:
    """Loads a handler."""
    module_name, dot, attribute = name.rpartition(".")
    if not dot:
        raise CannotLoad("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack")
    module_name = module_name.replace("/", ".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise CannotLoad("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        raise CannotLoad("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}") from error
    if not hasattr(module, attribute):
        raise CannotLoad("Runtime.HandlerNotFound", f"Handler '{attribute}' missing on module '{module_name}'")
    return getattr(module, attribute)


def fail_with(error: Exception) -> NoReturn:
    """Answers with an exception of the function."""
    # the first line of the trace is of this file
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__)[1:])
    fail(type(error).__name__, str(error), frames)


def fail(kind: str, message: str, frames: list[str]) -> NoReturn:
    """Answers with an error, and logs it."""
    print(f"[ERROR] {kind}: {message}", *(["Traceback (most recent call last):"] if frames else []), sep="\n")
    print("".join(frames), end="")
    error = {"errorMessage": message, "errorType": kind, "requestId": REQUEST_ID, "stackTrace": frames}
    answer({"error": json.dumps(error)})


def answer(message: dict[str, Any]) -> NoReturn:
    """Tells the end of the call, and ends."""
    sys.stdout.flush()
    sys.stderr.flush()
    tell(message)
    os._exit(0)


def tell(message: dict[str, Any]) -> None:
    """Writes a line to who started this process."""
    data = json.dumps(message).encode() + b"\n"
    while data:
        data = data[os.write(CHANNEL, data) :]


main()
