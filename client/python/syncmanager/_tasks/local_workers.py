"""Workers that are children of this process; one that dies is replaced."""

import os
import signal
import sys
import threading
import time
import traceback
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, parent_process, process

from .._proxies.base import make
from .._session import sessions
from ..errors import SyncManagerError
from .task_pools import TaskPoolProxy
from .worker import Worker, name_of_process

# What a process sends with its pid: it is a worker; it is one, and its initializer has set a
# handler of SIGTERM; it ends, because the manager refused what it asked for, as it will again.
_BEGUN, _BEGUN_WITH_HANDLER, _REFUSED = range(3)
_MAX_STILLBORN = 10  # Processes in a row that are killed before they begin.
_GRACE = 5.0  # Seconds for a SIGTERM handler of an initializer's, before SIGKILL.


class LocalWorkers:
    """Starts `count` processes at once, and another one for each that ends, until end() or kill().
    Calls `on_broken(error)`, once, if a process can't begin or no other one can be started, and
    starts no other one then. A process that is killed before it begins is replaced, unless many in
    a row are. `work`: what _work() takes after `held`. `daemon`: as Process has it; only processes
    that aren't daemons can have children of multiprocessing's.

    Workers are told to end by a pipe, and not by a signal: this program may block or ignore it, and
    an initializer isn't interrupted.
    """

    def __init__(self, context, count, work, on_broken, daemon):
        self._context = context
        self._work = work
        self._on_broken = on_broken
        self._daemon = daemon
        self._ending = self._broken = False
        self._killed_at = None
        self._numbers = self._stillborn = 0
        self.processes = []
        self._sent = {}  # What processes have sent last, by pid.
        self._reader, self._writer = connection.Pipe(duplex=False)  # For the watcher.
        self._stop, self._stopper = connection.Pipe(duplex=False)  # What is sent stays unread.
        self._watcher = threading.Thread(
            target=self._watch, name="syncmanager workers", daemon=True)
        try:
            for _ in range(count):
                self._start()
        except BaseException:
            self._watcher.start()
            self.kill()
            raise
        self._watcher.start()

    def end(self):
        """Waits until the workers have finished what they are doing, initializers too, and have
        ended."""
        self._ending = True
        self._stopper.send(None)
        self._writer.send((None, None))
        self._watcher.join()

    def kill(self):
        """Kills the workers and waits for that. Those whose initializer has set a handler of
        SIGTERM get that signal first. Ends an end() that waits in another thread."""
        self._killed_at = time.monotonic()
        self.end()

    def _start(self):
        self._numbers += 1
        # A forked child has this thread's handlers until it has its own: Ctrl-C waits for these.
        held = {signal.SIGINT} if self._context.get_start_method() == "fork" else set()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
        try:
            worker = self._context.Process(
                target=_work, args=(self._writer, self._stop, held - before, *self._work),
                daemon=self._daemon, name=f"SyncPoolWorker-{self._numbers}")
            worker.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self.processes.append(worker)

    # ---- The watcher. It alone looks at processes and signals them once it runs.

    def _watch(self):
        asked = False  # Whether the workers have had the signal that ends them.
        while not self._ending or self.processes:
            ready = connection.wait([self._reader, *(one.sentinel for one in self.processes)],
                                    _GRACE if asked else None)
            while self._reader.poll():
                self._note(*self._reader.recv())
            for worker in [one for one in self.processes if one.sentinel in ready]:
                self._replace(worker)
            if self._killed_at is None:
                continue
            late = time.monotonic() - self._killed_at > _GRACE
            for worker in self.processes if late or not asked else ():
                if self._sent.get(worker.pid) == _BEGUN_WITH_HANDLER and not late:
                    worker.terminate()
                else:
                    worker.kill()
            asked = True

    def _note(self, pid, what):
        if pid is not None:
            self._sent[pid] = what
            self._stillborn = 0

    def _replace(self, worker):
        worker.join()
        self.processes.remove(worker)
        code = worker.exitcode  # None if this program ignores SIGCHLD.
        sent = self._sent.pop(worker.pid, None)
        refused = sent == _REFUSED
        if sent is None:
            self._stillborn += 1
            killed = code is None or code < 0
            refused = not killed or self._stillborn == _MAX_STILLBORN
        if self._ending or self._broken:
            return
        if refused:
            self._break(BrokenProcessPool(
                f"a worker can't begin (exit code {code}): what it wrote to standard error says "
                "why"))
            return
        try:
            self._start()
        except Exception as error:
            broken = BrokenProcessPool(f"no worker can be started: {error}")
            broken.__cause__ = error
            self._break(broken)

    def _break(self, error):
        self._broken = True
        self._on_broken(error)


def _work(watcher, stop, held, url, authkey, key_file, pool, initializer, initargs, max_tasks,
          session_timeout=10.0):
    """The whole life of such a process. It sends its pid and what has become of it to `watcher`,
    and ends when there is something to read in `stop`. `held`: signals to unblock when it has
    handlers. `pool`: its name, or the number of one that has none."""
    process.current_process().name = name_of_process()
    worker = None
    signal.signal(signal.SIGINT, lambda *_: worker is not None and worker.interrupt())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, held)
    before = signal.getsignal(signal.SIGTERM)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if initializer is not None:
        initializer(*initargs)
    if stop.poll():
        return
    has_handler = signal.getsignal(signal.SIGTERM) is not before
    try:
        session = sessions.shared(url, {"authkey": authkey, "key_file": key_file},
                                   session_timeout=session_timeout)
        worker = Worker(_pool(session, pool))
    except SyncManagerError as error:
        sys.exit(str(error))
    watcher.send((os.getpid(), _BEGUN_WITH_HANDLER if has_handler else _BEGUN))
    if not has_handler:
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    threading.Thread(target=_stop_when_told, args=(worker, stop), daemon=True).start()
    try:
        worker.run(max_tasks)
    except SyncManagerError as error:
        print(error, file=sys.stderr, flush=True)
        watcher.send((os.getpid(), _REFUSED))
        os._exit(1)
    except SystemExit:  # Of a signal's handler.
        raise
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


def _stop_when_told(worker, stop):
    connection.wait([stop])
    worker.stop()
