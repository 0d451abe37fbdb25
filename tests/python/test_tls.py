"""TLS from Python: by the authkey, wherever a program names an address of another machine."""

import asyncio
import multiprocessing
import unittest
from multiprocessing import AuthenticationError

from syncmanager import SyncManager, aio
from syncmanager._session import sessions

AUTHKEY = b"0123456789abcdef0123456789abcdef"


def count_in_a_child(counter, lock):
    for _ in range(10):
        with lock:
            counter.value += 1


class AddressTest(unittest.TestCase):

    def test_another_machine_is_reached_over_tls(self):
        for address, url in ((("", 7), "syncmanager://127.0.0.1:7"),
                             (("localhost", 7), "syncmanager://localhost:7"),
                             (("::1", 7), "syncmanager://[::1]:7"),
                             (("10.0.0.5", 7), "syncmanager+tls://10.0.0.5:7"),
                             (("fe80::1", 7), "syncmanager+tls://[fe80::1]:7")):
            with self.subTest(address=address):
                self.assertEqual(sessions.to_url(address), url)

    def test_a_url_becomes_a_pair_only_if_the_pair_means_the_same(self):
        self.assertEqual(sessions.to_address("tcp://127.0.0.1:7"), ("127.0.0.1", 7))
        self.assertEqual(sessions.to_address("tls://10.0.0.5:7"), ("10.0.0.5", 7))
        for url in ("syncmanager://10.0.0.5:7", "syncmanager+tls://127.0.0.1:7",
                    "syncmanager+tls://10.0.0.5:7?cert=a&key=b&ca=c"):
            with self.subTest(url=url):
                self.assertEqual(sessions.to_address(url), url)


class NetworkTest(unittest.TestCase):

    def setUp(self):
        self.manager = SyncManager(("", 0), authkey=AUTHKEY)
        self.manager.start()
        self.addCleanup(self.manager.shutdown)
        self.port = self.manager.address[1]
        self.url = f"syncmanager+tls://127.0.0.1:{self.port}"

    def test_this_machine_may_come_with_and_without(self):
        for address in (("127.0.0.1", self.port), self.url):
            with self.subTest(address=address):
                near = SyncManager(address, authkey=AUTHKEY)
                near.connect()
                near.dict().update(a=1)

    def test_a_wrong_key(self):
        with self.assertRaisesRegex(AuthenticationError, "another key"):
            SyncManager(self.url, authkey=b"another").connect()

    def test_proxies_travel_to_other_processes(self):
        multiprocessing.current_process().authkey = AUTHKEY
        far = SyncManager(self.url, authkey=AUTHKEY)
        far.connect()
        counter, lock = far.Value("i", 0), far.Lock()
        spawn = multiprocessing.get_context("spawn")
        children = [spawn.Process(target=count_in_a_child, args=(counter, lock))
                    for _ in range(3)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        self.assertEqual(counter.value, 30)

    def test_asyncio(self):
        async def ask():
            async with aio.connect(self.url, authkey=AUTHKEY) as manager:
                shared = await manager.dict()
                await shared.set("a", 1)
                return await shared.get("a")

        self.assertEqual(asyncio.run(ask()), 1)


if __name__ == "__main__":
    unittest.main()
