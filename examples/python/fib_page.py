"""A page of Tornado that answers at once while all cores compute for its visitors.

    fib_page.py PORT     # serves http://127.0.0.1:PORT/fib/33, until somebody interrupts it
    fib_page.py          # is its own visitor, and measures how long / takes meanwhile

A request waits for a worker, and the event loop doesn't: run_in_executor() takes an Executor.
"""

import asyncio
import os
import statistics
import sys
import time

from tornado.httpclient import AsyncHTTPClient
from tornado.web import Application, RequestHandler

from syncmanager import Executor

N = 30
REQUESTS = 4 * (os.cpu_count() or 1)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


class Front(RequestHandler):
    def get(self):
        self.write("/fib/33 is a number that takes a while\n")


class Fib(RequestHandler):
    def initialize(self, executor):
        self.executor = executor

    async def get(self, n):
        loop = asyncio.get_running_loop()
        self.write(f"{await loop.run_in_executor(self.executor, fib, int(n))}\n")


async def visit(port):
    client = AsyncHTTPClient(force_instance=True, max_clients=2 * REQUESTS)

    async def read(path):
        return (await client.fetch(f"http://127.0.0.1:{port}/{path}")).body.decode().strip()

    begun, waits = time.monotonic(), []
    numbers = asyncio.gather(*(read(f"fib/{N}") for _ in range(REQUESTS)))
    while not numbers.done():
        asked = time.monotonic()
        await read("")
        if not numbers.done():
            waits.append(time.monotonic() - asked)
    print(f"fib({N}) = {', '.join(set(await numbers))}: {REQUESTS} times in "
          f"{time.monotonic() - begun:.1f} s")
    print(f"/ was answered {len(waits)} times meanwhile: median "
          f"{statistics.median(waits) * 1000:.1f} ms, worst {max(waits) * 1000:.1f} ms")


async def serve(executor, port):
    pages = Application([("/", Front), (r"/fib/(\d+)", Fib, {"executor": executor})])
    server = pages.listen(port or 0, "127.0.0.1")
    if port is not None:
        await asyncio.Event().wait()
    (socket,) = server._sockets.values()
    await visit(socket.getsockname()[1])


def main():
    with Executor() as executor:
        asyncio.run(serve(executor, int(sys.argv[1]) if len(sys.argv) > 1 else None))


if __name__ == "__main__":
    main()
