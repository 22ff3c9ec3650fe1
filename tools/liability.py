#!/usr/bin/env python3
"""Shows a client that what is owed to him is in the sums that everybody was told, without a line of
the product's code: `liability.py PROOFS [ROOT…]` takes what GET /api/channels/{id}/liabilities
answers, and the roots as they stood in the chat."""
import decimal, hashlib, json, sys
def need(holds, why): holds or sys.exit("REFUSED: " + why)
def sha(data): return hashlib.sha256(data).digest()
def amount(units):
    need(0 <= int(units) < 2**127, "an amount that is none")
    return int(units).to_bytes(16, "big")
def node(left, right):  # a sum stands in its node's hash: none can be made smaller elsewhere
    data = b"\1" + amount(left[0]) + left[1] + amount(right[0]) + right[1]
    return left[0] + right[0], sha(data)
def check(proof, client, roots):
    salt, units = bytes.fromhex(proof["salt"]), int(proof["units"])
    need(len(salt) == 32, "a salt that is none")
    here = units, sha(b"\0" + salt + client.encode() + amount(units))
    for step in proof["path"]:
        beside = int(step["units"]), bytes.fromhex(step["hash"])
        need(len(beside[1]) == 32 and step["side"] in ("left", "right"), "a step that is none")
        here = node(beside, here) if step["side"] == "left" else node(here, beside)
    root = here[1].hex()
    need(here[0] == int(proof["total_units"]) and root == proof["root"], "it leads elsewhere")
    need(not roots or root in roots, f"nobody was told of the root {root}")
    total, own = proof["total"], proof["amount"]
    shares = [decimal.Decimal(one["amount"]) for one in (own, total)]
    need(shares[0] * here[0] == shares[1] * units, "amounts other than the hashed units")
    need(own["asset"] == total["asset"], "another asset's total")
    print(f"OK: {own['amount']} of {total['amount']} {total['asset']}, root {root}")
try:
    told = json.load(sys.stdin if sys.argv[1] == "-" else open(sys.argv[1], encoding="utf8"))
    for proof in told["proofs"]: check(proof, told["client"], sys.argv[2:])
    print(f"{len(told['proofs'])} sums of {told['day']} have {told['client']} in them")
except (KeyError, IndexError, TypeError, ValueError, OSError) as error:
    sys.exit(f"REFUSED: {error!r}")
