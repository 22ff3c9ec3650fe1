"""What travels over JSON-RPC: hexadecimal text in, hexadecimal text out, and named errors.

The texts of the errors are geth's, because clients tell the cases apart by them.
"""

from typing import Any

INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL = -32603
SERVER = -32000
REVERTED = 3


class RpcError(Exception):
    """An answer with an `error` member; `data` carries the bytes of a revert."""

    def __init__(self, message: str, code: int = SERVER, data: str | None = None) -> None:
        super().__init__(message)
        self.message, self.code, self.data = message, code, data

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            body["data"] = self.data
        return body


def invalid(message: str) -> RpcError:
    return RpcError("invalid argument: " + message, INVALID_PARAMS)


def quantity(number: int) -> str:
    """A QUANTITY: no leading zeros, and zero is 0x0."""
    return hex(number)


def word(number: int) -> str:
    """A 32-byte DATA."""
    return f"0x{number:064x}"


def data(content: bytes) -> str:
    return "0x" + bytes(content).hex()


def read_quantity(value: Any) -> int:
    """Accepts 0x text and, for the control methods, plain numbers."""
    if isinstance(value, bool):
        raise invalid("a boolean is no quantity")
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        try:
            return int(value, 16 if value.startswith("0x") else 10)
        except ValueError:
            pass
    raise invalid(f"not a quantity: {value!r}")


def read_data(value: Any) -> bytes:
    if not isinstance(value, str) or not value.startswith("0x"):
        raise invalid("hex string without 0x prefix")
    if len(value) % 2:
        raise invalid("hex string of odd length")
    try:
        return bytes.fromhex(value[2:])
    except ValueError:
        raise invalid("invalid hex string") from None


def read_address(value: Any) -> bytes:
    return _sized(value, 20, "common.Address")


def read_hash(value: Any) -> bytes:
    return _sized(value, 32, "common.Hash")


def _sized(value: Any, length: int, kind: str) -> bytes:
    content = read_data(value)
    if len(content) != length:
        have, want = len(content) * 2, length * 2
        raise invalid(f"hex string has length {have}, want {want} for {kind}")
    return content
