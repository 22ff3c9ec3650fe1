"""The transaction pool: who may enter, who replaces whom, who is mined next; as geth does it."""

from typing import Any, Callable, Iterator

from eth_utils import to_checksum_address

from wire import RpcError

HIGHEST_TRANSACTION_GAS = 1 << 24  # EIP-7825
HIGHEST_FEE = 10**18  # geth's --rpc.txfeecap, 1 ether
REPLACEMENT_PERCENT = 110  # geth's --txpool.pricebump, 10 %
HALF_CURVE_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
BLOB_TYPE = 3


def kind(transaction: Any) -> int:
    return getattr(transaction, "type_id", 0) or 0


def fee_cap(transaction: Any) -> int:
    dynamic = kind(transaction) >= 2
    return transaction.max_fee_per_gas if dynamic else transaction.gas_price


def tip_cap(transaction: Any) -> int:
    dynamic = kind(transaction) >= 2
    return transaction.max_priority_fee_per_gas if dynamic else transaction.gas_price


def highest_cost(transaction: Any) -> int:
    return transaction.gas * fee_cap(transaction) + transaction.value


class Pool:
    def __init__(self) -> None:
        self._by_sender: dict[bytes, dict[int, tuple[int, Any]]] = {}
        self._arrivals = 0

    def __iter__(self) -> Iterator[Any]:
        for slots in self._by_sender.values():
            for _, transaction in slots.values():
                yield transaction

    def copy(self) -> "Pool":
        twin = Pool()
        twin._arrivals = self._arrivals
        twin._by_sender = {sender: dict(s) for sender, s in self._by_sender.items()}
        return twin

    def put(self, transaction: Any) -> None:
        """Takes the transaction's nonce slot, whoever held it."""
        self._arrivals += 1
        slots = self._by_sender.setdefault(transaction.sender, {})
        slots[transaction.nonce] = (self._arrivals, transaction)

    def remove(self, transaction: Any) -> None:
        slots = self._by_sender.get(transaction.sender, {})
        slots.pop(transaction.nonce, None)
        if not slots:
            self._by_sender.pop(transaction.sender, None)

    def find(self, transaction_hash: bytes) -> Any | None:
        return next((t for t in self if t.hash == transaction_hash), None)

    def next_nonce(self, sender: bytes, mined: int) -> int:
        """The first nonce that is neither mined nor waiting without a gap."""
        slots = self._by_sender.get(sender, {})
        while mined in slots:
            mined += 1
        return mined

    def split(self, mined_nonce: Callable[[bytes], int]) -> tuple[list[Any], list[Any]]:
        """Pending ones, and those queued behind a gap; each by sender and nonce."""
        pending: list[Any] = []
        queued: list[Any] = []
        for sender, slots in self._by_sender.items():
            gap = self.next_nonce(sender, mined_nonce(sender))
            for nonce, (_, transaction) in sorted(slots.items()):
                (pending if nonce < gap else queued).append(transaction)
        return pending, queued

    def best(
        self, mined_nonce: Callable[[bytes], int], base_fee: int, skipped: set[bytes]
    ) -> Any | None:
        """Of each sender's next transaction, the one that tips most; the earlier one of equals."""
        candidates = []
        for sender, slots in self._by_sender.items():
            arrival, transaction = slots.get(mined_nonce(sender), (0, None))
            if transaction is None or sender in skipped:
                continue
            if fee_cap(transaction) >= base_fee:
                tip = min(tip_cap(transaction), fee_cap(transaction) - base_fee)
                candidates.append((-tip, arrival, transaction))
        return min(candidates, key=lambda c: c[:2])[2] if candidates else None

    def forget_mined(self, state: Any) -> None:
        """Drops what can never be mined any more because its nonce is used."""
        for transaction in list(self):
            if transaction.nonce < state.get_nonce(transaction.sender):
                self.remove(transaction)

    def admit(self, transaction: Any, state: Any, block_gas_limit: int) -> None:
        """Takes the transaction or raises geth's refusal; the signature is already checked."""
        slots = self._by_sender.get(transaction.sender, {})
        _, holder = slots.get(transaction.nonce, (0, None))
        if holder is not None and holder.hash == transaction.hash:
            raise RpcError("already known")
        _check_fields(transaction, block_gas_limit)
        mined = state.get_nonce(transaction.sender)
        if transaction.nonce < mined:
            raise nonce_too_low(mined, transaction.nonce)
        others = sum(
            highest_cost(other)
            for nonce, (_, other) in slots.items()
            if nonce != transaction.nonce
        )
        _check_funds(transaction, state.get_balance(transaction.sender), others)
        if holder is not None and not _outbids(transaction, holder):
            raise RpcError("replacement transaction underpriced")
        self.put(transaction)


def nonce_too_low(mined: int, offered: int) -> RpcError:
    return RpcError(f"nonce too low: next nonce {mined}, tx nonce {offered}")


def check_signature(transaction: Any, chain_id: int) -> None:
    """Refuses another chain's, a malleated (EIP-2) and an unrecoverable signature."""
    if kind(transaction) == BLOB_TYPE:
        raise RpcError("transaction type not supported")
    signed_for = getattr(transaction, "chain_id", None)
    if signed_for not in (None, chain_id):
        raise RpcError(
            f"invalid chain id for signer: have {signed_for} want {chain_id}"
        )
    if transaction.s > HALF_CURVE_ORDER:
        raise RpcError("invalid sender")
    try:
        transaction.check_signature_validity()
        _ = transaction.sender
    except Exception:  # py-evm and its two key backends raise many kinds.
        raise RpcError("invalid sender") from None


def _check_fields(transaction: Any, block_gas_limit: int) -> None:
    gas, cap, tip = transaction.gas, fee_cap(transaction), tip_cap(transaction)
    if gas > HIGHEST_TRANSACTION_GAS:
        raise RpcError(
            "transaction gas limit too high "
            f"(cap: {HIGHEST_TRANSACTION_GAS}, tx: {gas})"
        )
    if gas > block_gas_limit:
        raise RpcError("exceeds block gas limit")
    if cap < tip:
        raise RpcError(
            "max priority fee per gas higher than max fee per gas: "
            f"address {to_checksum_address(transaction.sender)}, "
            f"maxPriorityFeePerGas: {tip}, maxFeePerGas: {cap}"
        )
    if tip < 1:
        raise RpcError(
            f"transaction underpriced: gas tip cap {tip}, minimum needed 1"
        )
    if gas * cap > HIGHEST_FEE:
        paid = gas * cap / 10**18
        raise RpcError(
            f"tx fee ({paid:.2f} ether) exceeds the configured cap (1.00 ether)"
        )
    intrinsic = transaction.get_intrinsic_gas()
    if gas < intrinsic:
        raise RpcError(f"intrinsic gas too low: gas {gas}, minimum needed {intrinsic}")


def _check_funds(transaction: Any, balance: int, others: int) -> None:
    cost = highest_cost(transaction)
    start = f"insufficient funds for gas * price + value: balance {balance}, "
    if balance < cost:
        raise RpcError(f"{start}tx cost {cost}, overshot {cost - balance}")
    if balance < cost + others:
        over = cost + others - balance
        raise RpcError(
            f"{start}queued cost {others}, tx cost {cost}, overshot {over}"
        )


def _outbids(challenger: Any, holder: Any) -> bool:
    for price in (fee_cap, tip_cap):
        asked, paid = price(challenger), price(holder)
        if asked <= paid or asked < paid * REPLACEMENT_PERCENT // 100:
            return False
    return True
