"""Execution without a transaction: eth_call and eth_estimateGas."""

from typing import Any

from eth.vm.spoof import SpoofTransaction
from eth_utils import ValidationError

from chain import Chain
from pool import HIGHEST_TRANSACTION_GAS
from wire import REVERTED, RpcError, data, read_address, read_data, read_quantity

CALL_GAS = 30_000_000
LOWEST_GAS = 21_000
ERROR_SELECTOR = bytes.fromhex("08c379a0")  # Error(string)


def call(chain: Chain, request: dict[str, Any], tag: Any) -> bytes:
    gas = read_quantity(request["gas"]) if request.get("gas") else CALL_GAS
    outcome = _run(chain, request, gas, tag)
    if outcome is None:
        raise RpcError("intrinsic gas too low")
    if outcome.is_error:
        raise _failure(outcome)
    return bytes(outcome.output)


def estimate(chain: Chain, request: dict[str, Any], tag: Any) -> int:
    """The least gas with which the call succeeds, found by bisection."""
    highest = HIGHEST_TRANSACTION_GAS
    if request.get("gas"):
        highest = min(highest, read_quantity(request["gas"]))
    _refuse_unfunded(chain, request, tag)
    outcome = _run(chain, request, highest, tag)
    if outcome is None:
        raise RpcError(f"gas required exceeds allowance ({highest})")
    if outcome.is_error:
        raise _failure(outcome)
    too_little = LOWEST_GAS - 1
    while too_little + 1 < highest:
        middle = (too_little + highest) // 2
        tried = _run(chain, request, middle, tag)
        if tried is None or tried.is_error:
            too_little = middle
        else:
            highest = middle
    return highest


def _refuse_unfunded(chain: Chain, request: dict[str, Any], tag: Any) -> None:
    value = read_quantity(request.get("value") or "0x0")
    if request.get("from") and value:
        if chain.state(tag).get_balance(read_address(request["from"])) < value:
            raise RpcError("insufficient funds for transfer")


def _run(chain: Chain, request: dict[str, Any], gas: int, tag: Any) -> Any | None:
    """The computation, or nothing when the gas does not even pay for the transaction's bytes."""
    vm = chain.call_vm(tag)
    sender = read_address(request["from"]) if request.get("from") else bytes(20)
    unsigned = vm.create_unsigned_transaction(
        nonce=vm.state.get_nonce(sender),
        gas_price=0,
        gas=gas,
        to=read_address(request["to"]) if request.get("to") else b"",
        value=read_quantity(request.get("value") or "0x0"),
        data=read_data(request.get("input") or request.get("data") or "0x"),
    )
    transaction = SpoofTransaction(unsigned, from_=sender)
    if gas < transaction.get_intrinsic_gas():
        return None
    try:
        # The machine is thrown away, and nothing of it was persisted.
        return vm.state.costless_execute_transaction(transaction)
    except ValidationError as problem:
        text = str(problem)
        if "balance" in text.lower() or "funds" in text.lower():
            text = "insufficient funds for transfer"
        raise RpcError(text) from None


def _failure(outcome: Any) -> RpcError:
    name = type(outcome.error).__name__
    if name != "Revert":
        known = {"OutOfGas": "out of gas", "InvalidInstruction": "invalid opcode"}
        return RpcError(known.get(name, name))
    output = bytes(outcome.output)
    message = "execution reverted"
    if output[:4] == ERROR_SELECTOR and len(output) >= 68:
        length = int.from_bytes(output[36:68], "big")
        message += ": " + output[68 : 68 + length].decode("utf-8", "replace")
    return RpcError(message, REVERTED, data(output))
