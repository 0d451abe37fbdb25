"""The objects that the tests' managers host, and the functions of their children."""

import multiprocessing
import os
import queue
import signal
import threading

from syncmanager.managers import BaseManager, BaseProxy, MakeProxyType, NamespaceProxy, SyncManager


class Account:
    """An object of a program's own."""

    def __init__(self, balance=0):
        self.balance = balance
        self._waited = threading.Event()
        self._gate = threading.Event()

    def add(self, amount):
        self.balance += amount
        return self.balance

    def refuse(self):
        raise LookupError("no such account", self.balance)

    def pid(self):
        return os.getpid()

    def wait(self):
        self._waited.set()
        self._gate.wait()

    def await_waiting(self):
        self._waited.wait()

    def exit(self):
        os._exit(7)

    def leave(self):
        raise SystemExit

    def function(self):
        return lambda: 0

    def take(self, value):
        return value

    def _secret(self):
        return "secret"

    def __repr__(self):
        return f"Account({self.balance})"


class AccountProxy(BaseProxy):
    _exposed_ = ("add", "_secret")

    def add_twice(self, amount):
        self._callmethod("add", (amount,))
        return self._callmethod("add", kwds={"amount": amount})


class OpenAccountProxy(NamespaceProxy):
    _exposed_ = ("__getattribute__", "__setattr__", "__delattr__", "add")

    def add(self, amount):
        return self._callmethod("add", (amount,))


class Shelf:
    """Its methods return objects that stay where it is."""

    def __init__(self):
        self._accounts = [Account(number) for number in range(3)]

    def account(self, number):
        return self._accounts[number]

    def numbers(self):
        return (number for number in range(3))

    def balances(self):
        return [account.balance for account in self._accounts]


QueueAlone = MakeProxyType("QueueAlone", ("put", "get"))
THE_ACCOUNT = Account()


class Bank(SyncManager):
    """A SyncManager with more."""


class Empty(BaseManager):
    """A manager without registered types."""


def the_account():
    return THE_ACCOUNT


Bank.register("Account", Account)
Bank.register("Closed", Account, AccountProxy)
Bank.register("Open", Account, OpenAccountProxy)
Bank.register("the_account", the_account)
Bank.register("Shelf", Shelf, method_to_typeid={
    "account": "AccountThere", "numbers": "Iterator", "balances": "list"})
Bank.register("Numbers", list)
Bank.register("AccountThere", create_method=False)
Bank.register("QueueAlone", queue.Queue, QueueAlone)
Bank.register("RLockThere", threading.RLock, exposed=("acquire", "release"))


# ---- Children.

def add(account, amount):
    account.add(amount)


def hold_for_ever(account, ready):
    account.add(1)
    ready.set()
    signal.pause()


def unpickled_elsewhere():
    raise ModuleNotFoundError("not in this process")


class Unknown:
    """Can be pickled, and not unpickled."""

    def __reduce__(self):
        return unpickled_elsewhere, ()


def square(number):
    return number * number


def meet(barrier, numbers):
    numbers.append(barrier.wait())


def note(notes):
    notes.append(os.getpid())


def connect_and_put(address, authkey, item):
    class Client(BaseManager):
        """Knows what is served."""

    Client.register("get_queue")
    client = Client(address, authkey)
    client.connect()
    client.get_queue().put(item)


def inherit_nothing():
    multiprocessing.current_process().authkey = b"another"
