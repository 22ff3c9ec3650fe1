"""A local Ethereum node for tests: a real EVM behind the JSON-RPC that geth speaks.

    tools/evmnode/start [--port 0] [--manual | --block-time 2] [--usdt | --usdt-at 0x…]

When it accepts requests it prints one line to stdout:

    READY http://127.0.0.1:PORT chainId=31337 startup_ms=950 pid=4711 [usdt=0x…]

Reading order: methods.py (what it answers), pool.py (what it refuses), chain.py (how it mines),
control.py (how a test bends it), then calls.py, shapes.py, server.py, wire.py.
"""

import time

STARTED = time.monotonic()

import argparse
import os
import sys
import threading

from chain import Chain
from methods import Node
from server import Dispatcher, listen
from usdt import copy_usdt, deploy_usdt
from wire import data, read_address

# The first ten accounts of the well-known `test test … junk` mnemonic.
DEVELOPMENT_ACCOUNTS = (
    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
    "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
    "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
    "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
    "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
    "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
    "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="evmnode", description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8545, help="0 takes a free one and prints it")
    add("--chain-id", type=int, default=31337)
    add("--fund", action="append", default=[], metavar="0xADDRESS")
    add("--balance-eth", type=int, default=10_000, help="of every funded account")
    add("--gas-limit", type=int, default=36_000_000, help="of a block")
    add("--base-fee", type=int, default=10**9, help="of the first block, in wei")
    add("--manual", action="store_true", help="mine only on evm_mine")
    add("--block-time", type=float, default=0, metavar="SECONDS")
    add("--safe", type=int, default=2, help="blocks that `safe` is behind the head")
    add("--finalized", type=int, default=4, help="the same for `finalized`")
    add("--usdt", action="store_true", help="deploy the USDT-like token at start")
    add("--usdt-at", metavar="0xADDRESS", help="the same, at that address")
    add("--exit-with-stdin", action="store_true", help="end when stdin is closed")
    return parser.parse_args()


def build(wish: argparse.Namespace) -> Node:
    accounts = [read_address(text) for text in (*DEVELOPMENT_ACCOUNTS, *wish.fund)]
    balances = {address: wish.balance_eth * 10**18 for address in accounts}
    chain = Chain(wish.chain_id, balances, wish.gas_limit, wish.base_fee)
    chain.safe_depth, chain.finalized_depth = wish.safe, wish.finalized
    return Node(chain, automine=not wish.manual and not wish.block_time)


def mine_regularly(node: Node, lock: threading.RLock, seconds: float) -> None:
    while True:
        time.sleep(seconds)
        with lock:
            node.chain.mine(node.pool)


def exit_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    wish = options()
    node = build(wish)
    token = ""
    if wish.usdt or wish.usdt_at:
        address = deploy_usdt(node)
        if wish.usdt_at:
            address = copy_usdt(node, address, read_address(wish.usdt_at))
        token = f" usdt={data(address)}"
    dispatcher = Dispatcher(node)
    server = listen(dispatcher, wish.host, wish.port)
    if wish.block_time:
        arguments = (node, dispatcher.lock, wish.block_time)
        threading.Thread(target=mine_regularly, args=arguments, daemon=True).start()
    if wish.exit_with_stdin:
        threading.Thread(target=exit_with_stdin, daemon=True).start()
    elapsed = int((time.monotonic() - STARTED) * 1000)
    address = f"http://{wish.host}:{server.server_address[1]}"
    ready = f"READY {address} chainId={wish.chain_id} startup_ms={elapsed}"
    print(f"{ready} pid={os.getpid()}{token}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
