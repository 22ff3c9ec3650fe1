"""JSON-RPC 2.0 over HTTP/1.1: one POST, one call or a batch of them."""

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from control import Control, Fault, control_methods
from methods import Node, standard_methods
from wire import INTERNAL, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, RpcError


class Dispatcher:
    """Finds the method, runs it alone, and wraps what it returns or raises."""

    def __init__(self, node: Node) -> None:
        self.lock = threading.RLock()
        self._control = Control(node)
        self._methods = standard_methods(node) | control_methods(self._control)

    def take_fault(self, request: Any) -> Fault | None:
        if not isinstance(request, dict):
            return None
        method = request.get("method")
        if method == "test_fault":
            return None
        with self.lock:
            return self._control.take_fault(str(method))

    def answer(self, request: Any) -> dict[str, Any]:
        identifier = request.get("id") if isinstance(request, dict) else None
        envelope = {"jsonrpc": "2.0", "id": identifier}
        try:
            return envelope | {"result": self._run(request)}
        except RpcError as problem:
            return envelope | {"error": problem.as_json()}
        except (TypeError, KeyError, ValueError) as problem:
            text = f"invalid argument: {problem}"
            return envelope | {"error": RpcError(text, INVALID_PARAMS).as_json()}
        except Exception as problem:  # A bug of the node's; the test shall see it.
            text = f"internal error: {type(problem).__name__}: {problem}"
            return envelope | {"error": RpcError(text, INTERNAL).as_json()}

    def _run(self, request: Any) -> Any:
        if not isinstance(request, dict) or not isinstance(request.get("method"), str):
            raise RpcError("invalid request", INVALID_REQUEST)
        name = request["method"]
        method = self._methods.get(name)
        if method is None:
            text = f"the method {name} does not exist/is not available"
            raise RpcError(text, METHOD_NOT_FOUND)
        parameters = request.get("params") or []
        if not isinstance(parameters, list):
            raise RpcError("non-array args", INVALID_PARAMS)
        with self.lock:
            return method(*parameters)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    dispatcher: Dispatcher

    def log_message(self, *_: Any) -> None:
        """Keeps stderr quiet; the tests read what they need from answers."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            request = json.loads(body)
        except ValueError:
            problem = {"code": -32700, "message": "parse error"}
            return self._send({"jsonrpc": "2.0", "id": None, "error": problem})
        fault = self.dispatcher.take_fault(request)
        if fault and fault.mode == "http_503":
            return self._send({"error": "unavailable"}, 503)
        if fault and fault.mode == "rpc_error":
            problem = RpcError(fault.message, fault.code).as_json()
            envelope = {"jsonrpc": "2.0", "id": request.get("id"), "error": problem}
            return self._send(envelope)
        if isinstance(request, list):
            answer: Any = [self.dispatcher.answer(one) for one in request]
        else:
            answer = self.dispatcher.answer(request)
        if fault and fault.mode == "drop_reply":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        if fault and fault.mode == "slow_reply":
            time.sleep(fault.seconds)
        return self._send(answer)

    def _send(self, answer: Any, status: int = 200) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # The client did not wait; its affair.


def listen(dispatcher: Dispatcher, host: str, port: int) -> ThreadingHTTPServer:
    """A server bound to the port (0 for any free one); the caller runs it."""
    handler = type("BoundHandler", (Handler,), {"dispatcher": dispatcher})
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer.request_queue_size = 128
    return ThreadingHTTPServer((host, port), handler)
