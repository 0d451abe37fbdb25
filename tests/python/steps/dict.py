d = manager.dict(a=1, b="two")
repr(d)
str(d)
len(d)
d["a"]
d["absent"]
d[None]
d[[]]
d[1.5] = "real"
d[(1, "t")] = "tuple"
d[None] = "none"
d[b"x"] = b"bytes"
d[frozenset([1])] = "frozen"
d[[]] = 1
d[{}] = 1
d[([],)] = 1
d.copy()
d[1] = "int"
d[True]
d[1.0]
d[True] = "bool"
d[1]
d.keys()
d.values()
d.items()
type(d.keys()).__name__
type(d.items()).__name__
d[(1, "t")]
d[(1.0, "t")]
d[frozenset([True])]
del d[(1, "t")]
del d["absent"]
del d[[]]
"a" in d
"absent" in d
None in d
[] in d
d.get("a")
d.get("absent")
d.get("absent", 5)
d.get("absent", default=5)
d.get([])
d.get()
d.get(1, 2, 3)
d.setdefault("a")
d.setdefault("new")
d.setdefault("new", 5)
d.setdefault("other", [1])
d.setdefault([], 1)
d.pop("other")
d.pop("other")
d.pop("other", "default")
d.pop("other", None)
d.pop([])
d.pop([], 1)
d.pop()
d.pop(1, 2, 3)
d.popitem()
d.popitem(1)
manager.dict().popitem()
d.update({"a": 2})
d.update(b=3)
d.update({"c": 4}, d=5)
d.update([("e", 6), ["f", 7]])
d.update(manager.dict(g=8))
d.update()
d.update({1: 2}, {3: 4})
d.update(5)
d.update([1])
d.update([(1, 2, 3)])
d.update(["ab"])
d.update([([], 1)])
d.update(self=1)
d.copy()
list(d)
[key for key in d]
sorted(manager.dict(b=1, a=2))
dict(manager.dict(b=1, a=2))
{**manager.dict(b=1, a=2)}
list(iter(manager.dict(b=1)))
next(iter(manager.dict()))
max(manager.dict(b=1, a=2))
d.copy() == dict(d)
type(d.copy()).__name__
d == d
d == d.copy()
d != d.copy()
d < d
d in [d]
bool(d)
bool(manager.dict())
isinstance(d, dict)
isinstance(d, abc.Sized)
isinstance(d, abc.Container)
isinstance(d, abc.Iterable)
hash(d) == hash(d)
d.nonsense
getattr(d, "_nonsense", None)
getattr(d, "a", None)
hasattr(d, "__missing__")
hasattr(d, "has_key")
copy.copy(d) == d
type(copy.deepcopy(d)).__name__
copy.deepcopy(manager.dict(a=[1]))
d._getvalue()
d._callmethod("get", ("a",))
d._callmethod("__getitem__", ("a",))
d._callmethod("__getitem__", ("absent",))
d._callmethod("__setitem__", ("a", 5))
d._callmethod("__len__")
d._callmethod("keys")
d._callmethod("items")
d._callmethod("update", (), {"z": 1})
d._callmethod("pop", ("z",))
d._callmethod("__nonsense__")
d._callmethod("fromkeys")
pickle.loads(pickle.dumps(d))["a"]
d._token.typeid
d.clear(1)
d.clear()
d.copy()
d["n"] = 0
d["n"] += 1
d["n"]
d["nested"] = {"a": 1}
d["nested"]["a"] = 2
d["nested"]
d["proxy"] = manager.dict(a=1)
d["proxy"]["a"] = 2
d["proxy"]["a"]
str(d["proxy"])
type(d["proxy"]).__name__
d["list"] = manager.list([1])
d["list"].append(2)
d["list"][:]
type(d.pop("list")).__name__
type(copy.deepcopy(d)["proxy"]).__name__
d["queue"] = manager.Queue()
d["queue"].put(1)
d["queue"].get()
d["lock"] = manager.Lock()
with d["lock"]:
    d["locked"] = True
d["event"] = manager.Event()
d["event"].set()
d["event"].is_set()
d["ns"] = manager.Namespace(x=1)
d["ns"].x
d["value"] = manager.Value("i", 5)
d["value"].value
d["deep"] = [{"x": (manager.list([9]),)}]
d["deep"][0]["x"][0][:]
d["self"] = d
d["self"]["self"]["n"]
d["self"] == d
d[d["value"]] = 1
in_thread(d.get, "n")
in_thread(d.__getitem__, "absent")
changing = manager.dict({n: n for n in range(5)})
for key in changing:
    changing["more"] = 1
order = manager.dict(z=1, a=2)
order["m"] = 3
del order["z"]
order["z"] = 4
list(order)
order.popitem()

manager.dict()
manager.dict({"a": 1}).copy()
manager.dict([(1, 2)]).copy()
manager.dict([(1, 2)], a=3).copy()
manager.dict(a=1, **{"b c": 2}).copy()
manager.dict(manager.dict(a=1)).copy()
manager.dict(5)
manager.dict([5])
manager.dict([(1, 2, 3)])
manager.dict({}, {})
manager.dict({frozenset(): 1}).copy()
manager.dict(self=1)
