"""Code that forgets to await: each error names the right spelling."""

import copy
import gc
import re
import unittest
import warnings

from support import ManagerTest
from syncmanager import ProcessError, SyncManager, aio


def assign(target, key, value):
    target[key] = value


def delete(target, key):
    del target[key]


def enter(context):
    with context:
        pass


def in_place(target, operator, other):
    exec(f"target {operator}= other", {"target": target, "other": other})


class AioMisuseTest(ManagerTest, unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.client = await self.enterAsyncContext(
            aio.connect(self.manager.address, authkey=self.manager._authkey))

    def assert_says(self, instead, misuse, error=TypeError):
        with self.assertRaisesRegex(error, f"^write `{re.escape(instead)}`"):
            misuse()

    async def test_a_dict(self):
        entries = await self.client.dict(a=1)
        for instead, misuse in (
                ("await d.set(key, value)", lambda: assign(entries, "a", 1)),
                ("await d.delete(key)", lambda: delete(entries, "a")),
                ("await d.length()", lambda: len(entries)),
                ("await d.length()", lambda: not entries),
                ("await d.contains(key)", lambda: "a" in entries),
                ("async for x in l", lambda: list(entries)),
                ("(await d.copy()) | other", lambda: entries | {}),
                ("other | (await d.copy())", lambda: {} | entries),
                ("await d.update(other)", lambda: in_place(entries, "|", {})),
                ("await proxy.copy()", lambda: copy.deepcopy(entries))):
            self.assert_says(instead, misuse)

    async def test_a_list_and_a_set(self):
        numbers, some = await self.client.list([1]), await self.client.set([1])
        for instead, misuse in (
                ("async for x in l", lambda: [number for number in numbers]),
                ("await l.extend(other)", lambda: in_place(numbers, "+", [1])),
                ("(await d.copy()) + other", lambda: numbers + [1]),
                ("reversed(await l.copy())", lambda: reversed(numbers)),
                ("(await d.copy()) & other", lambda: some & {1}),
                ("(await d.copy()) <= other", lambda: some <= {1}),
                ("await s.difference_update(other)", lambda: in_place(some, "-", {1}))):
            self.assert_says(instead, misuse)

    async def test_contexts(self):
        jobs = await self.client.Queue(reliable=True)
        await jobs.put("job")
        for context in (await self.client.Lock(), await self.client.RLock(),
                        await self.client.Condition(), await self.client.Semaphore(),
                        (await self.client.RWLock()).reading(), await jobs.take()):
            self.assert_says("async with lock", lambda: enter(context))
        self.assert_says("async with manager", lambda: enter(self.client))

    async def test_a_namespace_and_a_value(self):
        shared, value = await self.client.Namespace(x=1), await self.client.Value("i", 1)
        self.assert_says("await ns.set('x', value)", lambda: setattr(shared, "x", 1))
        self.assert_says("await ns.get('x')", lambda: shared.x, AttributeError)
        self.assert_says("await ns.delete('x')", lambda: delattr(shared, "x"))
        self.assert_says("await v.set(x)", lambda: setattr(value, "value", 1))
        self.assertFalse(hasattr(shared, "__length_hint__"))
        self.assertEqual(await shared.add("x", 1), 2)

    async def test_a_manager_that_nobody_entered(self):
        manager = aio.connect(self.manager.address)
        with self.assertRaisesRegex(ProcessError, "write `async with aio.connect"):
            await manager.Queue()

    async def test_a_call_that_is_never_awaited_warns_with_what_to_write(self):
        jobs, entries = await self.client.Queue(), await self.client.dict()
        for what, call in (("await proxy.put(...)", lambda: jobs.put(1)),
                           ("await proxy.qsize(...)", jobs.qsize),
                           ("await proxy.join(...)", jobs.join),
                           ("await proxy.set(...)", lambda: entries.set("a", 1)),
                           ("await proxy.items(...)", entries.items),
                           ("`await` before it", self.client.Lock)):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                call()
                gc.collect()
            self.assertTrue([one for one in caught if what in str(one.message)], caught)
        self.assertTrue(await jobs.empty())

    async def test_a_name_that_makes_an_entry_warns(self):
        for make, method in ((self.client.dict, "dict"), (self.client.Namespace, "Namespace")):
            with self.assertWarnsRegex(
                    UserWarning, f"write manager.named\\('jobs'\\).{method}") as caught:
                proxy = await make(name="jobs")
            self.assertEqual((caught.filename, await proxy.get("name")), (__file__, "jobs"))
        connected = SyncManager(self.manager.address, self.manager._authkey)
        connected.connect()
        with self.assertWarnsRegex(UserWarning, "write manager.named") as caught:
            connected.dict(name="jobs")
        self.assertEqual(caught.filename, __file__)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            await self.client.named("jobs").dict(a=1)
            await self.client.dict(name=1)
            self.manager.dict(name="a program of multiprocessing")

    async def test_proxies_show_their_name_and_manager(self):
        jobs = await self.client.Queue(name="shown")
        self.assertEqual(repr(jobs), "<syncmanager.aio.QueueProxy 'shown' of the manager at "
                                     f"{self.manager.address!r}>")
        entries = await self.client.dict()
        self.assertIn(f"DictProxy 0x{entries._id} of the manager", str(entries))
        self.assertRegex(repr(self.manager.Queue(name="shown")),
                         r"^<QueueProxy object, typeid 'Queue' at 0x\w+, 'shown' of the manager at")


if __name__ == "__main__":
    unittest.main()
