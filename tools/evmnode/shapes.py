"""Blocks, transactions, receipts and logs in the shapes of the Ethereum JSON-RPC specification."""

from typing import Any

import rlp
from eth._utils.address import generate_contract_address

from chain import Mined, effective_price, gas_used_each
from pool import fee_cap, kind
from wire import data, quantity, word


def bloom(value: int) -> str:
    return f"0x{value:0512x}"


def transaction_shape(
    transaction: Any, mined: Mined | None = None, index: int | None = None
) -> dict[str, Any]:
    """A mined transaction, or with `None` one that waits in the pool."""
    block = mined.block if mined else None
    price = fee_cap(transaction)
    if block:
        price = effective_price(transaction, block.header.base_fee_per_gas)
    shape = {
        "type": quantity(kind(transaction)),
        "hash": data(transaction.hash),
        "nonce": quantity(transaction.nonce),
        "blockHash": data(block.hash) if block else None,
        "blockNumber": quantity(block.number) if block else None,
        "transactionIndex": quantity(index) if index is not None else None,
        "from": data(transaction.sender),
        "to": data(transaction.to) if transaction.to else None,
        "value": quantity(transaction.value),
        "gas": quantity(transaction.gas),
        "gasPrice": quantity(price),
        "input": data(transaction.data),
        "r": quantity(transaction.r),
        "s": quantity(transaction.s),
    }
    if kind(transaction) == 0:
        shape["v"] = quantity(transaction.v)
        return shape
    shape["chainId"] = quantity(transaction.chain_id)
    shape["yParity"] = shape["v"] = quantity(transaction.y_parity)
    shape["accessList"] = [
        {"address": data(address), "storageKeys": [word(key) for key in keys]}
        for address, keys in transaction.access_list
    ]
    if kind(transaction) >= 2:
        shape["maxFeePerGas"] = quantity(transaction.max_fee_per_gas)
        tip = transaction.max_priority_fee_per_gas
        shape["maxPriorityFeePerGas"] = quantity(tip)
    return shape


def log_shapes(mined: Mined) -> list[dict[str, Any]]:
    """Every log of the block, numbered through it."""
    block, shapes = mined.block, []
    for index, receipt in enumerate(mined.receipts):
        for log in receipt.logs:
            shapes.append({
                "address": data(log.address),
                "topics": [word(topic) for topic in log.topics],
                "data": data(log.data),
                "blockNumber": quantity(block.number),
                "blockHash": data(block.hash),
                "blockTimestamp": quantity(block.header.timestamp),
                "transactionHash": data(block.transactions[index].hash),
                "transactionIndex": quantity(index),
                "logIndex": quantity(len(shapes)),
                "removed": False,
            })
    return shapes


def receipt_shape(mined: Mined, index: int) -> dict[str, Any]:
    block, receipt = mined.block, mined.receipts[index]
    transaction = block.transactions[index]
    created = None
    if not transaction.to:
        address = generate_contract_address(transaction.sender, transaction.nonce)
        created = data(address)
    price = effective_price(transaction, block.header.base_fee_per_gas)
    mine = quantity(index)
    return {
        "type": quantity(kind(transaction)),
        "status": quantity(1 if receipt.state_root == b"\x01" else 0),
        "transactionHash": data(transaction.hash),
        "transactionIndex": mine,
        "blockHash": data(block.hash),
        "blockNumber": quantity(block.number),
        "from": data(transaction.sender),
        "to": data(transaction.to) if transaction.to else None,
        "contractAddress": created,
        "cumulativeGasUsed": quantity(receipt.gas_used),
        "gasUsed": quantity(gas_used_each(mined.receipts)[index]),
        "effectiveGasPrice": quantity(price),
        "logs": [log for log in log_shapes(mined) if log["transactionIndex"] == mine],
        "logsBloom": bloom(receipt.bloom),
    }


def block_shape(mined: Mined, full: bool) -> dict[str, Any]:
    block = mined.block
    header = block.header
    transactions: list[Any] = [data(t.hash) for t in block.transactions]
    if full:
        transactions = [
            transaction_shape(transaction, mined, index)
            for index, transaction in enumerate(block.transactions)
        ]
    return {
        "number": quantity(block.number),
        "hash": data(block.hash),
        "parentHash": data(header.parent_hash),
        "timestamp": quantity(header.timestamp),
        "gasLimit": quantity(header.gas_limit),
        "gasUsed": quantity(header.gas_used),
        "baseFeePerGas": quantity(header.base_fee_per_gas),
        "miner": data(header.coinbase),
        "stateRoot": data(header.state_root),
        "receiptsRoot": data(header.receipt_root),
        "transactionsRoot": data(header.transaction_root),
        "mixHash": data(header.mix_hash),
        "nonce": data(header.nonce),
        "difficulty": quantity(header.difficulty),
        "extraData": data(header.extra_data),
        "logsBloom": bloom(header.bloom),
        "sha3Uncles": data(header.uncles_hash),
        "uncles": [],
        "size": quantity(len(rlp.encode(block))),
        "withdrawals": [],
        "transactions": transactions,
    }


def matches(log: dict[str, Any], addresses: set[str] | None, topics: list[Any]) -> bool:
    """Whether eth_getLogs' filter lets the log through; a `None` topic is a wildcard."""
    if addresses is not None and log["address"] not in addresses:
        return False
    if len(topics) > len(log["topics"]):
        return False
    for wanted, have in zip(topics, log["topics"]):
        choices = wanted if isinstance(wanted, list) else [wanted]
        if wanted is not None and have not in [str(c).lower() for c in choices]:
            return False
    return True


def fee_history(blocks: list[Mined], next_base_fee: int, percentiles: list[float]) -> dict:
    """The base fees, fullness and tips of consecutive blocks; one base fee more than blocks."""
    headers = [mined.block.header for mined in blocks]
    history: dict[str, Any] = {
        "oldestBlock": quantity(blocks[0].block.number),
        "baseFeePerGas": [quantity(h.base_fee_per_gas) for h in headers]
        + [quantity(next_base_fee)],
        "gasUsedRatio": [h.gas_used / h.gas_limit for h in headers],
    }
    if percentiles:
        history["reward"] = [_rewards(mined, percentiles) for mined in blocks]
    return history


def _rewards(mined: Mined, percentiles: list[float]) -> list[str]:
    base_fee, used = mined.block.header.base_fee_per_gas, mined.block.header.gas_used
    gas = gas_used_each(mined.receipts)
    tips = sorted(
        (effective_price(transaction, base_fee) - base_fee, gas[index])
        for index, transaction in enumerate(mined.block.transactions)
    )
    rewards = []
    for percentile in percentiles:
        passed, reward = 0, 0
        for tip, share in tips:
            passed, reward = passed + share, tip
            if passed >= used * percentile / 100:
                break
        rewards.append(quantity(reward))
    return rewards
