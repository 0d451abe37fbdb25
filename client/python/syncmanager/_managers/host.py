"""The process that hosts objects of registered types: a client of the manager that answers calls.

Each thread that calls it has a thread here, as a server thread of multiprocessing's manager, whose
`serve_client` it runs. A latch of the manager stands for each object. The host holds no reference
to the latch, so the latch ends with the last client that has one, even if that client was killed.
_proxies/host_calls.py is the other side.
"""

import functools
import os
import signal
import threading
from multiprocessing import managers
from traceback import format_exc

from .._proxies.host_calls import Door, announce
from .._proxies.hosted import name_of
from .._proxies.synchronization import LatchProxy
from .._session.completions import Arrivals
from .._session.operations import latch, queue, registry
from ..errors import Disconnected, NoSuchObject, ShutDown


class Server(managers.Server):
    """Hosts objects of the types in `registry`. `objects` is a SyncManager that is connected to
    their manager, `own` the manager's process if it ends with this, `door` the numbers of the door
    that another process has made. Without it this makes one."""

    def __init__(self, registry, objects, own=None, door=None):
        self.registry = registry
        self.address = objects.address
        self.listener = own
        self.id_to_obj = {}  # By the numbers of the latches.
        self.id_to_local_proxy_obj = {}
        self.mutex = threading.Lock()
        self._anchoring = threading.Lock()
        self._anchors = {}  # The numbers of the latches, by id(object).
        self._objects = objects
        self._session = objects._syncmanager_own.session
        self._watch = Watch()
        self._door = Door.adopt(self._session, door) if door else Door.make(self._session)
        self._belongings = {}  # Of callers: the numbers of what each has in the manager.
        announce(self._session, self._door)
        self._expect_caller()

    # ---- Callers.

    def accepter(self):
        """Returns when the manager ends, or somebody shuts the door."""
        try:
            while True:
                self._watch.await_one()
        except (Disconnected, ShutDown):
            pass
        finally:
            self.stop_event.set()

    def _expect_caller(self):
        self._watch.start(queue.get, self._door.callers, self._admit)

    def _admit(self, call):
        try:
            requests, replies, presence = call.result()
            belongings = [int(proxy._id, 16) for proxy in (requests, replies, presence)]
        except (Disconnected, ShutDown):
            raise
        except Exception:  # Anybody may put anything into a queue: there is nobody to answer.
            return self._expect_caller()
        self._expect_caller()
        caller = _Caller(self, requests, replies)
        self._belongings[caller] = belongings
        threading.Thread(target=self.handle_request, args=(caller,), daemon=True).start()
        self._watch.end_of(presence, functools.partial(self._dismiss, caller))

    def _dismiss(self, caller):
        for number in self._belongings[caller]:
            try:
                registry.delete(self._session.registry(), None, "", number)
            except NoSuchObject:
                pass
        del self._belongings[caller]

    def _handle_request(self, conn):
        # One call at a time: between two calls serve_client() keeps the arguments and the result of
        # the first, and with them objects that nobody else refers to any more.
        while not self.stop_event.is_set() and conn.await_call():
            try:
                self.serve_client(conn)
            except SystemExit:
                if not conn.is_served:  # The call raised it.
                    raise

    # ---- Objects.

    def create(self, c, typeid, /, *args, **kwds):
        """Makes an object, and returns its stand-in and its exposed methods."""
        entry = self.registry[typeid]
        if entry == self._objects._syncmanager_native.get(typeid):
            return getattr(self._objects, typeid)(*args, **kwds), ()
        callable, exposed, method_to_typeid, _ = entry
        with self.mutex:
            if callable is not None:
                obj = callable(*args, **kwds)
            elif kwds or len(args) != 1:
                raise ValueError("Without callable, must have one non-keyword argument")
            else:
                obj = args[0]
        exposed = managers.public_methods(obj) if exposed is None else list(exposed)
        if method_to_typeid is not None:
            if not isinstance(method_to_typeid, dict):
                raise TypeError(f"Method_to_typeid {method_to_typeid!r}: type "
                                f"{type(method_to_typeid)!s}, not dict")
            exposed += method_to_typeid
        return self._anchor(obj, set(exposed), method_to_typeid), tuple(exposed)

    def _anchor(self, obj, exposed, method_to_typeid):
        """The latch that stands for the object: of one that comes again the same."""
        with self._anchoring:
            anchor = self._known_anchor(obj)
            if anchor is None:
                anchor = self._objects.CountDownLatch(1)
                self._anchors[id(obj)] = anchor._id
                self._watch.end_of(anchor, functools.partial(self._dispose, anchor._id))
            self.id_to_obj[anchor._id] = (obj, exposed, method_to_typeid)
            return anchor

    def _known_anchor(self, obj):
        number = self._anchors.get(id(obj))
        if number is None:
            return None
        try:
            return LatchProxy(self._session.adopt(int(number, 16)))
        except NoSuchObject:  # It has just ended.
            return None

    def _dispose(self, number):
        with self._anchoring:
            obj = self.id_to_obj.pop(number)[0]
            if self._anchors.get(id(obj)) == number:
                del self._anchors[id(obj)]
        del obj  # Only now: that may run any Python.

    # ---- What callers ask the host itself.

    public = ("create", "get_methods", "objects")

    def get_methods(self, c, number):
        return tuple(self.id_to_obj[number][1])

    def objects(self, c):
        """Returns descriptions of the objects by their numbers, and the numbers of the objects that
        callers have in the manager for their calls."""
        texts = {int(number, 16): str(entry[0])[:75]
                 for number, entry in list(self.id_to_obj.items())}
        return texts, sum(list(self._belongings.values()), [])


class _Caller:
    """The way to one thread of a client: a connection, to serve_client()."""

    def __init__(self, server, requests, replies):
        self._server = server
        self._requests = requests
        self._replies = replies
        self._call = None
        self.is_served = False  # The call was made, and serve_client() asked for another one.

    def await_call(self):
        """Waits for a call of an object's method, and answers questions to the host meanwhile.
        Returns False if there is none any more."""
        self.is_served = False
        while self._call is None:
            if not self._take_request():
                return False
        return True

    def _take_request(self):
        try:
            request = self._requests.get()
        except (Disconnected, NoSuchObject, ShutDown):
            return False
        except Exception:  # What its unpickling raises.
            self.send(("#TRACEBACK", format_exc()))
            return True
        ident, *question = request
        if ident is None:
            self._answer(*question)
        else:
            self._call = request
        return True

    def recv(self):
        """The call that await_call() brought, once."""
        if self._call is None:
            self.is_served = True
            raise EOFError
        call, self._call = self._call, None
        return call

    def _answer(self, verb, args, kwds):
        try:
            assert verb in self._server.public, f"{verb!r} unrecognized"
            self.send(("#RETURN", getattr(self._server, verb)(self, *args, **kwds)))
        except Exception:
            self.send(("#TRACEBACK", format_exc()))

    def send(self, message):
        kind, content = message
        if kind == "#PROXY":
            message = self._message_of(*content)
        self._replies.put(message)
        if kind == "#ERROR":
            content.__traceback__ = None  # Its frames have the arguments, and the error.

    def _message_of(self, exposed, token):
        """A method's result that is a proxy: what create() made stands in its token."""
        if token.typeid in self._server._objects._syncmanager_native:
            return "#RETURN", token.id
        proxytype = self._server.registry[token.typeid][-1]
        return "#PROXY", (token.id, token.typeid, exposed,
                         name_of(proxytype, token.id._syncmanager_reference.session))

    def close(self):
        """There are no more answers."""
        try:
            self._replies.shutdown()
        except (Disconnected, NoSuchObject):
            pass


class Watch:
    """Calls that nobody waits for, and what is to be done when they are answered."""

    def __init__(self):
        self._arrivals = Arrivals()
        self._lock = threading.Lock()
        self._calls = {}  # With what is to be done, by their tokens.

    def start(self, operation, reference, action):
        with self._lock:
            call = operation.start(reference, None, 0, self._arrivals.completions)
            self._calls[call.token] = call, action

    def end_of(self, proxy, action):
        """REQUIRES: it is a latch, and nobody opens it."""
        def ended(call):
            try:
                call.result()
            except NoSuchObject:
                action()

        self.start(latch.wait, proxy._syncmanager_reference.uncounted(), ended)

    def await_one(self):
        """Waits until some are answered, and does what is to be done then. Raises what that does;
        Disconnected, when the manager has ended."""
        for token in self._arrivals.tokens():
            with self._lock:
                call, action = self._calls.pop(token)
            action(call)


def serve(registry, make_objects, door, writer, initializer, initargs):
    """The whole life of a host that a manager has started."""
    # As the manager: signals for the process group of the program that started it don't reach it.
    os.setpgid(0, 0)
    for unwanted in (signal.SIGINT, signal.SIGTTOU):
        signal.signal(unwanted, signal.SIG_IGN)
    if initializer is not None:
        initializer(*initargs)
    server = Server(registry, make_objects(), door=door)
    writer.send(None)
    writer.close()
    server.serve_forever()
