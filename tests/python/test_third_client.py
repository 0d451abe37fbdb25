"""Clients that aren't ours: one made from the document alone, and Python's gRPC by the gateway."""

import importlib.util
import pathlib
import queue
import subprocess
import sys
import unittest

import grpc
from shell import Daemon

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "examples/third_client.py"


def load_program():
    spec = importlib.util.spec_from_file_location("third_client", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class ThirdClientTest(unittest.TestCase):

    def setUp(self):
        self.daemon = Daemon()
        self.addCleanup(self.daemon.end)

    def run_program(self, *arguments):
        return subprocess.run(
            [sys.executable, PROGRAM, f"--key-file={self.daemon.key_file}", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)

    def test_over_a_unix_socket(self):
        done = self.run_program(self.daemon.url)
        self.assertIn("whose frames have no tags", done.stdout)
        self.assertIn("the dict gives back 'na\xefve caf\xe9'", done.stdout)
        self.assertIn("the stream ends with grpc-status 0", done.stdout, done.stderr)

    def test_over_tcp_it_goes_on_after_a_lost_connection(self):
        done = self.run_program("--lose", f"127.0.0.1:{self.daemon.port}")
        self.assertIn("whose frames have tags", done.stdout)
        self.assertIn("it answers the extensions [1]", done.stdout)
        self.assertIn("2 heartbeats went out, and 2 came back", done.stdout)
        self.assertIn("the session is resumed", done.stdout, done.stderr)
        self.assertIn("\nthe counter is 1\n", done.stdout)
        self.assertIn("the stream ends with grpc-status 0", done.stdout)

    def test_a_wrong_key_is_refused_with_words(self):
        with open(self.daemon.key_file, encoding="ascii") as file:
            wrong = file.read().split()
        wrong[4] = "A" * len(wrong[4])
        other = f"{self.daemon.directory.name}/wrong"
        with open(other, "w", encoding="ascii") as file:
            file.write(" ".join(wrong))
        done = self.run_program(f"127.0.0.1:{self.daemon.port}", f"--key-file={other}")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "UNAUTHENTICATED: authentication failed\n")


class GrpcTest(unittest.TestCase):
    """The same client, over a stream of grpcio."""

    def setUp(self):
        self.program = load_program()
        self.daemon = Daemon("--grpc=127.0.0.1:0")
        self.addCleanup(self.daemon.end)
        messages = self.program.session_pb2
        self.requests = queue.SimpleQueue()
        channel = grpc.insecure_channel(self.daemon.grpc)
        self.addCleanup(channel.close)
        method = channel.stream_stream(
            "/syncmanager.wire.Manager/Session",
            request_serializer=messages.ClientMessage.SerializeToString,
            response_deserializer=messages.ServerMessage.FromString)
        self.answers = method(iter(self.requests.get, None))
        self.addCleanup(self.answers.cancel)

    def say(self, **content):
        self.requests.put(self.program.session_pb2.ClientMessage(**content))
        return next(self.answers)

    def pass_gate(self, key):
        """The handshake, whose messages are messages of the stream."""
        names = iter([("client_hello", "server_hello"), ("client_auth", "server_auth")])

        def ask(_, message):
            name, answer_name = next(names)
            answer = self.say(**{name: message})
            if answer.HasField("error"):
                raise self.program.Ended(answer.error.message.decode())
            return getattr(answer, answer_name)

        self.program.ask = ask
        return self.program.Gate(None, b"default", key, 1)

    def key(self):
        with open(self.daemon.key_file, encoding="ascii") as file:
            return self.program.base64.urlsafe_b64decode(file.read().split()[4] + "=")

    def test_carries_a_session(self):
        gate = self.pass_gate(self.key())
        self.assertTrue(gate.tags)
        stream = self.program.Stream.__new__(self.program.Stream)
        stream.gate, stream.frames_in = gate, 0
        request = self.program.request_pb2.Request(id=1, registry={"ping": {}})
        body = self.program.session_pb2.ClientBatch(requests=[request]).SerializeToString()
        batch = stream.open(self.say(
            frame={"body": body, "tag": stream.tag(gate.key_out, 0, body)}))
        self.assertEqual([reply.id for reply in batch.replies], [1])

    def test_a_wrong_key_is_refused(self):
        with self.assertRaisesRegex(self.program.Ended, "authentication failed"):
            self.pass_gate(bytes(32))


if __name__ == "__main__":
    unittest.main()
