"""Errors of syncmanager.aio for operations that can't be awaited: they say what to write."""

# By the special method that is called: what was written, and what to write.
INSTEAD = {
    "__contains__": ("key in d", "await d.contains(key)"),
    "__delitem__": ("del d[key]", "await d.delete(key)"),
    "__enter__": ("with lock", "async with lock"),
    "__exit__": ("with lock", "async with lock"),
    "__iadd__": ("l += other", "await l.extend(other)"),
    "__iand__": ("s &= other", "await s.intersection_update(other)"),
    "__imul__": ("l *= n", "await l.extend((await l.copy()) * (n - 1))"),
    "__ior__": ("d |= other", "await d.update(other)"),
    "__isub__": ("s -= other", "await s.difference_update(other)"),
    "__iter__": ("for x in l", "async for x in l"),
    "__ixor__": ("s ^= other", "await s.symmetric_difference_update(other)"),
    "__len__": ("len(d)", "await d.length()"),
    "__reversed__": ("reversed(l)", "reversed(await l.copy())"),
    "__setitem__": ("d[key] = value", "await d.set(key, value)"),
}
for _name, _sign in {"add": "+", "and": "&", "ge": ">=", "gt": ">", "le": "<=", "lt": "<",
                     "mul": "*", "or": "|", "sub": "-", "xor": "^"}.items():
    INSTEAD[f"__{_name}__"] = f"d {_sign} other", f"(await d.copy()) {_sign} other"
    INSTEAD[f"__r{_name}__"] = f"other {_sign} d", f"other {_sign} (await d.copy())"
_MORE = {
    "value": ("v.value = x", "await v.set(x)"),
    "with manager": ("with manager", "async with manager"),
}


def refusal(name):
    """A method that raises TypeError, which says what to write."""
    written, instead = INSTEAD.get(name) or _MORE[name]

    def refuse(self, *args):
        raise TypeError(f"write `{instead}`: `{written}` can't await a proxy of syncmanager.aio")

    refuse.__name__ = name
    return refuse


class Attributes:
    """The error for attributes of a Namespace's proxy."""

    def __getattr__(self, name):
        if name.startswith("_"):
            return object.__getattribute__(self, name)
        raise AttributeError(f"write `await ns.get({name!r})`: `ns.{name}` can't await a proxy of "
                             "syncmanager.aio", name=name, obj=self)

    def __setattr__(self, name, value):
        if not name.startswith("_"):
            raise TypeError(f"write `await ns.set({name!r}, value)`: `ns.{name} = value` can't "
                            "await a proxy of syncmanager.aio")
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        if not name.startswith("_"):
            raise TypeError(f"write `await ns.delete({name!r})`: `del ns.{name}` can't await a "
                            "proxy of syncmanager.aio")
        object.__delattr__(self, name)
