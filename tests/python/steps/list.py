numbers = manager.list([3, 1, 2])
repr(numbers)
str(numbers)
len(numbers)
numbers[0]
numbers[-1]
numbers[3]
numbers[-4]
numbers["one"]
numbers[1.0]
numbers[None]
numbers[True]
numbers[10**30]
numbers[:]
numbers[1:]
numbers[:-1]
numbers[::2]
numbers[::-1]
numbers[5:]
numbers[2:1]
numbers[-100:100]
numbers[10**30:]
numbers[:-10**30]
numbers[::0]
numbers["a":]
numbers[0] = 5
numbers[-1] = "six"
numbers[3] = 0
numbers[-4] = 0
numbers["a"] = 0
numbers[1:2] = [7, 8, 9]
numbers[:]
numbers[::2] = [1]
numbers[::2] = [10, 20, 30]
numbers[::-1] = range(5)
numbers[1:1] = "ab"
numbers[1:3] = ()
numbers[1:2] = 5
numbers[::0] = [1]
numbers[:]
del numbers[0]
del numbers[-1]
del numbers[10]
del numbers["a"]
del numbers[::2]
numbers[:]
del numbers[:]
numbers[:]
del numbers[0]
numbers.append(1)
numbers.append([2, [3]])
numbers.append()
numbers.append(1, 2)
numbers.extend([4, 5])
numbers.extend("xy")
numbers.extend(range(2))
numbers.extend({"k": 1})
manager.list().extend(n * n for n in range(3))
numbers.extend(5)
numbers.extend()
numbers[:]
numbers.insert(0, "first")
numbers.insert(-1, "last but one")
numbers.insert(100, "last")
numbers.insert(-100, "first again")
numbers.insert("a", 1)
numbers.insert(1)
numbers[:]
numbers.pop()
numbers.pop(0)
numbers.pop(-1)
numbers.pop(100)
numbers.pop(-100)
numbers.pop("a")
numbers.pop(1, 2)
manager.list().pop()
manager.list().pop(0)
numbers.remove(4)
numbers.remove("absent")
numbers.remove([2, [3]])
numbers.remove()
numbers.index(1)
numbers.index("absent")
numbers.index(1, 2)
numbers.index(1, 0, 1)
numbers.index(1, -100, 100)
numbers.index("x", 100)
numbers.index(1, "a")
numbers.count(1)
numbers.count("absent")
numbers.count()
1 in numbers
"absent" in numbers
1.0 in numbers
True in numbers
[] in numbers
numbers.reverse()
numbers[:]
numbers.reverse(1)
numbers.sort()
ordered = manager.list([3, 1, 2])
ordered.sort()
ordered[:]
ordered.sort(reverse=True)
ordered[:]
ordered.sort(reverse=1)
ordered.sort(key=abs)
ordered.sort(key=abs, reverse=True)
ordered[:]
ordered.sort(abs)
ordered.sort(key=None)
ordered.sort(key=len)
ordered.sort(key=5)
ordered.sort(nonsense=1)
manager.list(["b", "a", "C"]).sort()
words = manager.list(["bb", "a", "CCC"])
words.sort(key=str.lower)
words[:]
words.sort(key=len, reverse=True)
words[:]
mixed = manager.list([1, "a", None])
mixed.sort()
mixed[:]
[element for element in ordered]
list(ordered)
tuple(ordered)
sorted(ordered)
sum(ordered)
max(ordered)
list(reversed(ordered))
[*ordered, 0]
a, *rest = ordered
rest
ordered + [9]
ordered + ordered
[9] + ordered
ordered + (9,)
ordered + 9
ordered * 2
2 * ordered
ordered * 0
ordered * -1
ordered * "a"
ordered * 1.5
ordered += [4]
ordered[:]
ordered += "ab"
ordered[:]
ordered += 5
type(ordered).__name__
ordered *= 2
len(ordered)
ordered *= 0
ordered[:]
ordered *= "a"
ordered *= -3
bool(ordered)
bool(numbers)
ordered == []
ordered == ordered
ordered != ordered
ordered < [1]
ordered == manager.list()
hash(ordered) == hash(ordered)
isinstance(ordered, list)
isinstance(ordered, abc.Sized)
isinstance(ordered, abc.Hashable)
ordered.nonsense
getattr(ordered, "_nonsense", None)
hasattr(ordered, "__nonsense__")
hasattr(ordered, "sort")
ordered.append(None)
copy.copy(ordered) == ordered
copy.copy(ordered).append("through")
ordered[:]
shape(copy.deepcopy(ordered))
type(copy.deepcopy(ordered)).__name__
ordered._getvalue()
ordered._callmethod("append", (1,))
ordered._callmethod("__getitem__", (0,))
ordered._callmethod("__getitem__", (slice(None),))
ordered._callmethod("__len__")
ordered._callmethod("pop", (), {})
ordered._callmethod("index", ("through",))
ordered._callmethod("__contains__", (5,))
ordered._callmethod("__iter__")
ordered._callmethod("__nonsense__")
ordered._callmethod("__getitem__", (100,))
pickle.loads(pickle.dumps(ordered))[:]
ordered._token.typeid
in_thread(ordered.append, 1)
in_thread(ordered.pop)

nested = manager.list([manager.list([1]), manager.dict(a=1)])
str(nested[0])
nested[0].append(2)
nested[0][:]
nested[1]["b"] = 2
nested[1].copy()
[type(element).__name__ for element in nested]
nested.append(nested[0])
nested[2].append(3)
nested[0][:]
nested[0] == nested[2]
nested.append([manager.list([5])])
nested[3][0][:]
nested.index(nested[1])
nested[:2]
shape(copy.deepcopy(nested)[:2])
plain = manager.list([[1, 2], {"a": 1}])
plain[0].append(3)
plain[:]
plain[0] += [4]
plain[:]
inside = manager.list()
inside.append(inside)
str(inside[0]) == str(inside)
inside[0][0].append("me")
inside[1]

manager.list()
manager.list()[:]
manager.list("abc")[:]
manager.list((1, 2))[:]
manager.list({1: 2})[:]
manager.list(range(3))[:]
manager.list(n for n in "ab")
manager.list(manager.list([1, 2]))[:]
manager.list(5)
manager.list([1], [2])
manager.list(sequence=[1])
numbers[::2] = 5
manager.list([manager.list()]).index(5)
