"""What only a test may do: mine, travel in time, reorganise the chain, and make the node misbehave.

evm_mine [n] · evm_setAutomine · evm_increaseTime · evm_snapshot · evm_revert
anvil_setBalance · anvil_dropTransaction
test_reorg {"depth", "requeue", "empty", "newBlocks"} · test_setFinality {"safe", "finalized"}
test_setBaseFee · test_fault {"method", "mode", "count", …} · test_forgetFaults
"""

from dataclasses import dataclass
from typing import Any, Callable

from methods import Node
from pool import Pool
from wire import (
    INTERNAL,
    data,
    invalid,
    quantity,
    read_address,
    read_hash,
    read_quantity,
)

MODES = ("drop_reply", "http_503", "rpc_error", "slow_reply")


@dataclass
class Fault:
    """What happens to the next `count` calls of a method (`*` for any).

    `drop_reply` does the work and closes the connection without an answer; `slow_reply` does the
    work and answers after `seconds`; `http_503` and `rpc_error` do nothing but fail.
    """

    method: str
    mode: str
    count: int = 1
    code: int = INTERNAL
    message: str = "injected"
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise invalid(f"fault mode {self.mode!r} is none of {', '.join(MODES)}")


@dataclass
class Snapshot:
    height: int
    block_hash: bytes
    pool: Pool


class Control:
    def __init__(self, node: Node) -> None:
        self._node = node
        self._snapshots: list[Snapshot] = []
        self._faults: list[Fault] = []

    def take_fault(self, method: str) -> Fault | None:
        """The fault that this call must suffer; it is used up by being taken."""
        for fault in self._faults:
            if fault.count > 0 and fault.method in (method, "*"):
                fault.count -= 1
                return fault
        return None

    def fault(self, wish: dict[str, Any]) -> bool:
        self._faults.append(Fault(**wish))
        return True

    def forget_faults(self) -> bool:
        self._faults = []
        return True

    # Blocks and time

    def mine(self, count: Any = 1) -> list[str]:
        blocks = 1 if isinstance(count, dict) else read_quantity(count)
        return self._mine(blocks, self._node.pool)

    def _mine(self, count: int, pool: Pool | None) -> list[str]:
        return [data(self._node.chain.mine(pool).block.hash) for _ in range(count)]

    def set_automine(self, on: bool) -> bool:
        self._node.automine = bool(on)
        return True

    def increase_time(self, seconds: Any) -> str:
        self._node.chain.clock_offset += read_quantity(seconds)
        return quantity(self._node.chain.clock_offset)

    def snapshot(self) -> str:
        head = self._node.chain.head
        self._snapshots.append(Snapshot(head.number, head.hash, self._node.pool.copy()))
        return quantity(len(self._snapshots))

    def revert(self, identifier: Any) -> bool:
        """Goes back to a snapshot and forgets it and the later ones; false if it is gone."""
        wanted = read_quantity(identifier)
        if not 1 <= wanted <= len(self._snapshots):
            return False
        snapshot = self._snapshots[wanted - 1]
        self._snapshots = self._snapshots[: wanted - 1]
        chain = self._node.chain
        if chain.head.number < snapshot.height:
            return False
        if chain.at(snapshot.height).block.hash != snapshot.block_hash:
            return False
        chain.rewind(snapshot.height)
        self._node.pool = snapshot.pool
        return True

    def reorg(self, wish: dict[str, Any]) -> dict[str, list[str]]:
        """Replaces the last `depth` blocks by `newBlocks` others.

        `requeue` puts the removed transactions back into the pool, otherwise they are lost;
        `empty` (the default) leaves the pool out of the new blocks.
        """
        node = self._node
        depth = read_quantity(wish.get("depth", 1))
        if not 0 < depth <= node.chain.head.number:
            raise invalid("depth beyond genesis")
        removed = node.chain.rewind(node.chain.head.number - depth)
        if wish.get("requeue", True):
            for transaction in removed:
                node.pool.put(transaction)
        source = None if wish.get("empty", True) else node.pool
        blocks = self._mine(read_quantity(wish.get("newBlocks", depth + 1)), source)
        return {"removed": [data(t.hash) for t in removed], "newBlocks": blocks}

    # Settings

    def set_finality(self, wish: dict[str, Any]) -> bool:
        chain = self._node.chain
        chain.safe_depth = read_quantity(wish.get("safe", chain.safe_depth))
        final = wish.get("finalized", chain.finalized_depth)
        chain.finalized_depth = read_quantity(final)
        return True

    def set_base_fee(self, base_fee: Any) -> bool:
        self._node.chain.set_next_base_fee(read_quantity(base_fee))
        return True

    def set_balance(self, address: str, balance: Any) -> None:
        self._node.chain.set_balance(read_address(address), read_quantity(balance))

    def drop_transaction(self, text: str) -> str | None:
        found = self._node.pool.find(read_hash(text))
        if found is None:
            return None
        self._node.pool.remove(found)
        return text


def control_methods(control: Control) -> dict[str, Callable[..., Any]]:
    return {
        "evm_mine": control.mine,
        "evm_setAutomine": control.set_automine,
        "evm_increaseTime": control.increase_time,
        "evm_snapshot": control.snapshot,
        "evm_revert": control.revert,
        "anvil_setBalance": control.set_balance,
        "anvil_dropTransaction": control.drop_transaction,
        "test_reorg": control.reorg,
        "test_setFinality": control.set_finality,
        "test_setBaseFee": control.set_base_fee,
        "test_fault": control.fault,
        "test_forgetFaults": control.forget_faults,
    }
