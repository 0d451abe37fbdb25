"""Queues and containers whose calls are awaited."""

from .._proxies import dicts, namespaces, queues, sequences, sets
from ._awaited import Pages, always_awaited, awaited
from ._refusals import Attributes, refusal


class Delivery(queues.Delivery):
    """As a context: ack() at its end, nack() if it ends by an exception."""

    __module__ = __package__
    __enter__, __exit__ = refusal("__enter__"), refusal("__exit__")

    async def __aenter__(self):
        return self.item

    __aexit__ = queues.Delivery.__exit__


QueueProxy = awaited(queues.QueueProxy, _syncmanager_delivery=Delivery)
LifoQueueProxy = awaited(queues.LifoQueueProxy, _syncmanager_delivery=Delivery)
PriorityQueueProxy = awaited(queues.PriorityQueueProxy, _syncmanager_delivery=Delivery)
ListProxy = awaited(sequences.ListProxy, Pages, get=sequences.ListProxy.__getitem__)
ArrayProxy = awaited(sequences.ArrayProxy, Pages, get=sequences.ArrayProxy.__getitem__)
DictProxy = awaited(dicts.DictProxy, Pages)
SetProxy = awaited(sets.SetProxy, Pages, **{
    name: always_awaited(getattr(sets.SetProxy, name))
    for name in ("update", "intersection_update", "difference_update")})
ValueProxy = awaited(
    namespaces.ValueProxy, value=property(namespaces.ValueProxy.get, refusal("value")))

_attributes = namespaces.NamespaceProxy
NamespaceProxy = awaited(
    _attributes, Attributes, get=_attributes.__getattr__, set=_attributes.__setattr__,
    delete=_attributes.__delattr__, add=_attributes.add,
    compare_and_set=_attributes.compare_and_set)
