"""Serves AWS on loopback: moto with the extensions in this folder, for the account in MOTO_ACCOUNT_ID.

Prints one line of JSON with two endpoints: one stands for AWS's TLS endpoints, the other for those without TLS, which
differ in what policies see. Both speak plain HTTP. Ends when standard input does.

Lambda functions run under the Node at BASIN_LAMBDA_NODE and the Python at BASIN_LAMBDA_PYTHON, or that of the emulator.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterable
from threading import Thread
from typing import Any

from botocore.model import OperationNotFoundError
from flask import Flask, request
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import NotFound
from werkzeug.serving import BaseWSGIServer, make_server

from extensions import (
    bucket_policies,
    delivery_streams,
    event_sources,
    false_successes,
    flow_logs,
    key_rotation,
    key_value_tables,
    kinesis,
    lake_formation,
    lambda_code,
    lambda_configuration,
    lambda_functions,
    object_listing,
    queues,
    resource_policies,
    rule_descriptions,
    service_keys,
    table_optimizers,
    table_versions,
    workgroups,
)
from extensions.errors import service_error

EXTENSIONS = (
    bucket_policies,
    delivery_streams,
    event_sources,
    false_successes,
    flow_logs,
    key_rotation,
    key_value_tables,
    kinesis,
    lake_formation,
    lambda_code,
    lambda_configuration,
    lambda_functions,
    object_listing,
    queues,
    resource_policies,
    rule_descriptions,
    service_keys,
    table_optimizers,
    table_versions,
    workgroups,
)

Environ = dict[str, Any]
Answer = Iterable[bytes]


class Dispatcher(DomainDispatcherApplication):
    """Finds moto's application for a request, and says so where there is none."""

    def get_backend_for_host(self, host: str | None) -> Any:
        """Refuses services that moto does not have."""
        backend = super().get_backend_for_host(host)
        if backend is None and host is not None:
            raise NotImplementedError(f"no service at {host}")
        return backend


def create_application(service: Any) -> Flask:
    """Makes moto's application for a service, for which an unknown path is not a thing that does not exist."""
    application = create_backend_app(service)

    def refuse(error: Exception) -> Any:
        # moto's own errors are of other classes
        if type(error) is NotFound:
            raise NotImplementedError(f"{service}: {request.method} {request.path}")
        return error

    application.register_error_handler(404, refuse)
    return application


class Endpoint:
    """The application behind one endpoint: every request is signed, and everything unknown is an error."""

    def __init__(self, application: Callable[..., Answer], transport: str) -> None:
        """Puts itself in front of an application."""
        self.application = application
        self.transport = transport

    def __call__(self, environ: Environ, start_response: Any) -> Answer:
        """Answers a request."""
        environ[bucket_policies.TRANSPORT] = self.transport
        if not signed(environ):
            return fail(environ, start_response, 403, "MissingAuthenticationToken", "The request is not signed.")
        try:
            return self.application(environ, start_response)
        except (NotImplementedError, OperationNotFoundError) as error:
            return fail(environ, start_response, 501, "NotImplemented", f"The emulator does not do this: {error}")
        except Exception as error:
            traceback.print_exc()
            return fail(environ, start_response, 500, "InternalFailure", f"{type(error).__name__}: {error}")


def signed(environ: Environ) -> bool:
    """Tells whether a request names a key; nobody checks the signature."""
    return "Credential=" in environ.get("HTTP_AUTHORIZATION", "")


def fail(environ: Environ, start_response: Any, status: int, code: str, message: str) -> Answer:
    """Answers a request with an error in the form of its service."""
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0].split("/")
    service = scope[3] if len(scope) > 3 else "s3"
    status, headers, body = service_error(service, environ.get("CONTENT_TYPE", ""), status, code, message)
    print(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} ({service}): {status} {message}", file=sys.stderr)
    start_response(f"{status} {code}", list(headers.items()))
    return [body.encode()]


def serve(application: Callable[..., Answer], transport: str) -> BaseWSGIServer:
    """Serves an application on a free port of loopback."""
    server = make_server("127.0.0.1", 0, Endpoint(application, transport), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    """Installs the extensions, serves, and waits for the end of standard input."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    for extension in EXTENSIONS:
        extension.install()
    dispatcher = Dispatcher(create_application)
    servers = {transport: serve(dispatcher, transport) for transport in ("tls", "plain")}
    # moto calls itself for some operations
    os.environ["MOTO_PORT"] = str(servers["tls"].port)
    print(json.dumps({name: f"http://127.0.0.1:{server.port}" for name, server in servers.items()}), flush=True)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
