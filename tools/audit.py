#!/usr/bin/env python3
"""Audits a log without a line of the product's code: `audit.py VKEY EXPORT CHECKPOINTS...` takes
the key of `weir log key`, what `weir log export` writes, and files of signed checkpoints."""
import base64, decimal, functools, hashlib, json, re, sys
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519: RFC 8032, 5.1
D, ZERO = -121665 * pow(121666, -1, P) % P, (0, 1, 1, 0)
def need(holds, why): holds or sys.exit("REFUSED: " + why)
def sha(data): return hashlib.sha256(data).digest()
def node(right, left): return sha(b"\1" + left + right)
def b64(text): return base64.b64decode(text, validate=True)
def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    return (b-a) * (d-c) % P, (d+c) * (b+a) % P, (d-c) * (d+c) % P, (b-a) * (b+a) % P
def mul(n, p): return add(mul(n >> 1, add(p, p)), p if n & 1 else ZERO) if n else ZERO
def point(data):
    y, sign = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    x = x if (x * x - xx) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    need(y < P and (x * x - xx) % P == 0 and (x or not sign), "no point of the curve")
    return (x, y, 1, x * y % P) if x & 1 == sign else (P - x, y, 1, (P - x) * y % P)
def is_signed(key, text, sig):
    s, h = int.from_bytes(sig[32:], "little"), hashlib.sha512(sig[:32] + key + text).digest()
    a = mul(s, point((4 * pow(5, -1, P) % P).to_bytes(32, "little")))
    b = add(point(sig[:32]), mul(int.from_bytes(h, "little") % L, point(key)))
    return s < L and all((a[i] * b[2] - b[i] * a[2]) % P == 0 for i in (0, 1))
def checkpoints(data, name, kid, key):  # C2SP signed-note: each text has its signatures under it
    found = re.findall("((.+)\n(.+)\n(.+)\nchain (.+)\n)\n((?:— .+\n)+)", data)
    need(found and "".join(f[0] + "\n" + f[5] for f in found) == data, "no list of checkpoints")
    for text, origin, size, root, chain, lines in found:
        (sig,) = re.findall(f"^— {name} (.*)", lines, re.MULTILINE)
        is_ours = origin == name and base64.b64encode(kid + b64(sig)[4:]).decode() == sig
        need(is_ours and is_signed(key, text.encode(), b64(sig)[4:]), "a forged checkpoint")
        yield int(size), b64(root), chain.encode()
def audit(lines, wanted):  # RFC 6962 over the same bytes as the chain
    stack, chain, place = [], bytes(32), 0
    for place, line in enumerate(lines, 1):
        at, fact = line.rfind(b',"hash":"'), json.loads(line)
        event, body, leaf = line[:at] + line[at + 74:-1], fact["body"], place
        chain, tree = sha(chain + event), sha(b"\0" + event)
        need(line[at + 9:at + 74] == chain.hex().encode() + b'"', f"the chain breaks at {place}")
        need(fact["position"] == place and line[-1:] == b"\n", f"another event stands at {place}")
        parts = ("outcome", "fee", "net") if fact["name"] == "payment.finished.v1" else ()
        whole, *rest = [decimal.Decimal(body[part]["amount"]) for part in parts] or [0]
        need(whole == sum(rest), f"the amounts of {place} don't balance")
        while leaf % 2 == 0: tree, leaf = node(tree, stack.pop()), leaf // 2
        stack.append(tree)
        while wanted and wanted[0][0] == place:
            signed = functools.reduce(node, reversed(stack)), chain.hex().encode()
            need(wanted.pop(0)[1:] == signed, f"the first {place} events were rewritten")
    return place if not wanted else need(False, f"the log ends at {place}, before a checkpoint")
try:
    name, kid, key = sys.argv[1].split("+", 2)
    need(sha(name.encode() + b"\n" + b64(key))[:4].hex() == kid, "the key's id is not its own")
    notes = "".join(open(file, encoding="utf8", newline="").read() for file in sys.argv[3:])
    signed = checkpoints(notes, name, bytes.fromhex(kid), b64(key)[1:])
    print(f"OK: {audit(open(sys.argv[2], 'rb'), sorted(signed))} events")
except Exception as error: sys.exit(f"REFUSED: {error!r}")
