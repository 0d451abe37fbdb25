d = manager.dict(a=1, b=2)
d | {"b": 3, "c": 4}
{"b": 3, "z": 0} | d
d | 5
5 | d
d | [("a", 1)]
d |= {"c": 3}
d |= [("d", 4)]
d |= 5
d.copy()
list(reversed(d))
list(reversed(manager.dict()))
d.fromkeys([1, 2])
d.fromkeys("ab", 0)
d.fromkeys(5)
isinstance(d, abc.MutableMapping)
isinstance(d, abc.Mapping)
changing = manager.dict({n: n for n in range(5)})
for key in changing:
    changing["more"] = 1
for key in changing:
    changing[key] = 0
changing.copy()
for key in reversed(changing):
    del changing[key]
