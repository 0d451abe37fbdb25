"""A client that was made from protos/README.md alone. It tells what it does.

    /usr/bin/python3 examples/third_client.py --key-file=KEY [--lose] unix:/path | host:port

It has one thread, and no message of its session is larger than a frame.
"""

import argparse
import base64
import hashlib
import hmac
import importlib
import os
import pathlib
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time

import h2.config
import h2.connection
import h2.events
import h2.exceptions


class Ended(Exception):
    """The manager refuses the client or ends its stream; the text says why."""


def load_messages():
    """Makes Python modules of the .proto files, and gives back the two that the client names."""
    root = pathlib.Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["protoc", "-I", root, f"--python_out={directory}",
                        *root.glob("protos/*.proto")], check=True)
        sys.path.insert(0, directory)
        return [importlib.import_module(f"protos.{name}_pb2") for name in ("session", "request")]


session_pb2, request_pb2 = load_messages()


def mac(key, data):
    return hmac.digest(key, data, "sha256")


def expand(key, info):
    """HKDF-Expand to 32 bytes, which are one block of SHA-256."""
    return mac(key, info + b"\x01")


def field(tag, data):
    return struct.pack(">BI", tag, len(data)) + data


def split(data, form):
    """The entries of a message, by the tag or kind that each begins with. `form` is of its head."""
    found = {}
    while data:
        tag, length = struct.unpack_from(form, data)
        data = data[struct.calcsize(form):]
        found[tag], data = data[:length], data[length:]
    return found


def read_exactly(sock, size):
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            raise Ended("the manager closes the connection at the gate")
        data += more
    return data


def ask(sock, message):
    """Sends a message of the gate, and gives back the manager's."""
    sock.sendall(b"SMG1" + struct.pack(">H", len(message)) + message)
    magic, length = struct.unpack(">4sH", read_exactly(sock, 6))
    answer = read_exactly(sock, length)
    if magic == b"SMGE":
        code = session_pb2.HandshakeError.Code.Name(answer[0])
        raise Ended(f"{code}: {answer[1:].decode()}")
    return answer


class Gate:
    """The handshake on a raw socket, and what comes of it: a session, its keys and its limits."""

    def __init__(self, sock, key_id, key, protection, resume=None):
        """`resume` has the session's id, how many answers have arrived, and its resume key."""
        root = mac(b"smgr/1 psk", key)
        client_hello = b"".join(field(tag, data) for tag, data in [
            (0x01, struct.pack(">HH", 1, 1)), (0x02, key_id), (0x03, os.urandom(32)),
            (0x04, bytes([protection])), (0x05, b"\x00"), (0x06, b"third client"),
            (0x07, struct.pack(">16sQ", *resume[:2]) if resume else b""),
            (0x08, struct.pack(">II", 1 << 20, 3000)),
            (0x09, struct.pack(">HHHH", 1, 0, 0x7777, 0))])
        server_hello = ask(sock, client_hello)
        hello = split(server_hello, ">BI")
        self.server = hello[0x12].decode()
        self.tags = hello[0x15] == b"\x01"
        self.heartbeat = struct.unpack(">III", hello[0x17])[1] / 1000

        th1 = hashlib.sha256(b"smgr/1 transcript\0" + field(0x40, client_hello)
                             + field(0x41, server_hello) + field(0x42, b"")).digest()
        client_auth = mac(expand(root, b"smgr/1 client auth"), th1)
        if resume:
            client_auth += mac(resume[2], b"smgr/1 resume\0" + th1)
        server_auth = ask(sock, client_auth)
        server_auth, proof = server_auth[:-32], server_auth[-32:]
        th2 = hashlib.sha256(b"smgr/1 finished\0" + th1 + field(0x43, client_auth)
                             + field(0x44, server_auth)).digest()
        if not hmac.compare_digest(proof, mac(expand(root, b"smgr/1 server auth"), th2)):
            raise Ended("the manager doesn't prove that it has the key")
        auth = split(server_auth, ">BI")
        self.session, self.prefix = auth[0x21], auth[0x23]
        self.resumption = ("new", "resumed", "unknown")[auth[0x24][0]]
        self.extensions = split(auth[0x25], ">HH")
        secret = mac(th2, expand(root, b"smgr/1 derive"))
        self.key_out, self.key_in, self.resume_key = [
            expand(secret, b"smgr/1 " + what) for what in (b"c2s frame", b"s2c frame", b"resume")]


class Stream:
    """HTTP/2 with one gRPC stream: batches go out and come in as frames."""

    def __init__(self, sock, gate):
        self.sock = sock
        self.gate = gate
        self.frames_out = self.frames_in = 0
        self.buffer = b""
        self.trailers = None
        self.http = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.http.initiate_connection()
        self.http.send_headers(1, [
            (":method", "POST"), (":scheme", "http"), (":authority", "manager"),
            (":path", "/syncmanager.wire.Manager/Session"),
            ("content-type", "application/grpc"), ("te", "trailers")])
        self.sock.sendall(self.http.data_to_send())

    def tag(self, key, sequence, body):
        head = struct.pack(">QI", sequence, len(body))
        return mac(key, head + body)[:16] if self.gate.tags else b""

    def send(self, batch):
        body = batch.SerializeToString()
        tag = self.tag(self.gate.key_out, self.frames_out, body)
        self.frames_out += 1
        frame = session_pb2.Frame(body=body, tag=tag)
        message = session_pb2.ClientMessage(frame=frame).SerializeToString()
        self.http.send_data(1, struct.pack(">BI", 0, len(message)) + message)
        self.sock.sendall(self.http.data_to_send())

    def receive(self):
        """Reads from the socket once; the batches that are whole then."""
        data = self.sock.recv(1 << 16)
        if not data:
            raise Ended("the manager closes the connection")
        for event in self.http.receive_data(data):
            if isinstance(event, h2.events.DataReceived):
                self.buffer += event.data
                self.http.acknowledge_received_data(event.flow_controlled_length, 1)
            elif isinstance(event, h2.events.TrailersReceived):
                self.trailers = dict(event.headers)
        self.sock.sendall(self.http.data_to_send())
        batches = []
        while len(self.buffer) >= 5:
            end = 5 + struct.unpack_from(">xI", self.buffer)[0]
            if len(self.buffer) < end:
                break
            batches.append(self.open(session_pb2.ServerMessage.FromString(self.buffer[5:end])))
            self.buffer = self.buffer[end:]
        return batches

    def open(self, message):
        """The batch in a message of the manager, whose tag is right."""
        if message.HasField("error"):
            raise Ended(message.error.message.decode())
        frame = message.frame
        tag = self.tag(self.gate.key_in, self.frames_in, frame.body)
        if not hmac.compare_digest(frame.tag, tag):
            raise Ended("a frame of the manager has a wrong tag")
        self.frames_in += 1
        return session_pb2.ServerBatch.FromString(frame.body)


def varint(number):
    data = b""
    while number > 127:
        data, number = data + bytes([number & 127 | 128]), number >> 7
    return data + bytes([number])


def encode(value):
    """Encodes: 03 and a zigzag varint for an int of 64 bits; 06 and a length for a text."""
    if isinstance(value, str):
        return b"\x06" + varint(len(value.encode())) + value.encode()
    return b"\x03" + varint(value << 1 ^ value >> 63)


def decode(data):
    size = next(at for at, byte in enumerate(data[1:], 1) if byte < 128)  # Of the varint.
    number = sum((byte & 127) << 7 * at for at, byte in enumerate(data[1:size + 1]))
    return data[size + 1:].decode() if data[0] == 6 else number >> 1 ^ -(number & 1)


class Client:
    """A session, over one stream or several: a request is kept until it has its reply."""

    def __init__(self, address, key):
        self.address = address
        self.key = key
        self.tcp = not address.startswith("unix:")
        self.last_id = 0
        self.unanswered = {}  # Requests by their ids, in the order of these.
        self.replies = {}
        self.received = 0  # Replies and notices of the session's life.
        self.heartbeats = self.echoes = 0
        self.connect()

    def connect(self, resume=None):
        if self.tcp:
            host, _, port = self.address.rpartition(":")
            sock = socket.create_connection((host, int(port)), timeout=10)
        else:
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(self.address.removeprefix("unix:"))
        self.gate = Gate(sock, *self.key, 1 if self.tcp else 0, resume)
        if self.gate.resumption == "unknown":
            raise Ended("the session is dead")
        self.stream = Stream(sock, self.gate)
        self.heartbeat_at = time.monotonic() + self.gate.heartbeat
        self.heard = True

    def resume(self):
        """Goes on over a new connection: what has no reply is sent again, with the id it had."""
        self.connect((self.gate.session, self.received, self.gate.resume_key))
        self.send(requests=self.unanswered.values())

    def send(self, **parts):
        self.stream.send(session_pb2.ClientBatch(acknowledged=self.received, **parts))

    def begin(self, to, timeout_us=None, **operation):
        """Sends a request to an object, and gives back its id."""
        self.last_id += 1
        request = request_pb2.Request(id=self.last_id, object=to, caller=1, timeout_us=timeout_us,
                                      **operation)
        self.unanswered[request.id] = request
        self.send(requests=[request])
        return request.id

    def wait(self, request_id):
        """The reply to a request; over TCP heartbeats go out meanwhile."""
        while request_id not in self.replies:
            left = max(0, self.heartbeat_at - time.monotonic()) if self.tcp else None
            if select.select([self.stream.sock], [], [], left)[0]:
                self.take()
            else:
                self.beat()
        return self.replies.pop(request_id)

    def call(self, to, timeout_us=None, **operation):
        return self.wait(self.begin(to, timeout_us, **operation))

    def take(self):
        """Reads once, counts what has come, and files the replies."""
        for batch in self.stream.receive():
            self.heard = True
            self.echoes += batch.heartbeat != 0
            self.received += len(batch.replies) + len(batch.notices)
            for reply in batch.replies:
                self.replies[reply.id] = reply
                self.unanswered.pop(reply.id)

    def beat(self):
        """Sends a heartbeat, unless nothing has come since the one before."""
        if not self.heard:
            raise Ended("nothing has come between two heartbeats")
        self.heard = False
        self.heartbeat_at += self.gate.heartbeat
        self.heartbeats += 1
        self.send(heartbeat=self.heartbeats)

    def open(self, name, **options):
        """The id of the object of that name; `options` has one item, of its type."""
        name = self.gate.prefix + name.encode()
        return self.call(0, registry={"open": {"name": name, **options}}).opened.object

    def goodbye(self):
        """Ends the session, and gives back the stream's grpc-status."""
        self.send(goodbye=True)
        while self.stream.trailers is None:
            self.take()
        return self.stream.trailers["grpc-status"]


def outcome(reply):
    return request_pb2.Outcome.Name(reply.outcome)


def show_objects(client):
    """A queue and a dict take an integer and a text, and give them back."""
    queue = client.open("third", queue={})
    table = client.open("third dict", dict={})
    for value in (-1234567, "naïve café"):
        client.call(queue, queue={"put": {"item": encode(value)}})
        print(f"the queue gives back {decode(client.call(queue, queue={'get': {}}).value)!r}")
        client.call(table, dict={"set": {"key": encode("last"), "value": encode(value)}})
        reply = client.call(table, dict={"get": {"key": encode("last")}})
        print(f"the dict gives back {decode(reply.value)!r}")
    reply = client.call(queue, 0, queue={"get": {}})
    print(f"a get that may not wait, from the empty queue: {outcome(reply)}")
    reply = client.call(queue, 2_500_000, queue={"get": {}})
    print(f"a get that may wait for 2.5 s: {outcome(reply)}; meanwhile {client.heartbeats}"
          f" heartbeats went out, and {client.echoes} came back")


def show_loss(client):
    """The connection breaks with a lock held and a reply unread, and the session is resumed."""
    lock = client.open("third lock", lock={"release_on_exit": True})
    counter = client.open("third counter", value={"initial": encode(0)})
    before = decode(client.call(counter, value={"get": {}}).value)
    grant = client.call(lock, lock={"acquire": {}}).grant
    addition = client.begin(counter, value={"add": {"amount": encode(1)}})
    select.select([client.stream.sock], [], [])
    client.stream.sock.close()
    print(f"the counter is {before} and the lock is held; the connection is closed with the"
          f" reply to request {addition}, which adds 1, unread")
    client.resume()
    print(f"the session is {client.gate.resumption}: {client.received} replies had arrived, and"
          f" request {addition} is sent again")
    print(f"the reply to request {addition}: {decode(client.wait(addition).value)}")
    print(f"the counter is {decode(client.call(counter, value={'get': {}}).value)}")
    reply = client.call(counter, fence={"lock": lock, "number": grant.fencing},
                        value={"add": {"amount": encode(0)}})
    print(f"a request under the fence of the lock's grant: {outcome(reply)}")
    reply = client.call(lock, lock={"release": {"fencing": grant.fencing}})
    print(f"the release of that grant: {outcome(reply)}")


def main():
    parser = argparse.ArgumentParser(description="A client made from protos/README.md alone.")
    parser.add_argument("--key-file", required=True, type=pathlib.Path)
    parser.add_argument("--lose", action="store_true", help="lose the connection, over TCP")
    parser.add_argument("address", help="unix:/path or host:port")
    options = parser.parse_args()
    if options.lose and options.address.startswith("unix:"):
        parser.error("a session over a unix socket can't be resumed")
    key_id, _role, _prefix, _not_after, key = options.key_file.read_text().split()[:5]
    try:
        client = Client(options.address, (key_id.encode(), base64.urlsafe_b64decode(key + "=")))
        gate = client.gate
        print(f"the manager {gate.server!r} opens a {gate.resumption} session, whose frames have"
              f" {'tags' if gate.tags else 'no tags'}")
        print(f"it answers the extensions {list(gate.extensions)}, and takes requests of"
              f" {int.from_bytes(gate.extensions[1], 'big')} bytes at most")
        show_objects(client)
        if options.lose:
            show_loss(client)
        print(f"goodbye: the stream ends with grpc-status {client.goodbye()}")
    except (Ended, h2.exceptions.H2Error, OSError) as end:
        sys.exit(str(end))


if __name__ == "__main__":
    main()
