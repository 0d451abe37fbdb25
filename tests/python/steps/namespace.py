ns = manager.Namespace()
repr(ns)
str(ns)
ns.x = 1
ns.x
str(ns)
ns.name = "Bob"
str(ns)
str(manager.Namespace(name="Bob"))
str(manager.Namespace(b=1, a="x"))
ns.absent
getattr(ns, "absent", None)
hasattr(ns, "absent")
hasattr(ns, "x")
del ns.x
ns.x
del ns.x
del ns.absent
ns._private = 5
ns._private
ns._other
getattr(ns, "_other", "default")
hasattr(copy.copy(ns), "_private")
copy.copy(ns).name
copy.copy(ns)._private
del ns._private
ns._private
del ns._private
ns.x += 1
ns.x = 0
ns.x += 1
ns.x
ns.items = [1, 2]
ns.items.append(3)
ns.items
ns.proxy = manager.list()
ns.proxy.append(1)
ns.proxy[:]
ns.self = ns
ns.self.self.name
setattr(ns, "with space", 1)
getattr(ns, "with space")
setattr(ns, "ümlaut", 2)
getattr(ns, "ümlaut")
setattr(ns, "", 1)
ns.class_ = 1
ns == ns
ns == manager.Namespace()
ns == copy.copy(ns)
bool(ns)
len(ns)
ns["x"]
iter(ns)
ns._callmethod("__getattribute__", ("x",))
ns._callmethod("__setattr__", ("y", 2))
ns._callmethod("__getattribute__", ("y",))
ns._callmethod("__delattr__", ("y",))
ns._callmethod("__getattribute__", ("y",))
ns._callmethod("__delattr__", ("y",))
ns._callmethod("nonsense")
type(copy.deepcopy(manager.Namespace(a=1))).__name__
copy.deepcopy(manager.Namespace(a=1)).a
copy.deepcopy(manager.Namespace(a=1))
manager.Namespace(a=1)._getvalue()
pickle.loads(pickle.dumps(ns)).name
ns._token.typeid
in_thread(setattr, ns, "threaded", 1)
ns.threaded
manager.Namespace(1)
manager.Namespace(a=1, b=2).b
manager.Namespace(_hidden=1)
str(manager.Namespace(_hidden=1, seen=2))
