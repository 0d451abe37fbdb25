"""Workers that are children of this process: as many as were asked for, whoever dies."""

import os
import signal
import sys
import threading
import traceback
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, parent_process, process

from . import _sessions
from .errors import SyncManagerError
from .proxies import make
from .task_pools import TaskPoolProxy
from .worker import Worker, name_of_process

_REFUSED = 70  # A process' exit code: the manager refused what a worker asks for, as it will again.


class LocalWorkers:
    """Starts `count` processes at once, and another one for each that ends, until end() or kill().
    `on_broken(error)` is called, once, if one can't even begin; no other one is started then. One
    that is killed before it begins is replaced, too. `work`: what _work() takes after `begun`."""

    def __init__(self, context, count, work, on_broken):
        self._context = context
        self._work = work
        self._on_broken = on_broken
        self._ending = self._broken = False
        self._numbers = 0
        self.processes = []
        self._begun = set()  # The numbers of processes that are workers by now.
        self._reader, self._writer = connection.Pipe(duplex=False)
        for _ in range(count):
            self._start()
        self._watcher = threading.Thread(
            target=self._watch, name="syncmanager workers", daemon=True)
        self._watcher.start()

    def end(self):
        """They finish what they are doing."""
        self._end(lambda worker: worker.terminate())

    def kill(self):
        self._end(lambda worker: worker.kill())

    def _end(self, how):
        """No other one is started; the last ones that were are told by the watcher."""
        self._how = how
        self._ending = True
        self._writer.send(None)
        self._watcher.join()

    def _start(self):
        self._numbers += 1
        worker = self._context.Process(target=_work, args=(self._writer, *self._work),
                                       daemon=True, name=f"SyncPoolWorker-{self._numbers}")
        worker.start()
        self.processes.append(worker)

    def _watch(self):
        while not self._ending:
            connection.wait([self._reader, *(worker.sentinel for worker in self.processes)])
            dead = [worker for worker in self.processes if not worker.is_alive()]
            while self._reader.poll():
                self._begun.add(self._reader.recv())
            for worker in dead:
                self.processes.remove(worker)
                begun = worker.pid in self._begun
                self._begun.discard(worker.pid)
                if not self._broken and worker.exitcode >= 0 and (
                        not begun or worker.exitcode == _REFUSED):
                    self._broken = True
                    self._on_broken(BrokenProcessPool(
                        "a worker can't begin: what it wrote to standard error says why"))
                if not self._broken and not self._ending:
                    self._start()
        for worker in self.processes:
            self._how(worker)
        for worker in self.processes:
            worker.join()


def _work(begun, url, authkey, key_file, pool, initializer, initargs, most_tasks,
          session_timeout=10.0):
    """The whole life of such a process. `begun` is told when it is a worker. `pool`: its name, or
    the number of one that has none."""
    process.current_process().name = name_of_process()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if initializer is not None:
        initializer(*initargs)
    try:
        session = _sessions.shared(url, {"authkey": authkey, "key_file": key_file},
                                   session_timeout=session_timeout)
        worker = Worker(_pool(session, pool))
    except SyncManagerError as error:
        sys.exit(str(error))
    begun.send(os.getpid())
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    try:
        worker.run(most_tasks)
    except SyncManagerError as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(_REFUSED)
    except BaseException:  # With a goodbye its task would be in line again, and again.
        traceback.print_exc()
        os._exit(1)


def _pool(session, pool):
    if isinstance(pool, str):
        return make(TaskPoolProxy, session.registry(), pool)
    return TaskPoolProxy(session.adopt(pool))


def _end_with_parent():
    parent_process().join()
    os._exit(1)
