"""Locks and the like whose calls are awaited."""

from .._proxies import synchronization
from ._awaited import always_awaited, awaited
from ._refusals import refusal


class _Side(synchronization.RWLockProxy._syncmanager_Side):
    __aenter__ = synchronization.RWLockProxy._syncmanager_Side.__enter__
    __aexit__ = synchronization.RWLockProxy._syncmanager_Side.__exit__
    __enter__, __exit__ = refusal("__enter__"), refusal("__exit__")


AcquirerProxy = awaited(synchronization.AcquirerProxy)
RLockProxy = awaited(synchronization.RLockProxy)
SemaphoreProxy = awaited(synchronization.SemaphoreProxy)
BoundedSemaphoreProxy = awaited(synchronization.BoundedSemaphoreProxy)
ConditionProxy = awaited(
    synchronization.ConditionProxy,
    wait_for=always_awaited(synchronization.ConditionProxy.wait_for))
EventProxy = awaited(synchronization.EventProxy)
BarrierProxy = awaited(synchronization.BarrierProxy)
RWLockProxy = awaited(synchronization.RWLockProxy, _syncmanager_Side=_Side)
LatchProxy = awaited(synchronization.LatchProxy)
CounterProxy = awaited(synchronization.CounterProxy)
