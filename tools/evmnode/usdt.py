"""A token that behaves like mainnet USDT, put on the chain by development account 0.

Six decimals, no return value from transfer, approve only from or to zero, pause, black list and an
optional transfer fee. Its init code is a test vector, so the tests deploy the same one themselves.
"""

import json
from pathlib import Path

from eth._utils.address import generate_contract_address
from eth_keys.datatypes import PrivateKey
from eth_utils import keccak

from methods import Node
from wire import read_data

# The first key of the well-known `test test … junk` mnemonic.
OWNER_KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
SUPPLY = 10**9 * 10**6
DEPLOYMENT_GAS = 3_000_000
REPOSITORY = Path(__file__).resolve().parents[2]
VECTOR = REPOSITORY / "Tests/GatewayTests/Vectors/usdt_like.json"


def deploy_usdt(node: Node) -> bytes:
    """Mines the deployment and returns the token's address; account 0 holds the supply."""
    code = read_data(json.loads(VECTOR.read_text())["init_code"])
    key = PrivateKey(bytes.fromhex(OWNER_KEY))
    init_code = code + SUPPLY.to_bytes(32, "big")
    creation = node.chain.signed_creation(key, init_code, DEPLOYMENT_GAS)
    node.submit(creation.encode())
    if not node.chain.place(creation.hash):
        node.chain.mine(node.pool)
    return generate_contract_address(creation.sender, creation.nonce)


def copy_usdt(node: Node, token: bytes, target: bytes) -> bytes:
    """Puts a fresh token at an address of one's choice, as mainnet has its own; returns it."""
    owner = PrivateKey(bytes.fromhex(OWNER_KEY)).public_key.to_canonical_address()
    # Vyper's layout: a lock, owner, totalSupply, balanceOf; a map's value lies at hash(slot, key).
    balance = keccak((3).to_bytes(32, "big") + owner.rjust(32, b"\0"))
    node.chain.copy_contract(token, target, [1, 2, int.from_bytes(balance, "big")])
    return target
