"""The standard methods: eth_, net_, web3_ and txpool_.

`Node` holds what every method needs; a method's table entry is its JSON-RPC name.
"""

from typing import Any, Callable

from eth_utils import to_checksum_address

import calls
from chain import Chain
from pool import Pool, check_signature, nonce_too_low
from shapes import (
    block_shape,
    fee_history,
    log_shapes,
    matches,
    receipt_shape,
    transaction_shape,
)
from wire import (
    INVALID_PARAMS,
    RpcError,
    data,
    quantity,
    read_address,
    read_data,
    read_hash,
    read_quantity,
    word,
)

SUGGESTED_TIP = 10**9


class Node:
    """A chain, its pool, and whether every accepted transaction is mined at once."""

    def __init__(self, chain: Chain, automine: bool) -> None:
        self.chain, self.pool, self.automine = chain, Pool(), automine

    def submit(self, raw: bytes) -> bytes:
        """Checks a signed transaction and takes it into the pool; returns its hash."""
        if not raw:
            raise RpcError("typed transaction too short")
        try:
            transaction = self.chain.decode(raw)
            if transaction.encode() != raw:
                raise ValueError("non-canonical encoding")
        except Exception as problem:  # The decoder raises whatever its layers raise.
            reason = str(problem).split("\n")[0][:120]
            raise RpcError("rlp: " + reason) from None
        check_signature(transaction, self.chain.chain_id)
        state = self.chain.state()
        if self.chain.place(transaction.hash):
            mined = state.get_nonce(transaction.sender)
            raise nonce_too_low(mined, transaction.nonce)
        self.pool.admit(transaction, state, self.chain.head.header.gas_limit)
        if self.automine:
            self.chain.mine(self.pool)
        return transaction.hash

    # What stands on the chain

    def get_transaction(self, text: str) -> dict[str, Any] | None:
        wanted = read_hash(text)
        place = self.chain.place(wanted)
        if place:
            transaction = place.mined.block.transactions[place.index]
            return transaction_shape(transaction, place.mined, place.index)
        waiting = self.pool.find(wanted)
        return transaction_shape(waiting) if waiting else None

    def get_receipt(self, text: str) -> dict[str, Any] | None:
        place = self.chain.place(read_hash(text))
        return receipt_shape(*place) if place else None

    def get_block(self, tag: Any, full: bool = False) -> dict[str, Any] | None:
        try:
            mined = self.chain.at(self.chain.number(tag))
        except RpcError as problem:
            if problem.message == "header not found":
                return None
            raise
        return block_shape(mined, full)

    def get_block_by_hash(self, text: str, full: bool = False) -> dict[str, Any] | None:
        mined = self.chain.by_hash(text)
        return block_shape(mined, full) if mined else None

    def get_block_receipts(self, tag: Any) -> list[dict[str, Any]]:
        mined = self.chain.at(self.chain.number(tag))
        return [receipt_shape(mined, i) for i in range(len(mined.receipts))]

    def get_logs(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        if "blockHash" in wanted:
            first = last = self.chain.number({"blockHash": wanted["blockHash"]})
        else:
            first = self.chain.number(wanted.get("fromBlock", "latest"))
            last = self._last_block(wanted.get("toBlock", "latest"))
        if last < first:
            raise RpcError("invalid block range params", INVALID_PARAMS)
        addresses = wanted.get("address")
        if addresses is not None:
            several = addresses if isinstance(addresses, list) else [addresses]
            addresses = {data(read_address(one)) for one in several}
        topics = wanted.get("topics") or []
        return [
            log
            for mined in self.chain.span(first, last)
            for log in log_shapes(mined)
            if matches(log, addresses, topics)
        ]

    def _last_block(self, tag: Any) -> int:
        height = self.chain.head.number
        if isinstance(tag, str) and tag.startswith("0x"):
            return min(read_quantity(tag), height)
        return self.chain.number(tag)

    # Accounts and fees

    def get_transaction_count(self, address: str, tag: Any = "latest") -> str:
        account = read_address(address)
        mined = self.chain.state(tag).get_nonce(account)
        if tag == "pending":
            return quantity(self.pool.next_nonce(account, mined))
        return quantity(mined)

    def get_storage(self, address: str, slot: str, tag: Any = "latest") -> str:
        state = self.chain.state(tag)
        return word(state.get_storage(read_address(address), read_quantity(slot)))

    def fee_history(
        self, count: Any, newest: Any = "latest", percentiles: list | None = None
    ) -> dict[str, Any]:
        last = self.chain.number(newest)
        first = max(0, last - max(1, read_quantity(count)) + 1)
        following = self.chain.next_base_fee
        if last < self.chain.head.number:
            following = self.chain.at(last + 1).block.header.base_fee_per_gas
        blocks = self.chain.span(first, last)
        return fee_history(blocks, following, percentiles or [])

    def pool_content(self) -> dict[str, Any]:
        content: dict[str, Any] = {}
        waiting = self.pool.split(self.chain.state().get_nonce)
        for name, transactions in zip(("pending", "queued"), waiting):
            senders = content.setdefault(name, {})
            for transaction in transactions:
                slots = senders.setdefault(to_checksum_address(transaction.sender), {})
                slots[str(transaction.nonce)] = transaction_shape(transaction)
        return content

    def pool_status(self) -> dict[str, str]:
        pending, queued = self.pool.split(self.chain.state().get_nonce)
        return {"pending": quantity(len(pending)), "queued": quantity(len(queued))}


def standard_methods(node: Node) -> dict[str, Callable[..., Any]]:
    chain = node.chain
    return {
        "web3_clientVersion": lambda: "weir-evmnode/1/py-evm-prague",
        "net_version": lambda: str(chain.chain_id),
        "net_listening": lambda: True,
        "eth_chainId": lambda: quantity(chain.chain_id),
        "eth_syncing": lambda: False,
        "eth_accounts": lambda: [],
        "eth_blockNumber": lambda: quantity(chain.head.number),
        "eth_gasPrice": lambda: quantity(chain.next_base_fee + SUGGESTED_TIP),
        "eth_maxPriorityFeePerGas": lambda: quantity(SUGGESTED_TIP),
        "eth_feeHistory": node.fee_history,
        "eth_getBalance": lambda address, tag="latest": quantity(
            chain.state(tag).get_balance(read_address(address))
        ),
        "eth_getCode": lambda address, tag="latest": data(
            chain.state(tag).get_code(read_address(address))
        ),
        "eth_getStorageAt": node.get_storage,
        "eth_getTransactionCount": node.get_transaction_count,
        "eth_call": lambda request, tag="latest", *_: data(
            calls.call(chain, request, tag)
        ),
        "eth_estimateGas": lambda request, tag="latest", *_: quantity(
            calls.estimate(chain, request, tag)
        ),
        "eth_sendRawTransaction": lambda raw: data(node.submit(read_data(raw))),
        "eth_getTransactionByHash": node.get_transaction,
        "eth_getTransactionReceipt": node.get_receipt,
        "eth_getBlockByNumber": node.get_block,
        "eth_getBlockByHash": node.get_block_by_hash,
        "eth_getBlockReceipts": node.get_block_receipts,
        "eth_getLogs": node.get_logs,
        "txpool_status": node.pool_status,
        "txpool_content": node.pool_content,
    }
