"""Attacks the node over HTTP as the tests use it; exits 1 and names what does not hold.

    tools/evmnode/start --install-only && .venv-evm/bin/python tools/evmnode/check.py
"""

import http.client
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import rlp
from eth_keys.datatypes import PrivateKey
from eth_utils import keccak

from usdt import OWNER_KEY, REPOSITORY

ALICE = PrivateKey(bytes.fromhex(OWNER_KEY))
BOB = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
GWEI = 10**9
TRANSFER_TOPIC = "0x" + keccak(text="Transfer(address,address,uint256)").hex()
VECTORS = REPOSITORY / "Tests/GatewayTests/Vectors/ethereum_tx.json"
CHECKS: list[Callable[["Client"], None]] = []


class Refused(Exception):
    """An `error` answer; the text is its message."""


class Client:
    def __init__(self, ready: str) -> None:
        words = ready.split()
        self.host = words[1].removeprefix("http://")
        self.token = ready.split("usdt=")[1].strip()

    def post(self, body: Any) -> Any:
        connection = http.client.HTTPConnection(self.host, timeout=10)
        try:
            connection.request("POST", "/", json.dumps(body))
            response = connection.getresponse()
            if response.status != 200:
                raise Refused(f"HTTP {response.status}")
            return json.loads(response.read())
        finally:
            connection.close()

    def __call__(self, method: str, *parameters: Any) -> Any:
        call = {"jsonrpc": "2.0", "id": 7, "method": method, "params": parameters}
        answer = self.post(call)
        if "error" in answer:
            raise Refused(answer["error"]["message"])
        return answer["result"]

    def nonce(self, tag: str = "latest") -> int:
        address = ALICE.public_key.to_address()
        return int(self("eth_getTransactionCount", address, tag), 16)


def sign(nonce: int, *, fee: int = 4 * GWEI, tip: int = GWEI, **fields: Any) -> str:
    """A type 2 transaction in our own encoding, so that py-evm's is not checked by itself."""
    to = bytes.fromhex(fields.get("to", BOB)[2:])
    chain, gas = fields.get("chain", 31337), fields.get("gas", 21_000)
    payload = fields.get("data", b"")
    body = [chain, nonce, tip, fee, gas, to, fields.get("value", 1), payload, []]
    signed = ALICE.sign_msg_hash(keccak(b"\x02" + rlp.encode(body)))
    return "0x" + (b"\x02" + rlp.encode([*body, signed.v, signed.r, signed.s])).hex()


def token_transfer(to: str, units: int) -> bytes:
    arguments = bytes(12) + bytes.fromhex(to[2:]) + units.to_bytes(32, "big")
    return keccak(text="transfer(address,uint256)")[:4] + arguments


def refuses(text: str, action: Callable[[], Any]) -> None:
    try:
        result = action()
    except Refused as refusal:
        assert text in str(refusal), f"expected {text!r}, got {refusal}"
        return
    raise AssertionError(f"expected {text!r}, got the result {result!r}")


def check(function: Callable[[Client], None]) -> Callable[[Client], None]:
    CHECKS.append(function)
    return function


@check
def mines_a_transfer_and_gives_its_receipt(node: Client) -> None:
    before = int(node("eth_getBalance", BOB), 16)
    hash_ = node("eth_sendRawTransaction", sign(node.nonce(), value=5))
    assert node("eth_getTransactionReceipt", hash_) is None
    assert node("eth_getTransactionByHash", hash_)["blockHash"] is None
    node("evm_mine")
    receipt = node("eth_getTransactionReceipt", hash_)
    assert receipt["status"] == "0x1" and receipt["gasUsed"] == "0x5208", receipt
    assert int(node("eth_getBalance", BOB), 16) == before + 5
    block = node("eth_getBlockByHash", receipt["blockHash"], True)
    assert block["transactions"][0]["hash"] == hash_


@check
def accepts_the_published_vectors_bytes_but_not_for_this_chain(node: Client) -> None:
    raw = json.loads(VECTORS.read_text())["transactions"][0]["raw_transaction"]
    refuses("invalid chain id", lambda: node("eth_sendRawTransaction", raw))


@check
def refuses_what_geth_refuses(node: Client) -> None:
    send = lambda raw: lambda: node("eth_sendRawTransaction", raw)
    nonce = node.nonce()
    good = sign(nonce)
    node("eth_sendRawTransaction", good)
    refuses("already known", send(good))
    refuses("replacement transaction underpriced", send(sign(nonce, fee=4 * GWEI + 1)))
    refuses("nonce too low", send(sign(nonce - 1)))
    refuses("intrinsic gas too low", send(sign(nonce + 1, gas=20_999)))
    refuses("insufficient funds", send(sign(nonce + 1, value=10**24)))
    refuses("exceeds the configured cap", send(sign(nonce + 1, fee=10**14)))
    refuses("gas limit too high", send(sign(nonce + 1, gas=2**24 + 1)))
    refuses("rlp", send(good[:-2]))
    refuses("without 0x prefix", send(good[2:]))
    node("evm_mine")
    refuses("nonce too low", send(good))


@check
def replaces_at_ten_percent_and_drops_the_first(node: Client) -> None:
    nonce = node.nonce()
    first = node("eth_sendRawTransaction", sign(nonce))
    raw = sign(nonce, fee=44 * GWEI // 10, tip=11 * GWEI // 10)
    second = node("eth_sendRawTransaction", raw)
    assert node("eth_getTransactionByHash", first) is None
    node("evm_mine")
    assert node("eth_getTransactionReceipt", second)["status"] == "0x1"


@check
def parks_behind_a_gap_and_releases(node: Client) -> None:
    nonce = node.nonce()
    late = node("eth_sendRawTransaction", sign(nonce + 1))
    assert node.nonce("pending") == nonce
    assert node("txpool_status") == {"pending": "0x0", "queued": "0x1"}
    node("evm_mine")
    assert node("eth_getTransactionReceipt", late) is None
    node("eth_sendRawTransaction", sign(nonce))
    assert node.nonce("pending") == nonce + 2
    node("evm_mine")
    assert node("eth_getTransactionReceipt", late)["transactionIndex"] == "0x1"


@check
def forgets_a_dropped_transaction(node: Client) -> None:
    hash_ = node("eth_sendRawTransaction", sign(node.nonce()))
    assert node("anvil_dropTransaction", hash_) == hash_
    node("evm_mine")
    assert node("eth_getTransactionByHash", hash_) is None


@check
def moves_the_token_and_finds_its_log(node: Client) -> None:
    payload = token_transfer(BOB, 1_500_000)
    call = {"from": ALICE.public_key.to_address(), "to": node.token}
    call["data"] = "0x" + payload.hex()
    gas = int(node("eth_estimateGas", call), 16)
    assert node("eth_call", call) == "0x", "USDT's transfer returns nothing"
    raw = sign(node.nonce(), to=node.token, value=0, data=payload, gas=gas)
    hash_ = node("eth_sendRawTransaction", raw)
    block = node("evm_mine")[0]
    receipt = node("eth_getTransactionReceipt", hash_)
    assert receipt["status"] == "0x1" and int(receipt["gasUsed"], 16) == gas
    receiver = "0x" + bytes(12).hex() + BOB[2:]
    wanted = {"blockHash": block, "topics": [TRANSFER_TOPIC, None, receiver]}
    logs = node("eth_getLogs", wanted | {"address": node.token})
    assert logs == receipt["logs"] and int(logs[0]["data"], 16) == 1_500_000
    assert node("eth_getLogs", wanted | {"address": BOB}) == []


@check
def reverts_an_overdraft(node: Client) -> None:
    payload = token_transfer(ALICE.public_key.to_address(), 10**15)
    call = {"from": BOB, "to": node.token, "data": "0x" + payload.hex()}
    refuses("execution reverted", lambda: node("eth_estimateGas", call))
    payload = token_transfer(BOB, 10**18)
    raw = sign(node.nonce(), to=node.token, value=0, data=payload, gas=100_000)
    hash_ = node("eth_sendRawTransaction", raw)
    node("evm_mine")
    assert node("eth_getTransactionReceipt", hash_)["status"] == "0x0"


@check
def reorganises_with_and_without_the_transaction(node: Client) -> None:
    for requeue in (True, False):
        raw = sign(node.nonce())
        hash_ = node("eth_sendRawTransaction", raw)
        node("evm_mine")
        old = node("eth_getTransactionReceipt", hash_)
        answer = node("test_reorg", {"depth": 1, "requeue": requeue})
        assert answer["removed"] == [hash_]
        assert node("eth_getTransactionReceipt", hash_) is None
        assert node("eth_getBlockByHash", old["blockHash"]) is None
        node("evm_mine")
        assert (node("eth_getTransactionReceipt", hash_) is not None) == requeue
    node("eth_sendRawTransaction", raw)
    node("evm_mine")


@check
def keeps_finality_behind_the_head(node: Client) -> None:
    node("evm_mine", 8)
    numbers = lambda: [
        int(node("eth_getBlockByNumber", tag, False)["number"], 16)
        for tag in ("finalized", "safe", "latest")
    ]
    final, safe, latest = numbers()
    assert (latest - safe, latest - final) == (2, 4)
    node("test_setFinality", {"safe": 3, "finalized": 6})
    final, safe, latest = numbers()
    assert (latest - safe, latest - final) == (3, 6)
    assert node("eth_getBlockByNumber", hex(latest + 1), False) is None


@check
def goes_back_to_a_snapshot_once(node: Client) -> None:
    height, mark = node("eth_blockNumber"), node("evm_snapshot")
    node("anvil_setBalance", BOB, hex(1))
    assert node("eth_getBalance", BOB) == "0x1"
    assert node("evm_revert", mark) is True
    assert node("eth_blockNumber") == height and node("eth_getBalance", BOB) != "0x1"
    assert node("evm_revert", mark) is False


@check
def prices_follow_the_base_fee(node: Client) -> None:
    node("test_setBaseFee", 50 * GWEI)
    waiting = node("eth_sendRawTransaction", sign(node.nonce()))
    node("evm_mine")
    assert node("eth_getTransactionReceipt", waiting) is None, "paid below the base fee"
    history = node("eth_feeHistory", "0x2", "latest", [50])
    assert len(history["baseFeePerGas"]) == 3 and len(history["reward"]) == 2
    assert int(history["baseFeePerGas"][1], 16) == 50 * GWEI
    node("test_setBaseFee", GWEI)
    node("evm_mine")
    assert node("eth_getTransactionReceipt", waiting)["status"] == "0x1"


@check
def misbehaves_as_told(node: Client) -> None:
    fault = lambda mode: node(
        "test_fault", {"method": "eth_sendRawTransaction", "mode": mode, "count": 1}
    )
    raw = sign(node.nonce())
    fault("http_503")
    refuses("HTTP 503", lambda: node("eth_sendRawTransaction", raw))
    fault("rpc_error")
    refuses("injected", lambda: node("eth_sendRawTransaction", raw))
    fault("drop_reply")
    try:
        node("eth_sendRawTransaction", raw)
        raise AssertionError("the reply was not dropped")
    except (http.client.HTTPException, OSError):
        pass
    refuses("already known", lambda: node("eth_sendRawTransaction", raw))
    refuses("fault mode", lambda: fault("nonsense"))
    node("evm_mine")


@check
def answers_batches_and_bad_requests(node: Client) -> None:
    one = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId"}
    answers = node.post([one, {"id": 2, "method": "eth_nonsense"}, 3])
    assert answers[0]["result"] == hex(31337)
    assert [a["error"]["code"] for a in answers[1:]] == [-32601, -32600]


def main() -> int:
    program = [sys.executable, str(Path(__file__).parent), "--port", "0"]
    program += ["--manual", "--usdt", "--exit-with-stdin"]
    pipe = subprocess.PIPE
    failed = 0
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True) as process:
        client = Client(process.stdout.readline())
        for function in CHECKS:
            try:
                function(client)
            except (AssertionError, Refused, OSError) as problem:
                failed += 1
                print(f"evmnode: {function.__name__}: {problem!r}", file=sys.stderr)
        process.stdin.close()
    print(f"evmnode: {len(CHECKS) - failed} of {len(CHECKS)} checks hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
