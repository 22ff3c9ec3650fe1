"""The canonical chain: blocks, the state behind each of them, mining, and taking blocks back.

py-evm executes (Prague rules). Everything is in memory, and a reorg keeps no side branch.
"""

import os
import time
from typing import Any, Callable, Iterable, NamedTuple, Sequence

from eth.chains.base import MiningChain
from eth.consensus import ConsensusApplier, NoProofConsensus
from eth.db.atomic import AtomicDB
from eth.vm.forks import PragueVM
from eth_utils import ValidationError

from pool import Pool, fee_cap, tip_cap
from wire import RpcError, data, invalid, read_quantity

COINBASE = b"\xc0" * 20
GENESIS_AGE_SECONDS = 60


class Mined(NamedTuple):
    """One block of the canonical chain with its receipts, in the order of its transactions."""

    block: Any
    receipts: Sequence[Any]


class Place(NamedTuple):
    """Where a transaction was mined."""

    mined: Mined
    index: int


class Chain:
    def __init__(
        self, chain_id: int, balances: dict[bytes, int], gas_limit: int, base_fee: int
    ) -> None:
        self.chain_id = chain_id
        self.clock_offset = 0
        self.safe_depth, self.finalized_depth = 2, 4
        self._database = AtomicDB()
        self._kind = _chain_kind(chain_id)
        genesis = {
            "difficulty": 0,
            "gas_limit": gas_limit,
            "timestamp": int(time.time()) - GENESIS_AGE_SECONDS,
            "base_fee_per_gas": base_fee,
            "nonce": bytes(8),
            "extra_data": b"weir evmnode",
            "coinbase": bytes(20),
            "mix_hash": bytes(32),
        }
        accounts = {
            address: {"balance": balance, "nonce": 0, "code": b"", "storage": {}}
            for address, balance in balances.items()
        }
        self._evm = self._kind.from_genesis(self._database, genesis, accounts)
        self._line = [Mined(self._evm.get_canonical_block_by_number(0), ())]
        self._places: dict[bytes, tuple[int, int]] = {}

    # Reading

    @property
    def head(self) -> Any:
        return self._line[-1].block

    @property
    def next_base_fee(self) -> int:
        return self._evm.header.base_fee_per_gas

    def at(self, number: int) -> Mined:
        return self._line[number]

    def span(self, first: int, last: int) -> list[Mined]:
        return self._line[first : last + 1]

    def number(self, tag: Any) -> int:
        """The height a block tag, number or EIP-1898 object means."""
        if isinstance(tag, dict):
            if "blockHash" in tag:
                found = self.by_hash(tag["blockHash"])
                if found is None:
                    raise RpcError("header for hash not found")
                return found.block.number
            tag = tag.get("blockNumber", "latest")
        height = self.head.number
        named = {
            None: height,
            "latest": height,
            "pending": height,
            "earliest": 0,
            "safe": max(0, height - self.safe_depth),
            "finalized": max(0, height - self.finalized_depth),
        }
        wanted = named[tag] if tag in named else read_quantity(tag)
        if wanted < 0:
            raise invalid("negative block number")
        if wanted > height:
            raise RpcError("header not found")
        return wanted

    def by_hash(self, text: str) -> Mined | None:
        wanted = str(text).lower()
        return next((m for m in self._line if data(m.block.hash) == wanted), None)

    def place(self, transaction_hash: bytes) -> Place | None:
        """Where the transaction stands in the canonical chain, if it does."""
        found = self._places.get(transaction_hash)
        return Place(self._line[found[0]], found[1]) if found else None

    def state(self, tag: Any = "latest") -> Any:
        return self._evm.get_vm(self.at(self.number(tag)).block.header).state

    def call_vm(self, tag: Any) -> Any:
        """A machine on top of a block whose base fee is zero, as eth_call runs it."""
        parent = self.at(self.number(tag)).block.header
        header = self._evm.create_header_from_parent(parent)
        return self._evm.get_vm(header.copy(base_fee_per_gas=0))

    def decode(self, raw: bytes) -> Any:
        return self._evm.get_vm().get_transaction_builder().decode(raw)

    def signed_creation(self, key: Any, init_code: bytes, gas: int) -> Any:
        """A contract creation signed with a development key."""
        builder = self._evm.get_vm().get_transaction_builder()
        sender = key.public_key.to_canonical_address()
        unsigned = builder.create_unsigned_transaction(
            nonce=self.state().get_nonce(sender),
            gas_price=2 * self.next_base_fee + 10**9,
            gas=gas,
            to=b"",
            value=0,
            data=init_code,
        )
        return unsigned.as_signed_transaction(key, chain_id=self.chain_id)

    # Growing

    def mine(self, pool: Pool | None) -> Mined:
        """Adds one block: best effective tip first, nonces in order; `None` mines an empty one."""
        now = int(time.time()) + self.clock_offset
        timestamp = max(self.head.header.timestamp + 1, now)
        header = self._evm.header.copy(timestamp=timestamp, coinbase=COINBASE)
        vm = self._evm.get_vm(header)
        header, chosen, receipts = self._fill(vm, header, pool)
        vm.state.persist()
        header = header.copy(state_root=vm.state.state_root)
        full = vm.set_block_transactions_and_withdrawals(
            vm.get_block(), header, tuple(chosen), tuple(receipts)
        )
        self._evm.header = full.header
        block = self._evm.mine_block(
            mix_hash=os.urandom(32), coinbase=COINBASE, blob_gas_used=0
        )
        mined = Mined(block, tuple(receipts))
        self._line.append(mined)
        for index, transaction in enumerate(chosen):
            self._places[transaction.hash] = (block.number, index)
        if pool is not None:
            pool.forget_mined(self.state())
        return mined

    def _fill(self, vm: Any, header: Any, pool: Pool | None) -> tuple[Any, list, list]:
        chosen: list[Any] = []
        receipts: list[Any] = []
        skipped: set[bytes] = set()  # Senders whose next transaction does not fit.
        while pool is not None:
            best = pool.best(vm.state.get_nonce, header.base_fee_per_gas, skipped)
            if best is None:
                break
            if header.gas_limit - header.gas_used < best.gas:
                skipped.add(best.sender)
                continue
            before = vm.state.snapshot()
            try:
                receipt, _ = vm.apply_transaction(header, best)
            except ValidationError:
                vm.state.revert(before)
                pool.remove(best)
                continue
            header = vm.add_receipt_to_header(header, receipt)
            chosen.append(best)
            receipts.append(receipt)
        return header, chosen, receipts

    def rewind(self, height: int) -> list[Any]:
        """Takes back every block above `height` and returns their transactions in order."""
        undone = [t for m in self._line[height + 1 :] for t in m.block.transactions]
        for transaction in undone:
            self._places.pop(transaction.hash, None)
        self._line = self._line[: height + 1]
        database = self._evm.chaindb
        database._set_as_canonical_chain_head(
            database.db, self.head.header, bytes(32)
        )
        header = self._evm.create_header_from_parent(self.head.header)
        self._evm = self._kind(self._database, header)
        return undone

    def set_balance(self, address: bytes, balance: int) -> None:
        """Writes the balance into the next block, and mines that block empty."""
        self._write(lambda state: state.set_balance(address, balance))

    def copy_contract(self, source: bytes, target: bytes, slots: Iterable[int]) -> None:
        """Puts a contract's code and the values of some of its slots at another address."""

        def copy(state: Any) -> None:
            state.set_code(target, state.get_code(source))
            for slot in slots:
                state.set_storage(target, slot, state.get_storage(source, slot))

        self._write(copy)

    def _write(self, change: Callable[[Any], None]) -> None:
        vm = self._evm.get_vm()
        change(vm.state)
        vm.state.lock_changes()
        root = vm.state.make_state_root()
        vm.state.persist()
        self._evm.header = self._evm.header.copy(state_root=root)
        self.mine(None)

    def set_next_base_fee(self, base_fee: int) -> None:
        self._evm.header = self._evm.header.copy(base_fee_per_gas=base_fee)


def effective_price(transaction: Any, base_fee: int) -> int:
    """What one unit of gas costs the sender in a block with that base fee (EIP-1559)."""
    return min(fee_cap(transaction), base_fee + tip_cap(transaction))


def gas_used_each(receipts: Iterable[Any]) -> list[int]:
    """Each transaction's own gas; receipts hold running totals."""
    totals = [receipt.gas_used for receipt in receipts]
    return [total - before for total, before in zip(totals, [0, *totals])]


def _chain_kind(identifier: int) -> type:
    class Rules(PragueVM):
        @classmethod
        def validate_gas(cls, header: Any, parent_header: Any) -> None:
            """Lets test_setBaseFee say what London's formula does not."""

    rules = ConsensusApplier(NoProofConsensus).amend_vm_configuration(((0, Rules),))

    class WeirTestChain(MiningChain):
        chain_id = identifier
        vm_configuration = rules

        def create_header_from_parent(self, parent: Any, **fields: Any) -> Any:
            # The gas limit stays what the command line said instead of drifting.
            fields["gas_limit"] = parent.gas_limit
            return super().create_header_from_parent(parent, **fields)

    return WeirTestChain
