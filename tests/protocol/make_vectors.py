#!/usr/bin/env python3
"""Makes handshake_vectors.json, or checks it: the handshake once more, from the description alone.

make_vectors.py            prints the vectors
make_vectors.py FILE       fails if FILE differs from them
"""

import hashlib
import hmac
import json
import struct
import sys


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def expand(key, label, size=32):
    out, block = b"", b""
    for counter in range(1, 256):
        block = mac(key, block + label + bytes([counter]))
        out += block
        if len(out) >= size:
            return out[:size]
    raise ValueError("too long")


def check_rfc5869_a1():
    prk = mac(bytes(range(13)), b"\x0b" * 22)
    okm = expand(prk, bytes(range(0xF0, 0xFA)), 42)
    assert okm.hex() == ("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                         "34007208d5b887185865")


def field(tag, data):
    return bytes([tag]) + struct.pack(">I", len(data)) + data


def span(first, count):
    return bytes(first + i for i in range(count))


def vector(name, *, offers=b"\x01\x02", binding=b"", resume=b"", protection=1, resume_result=0,
           prefix=b"/jobs/", asked=struct.pack(">HH", 1, 0),
           answered=struct.pack(">HHQ", 1, 8, 256 << 20)):
    psk = span(0, 32)
    kind = bytes([1 if binding else 0])
    client_hello = b"".join([
        field(0x01, struct.pack(">HH", 1, 1)), field(0x02, b"test-2025a"),
        field(0x03, span(0xC0, 32)), field(0x04, offers), field(0x05, kind),
        field(0x06, b"worker-7"), field(0x07, resume),
        field(0x08, struct.pack(">II", 4 << 20, 30_000)), field(0x09, asked)])
    server_hello = b"".join([
        field(0x11, struct.pack(">H", 1)), field(0x12, b"mgr-a"), field(0x13, span(0x10, 16)),
        field(0x14, span(0x50, 32)), field(0x15, bytes([protection])), field(0x16, kind),
        field(0x17, struct.pack(">III", 4 << 20, 15_000, 30_000))])
    server_auth = b"".join([
        field(0x21, span(0x30, 16)), field(0x22, b"\x02"), field(0x23, prefix),
        field(0x24, bytes([resume_result])), field(0x25, answered)])
    prk = mac(b"smgr/1 psk", psk)
    kc, ks, kd, kt = (expand(prk, b"smgr/1 " + label)
                      for label in (b"client auth", b"server auth", b"derive", b"tls"))
    th1 = hashlib.sha256(b"smgr/1 transcript\0" + field(0x40, client_hello)
                         + field(0x41, server_hello) + field(0x42, binding)).digest()
    client_mac = mac(kc, th1)
    # The key of the session that is resumed: that of the first vector.
    old_key = bytes.fromhex("65ee51fd665f9e6639dc07a1f8fa2ca8adb747a63291cc32c18eae7339d94229")
    resume_proof = mac(old_key, b"smgr/1 resume\0" + th1)
    client_auth = client_mac + (resume_proof if resume else b"")
    th2 = hashlib.sha256(b"smgr/1 finished\0" + th1 + field(0x43, client_auth)
                         + field(0x44, server_auth)).digest()
    prks = mac(th2, kd)
    use = b"seal" if protection == 2 else b"frame"
    c2s, s2c, k_resume = (expand(prks, b"smgr/1 " + label)
                          for label in (b"c2s " + use, b"s2c " + use, b"resume"))
    body = b"\x0a\x05hello"

    def tag(key, sequence):
        return mac(key, struct.pack(">QI", sequence, len(body)) + body)[:16]

    values = {
        "psk": psk, "binding": binding, "client_hello": client_hello, "server_hello": server_hello,
        "server_auth": server_auth, "prk": prk, "kc": kc, "ks": ks, "kd": kd, "kt": kt, "th1": th1,
        "client_mac": client_mac, "client_auth": client_auth, "resume_key": old_key,
        "resume_proof": resume_proof, "th2": th2, "server_mac": mac(ks, th2), "prks": prks,
        "k_c2s": c2s, "k_s2c": s2c, "k_resume": k_resume, "frame_body": body,
        "tag_c2s_seq0": tag(c2s, 0), "tag_c2s_seq1": tag(c2s, 1), "tag_s2c_seq0": tag(s2c, 0),
    }
    return {"name": name, **{key: value.hex() for key, value in values.items()}}


def main():
    check_rfc5869_a1()
    vectors = [
        vector("plain TCP with frame tags"),
        vector("a unix socket without protection", offers=b"\x00\x01", protection=0),
        vector("sealed frames", offers=b"\x02", protection=2),
        vector("bound to a TLS connection", offers=b"\x00\x01", protection=0,
               binding=hashlib.sha256(b"what the connection exports").digest()),
        vector("resumed", resume=span(0x30, 16) + struct.pack(">Q", 77), resume_result=1),
        vector("all names", prefix=b""),
        vector("without extensions", asked=b"", answered=b""),
    ]
    text = json.dumps(vectors, indent=1) + "\n"
    if len(sys.argv) == 1:
        sys.stdout.write(text)
        return 0
    with open(sys.argv[1], encoding="ascii") as file:
        return 0 if file.read() == text else 1


if __name__ == "__main__":
    sys.exit(main())
