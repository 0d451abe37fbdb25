value = manager.Value("i", 5)
repr(value)
str(value)
value.value
value.get()
value.value = 6
value.set(7)
value.value
value.value = "not a number"
value.value
value.value = None
value.value = [1]
value.value.append(2)
value.value
value.value = 0
value.value += 1
value.value
value.set()
value.set(1, 2)
value.get(1)
value.nonsense
hasattr(value, "_value")
hasattr(value, "typecode")
hasattr(value, "acquire")
value == value
value == manager.Value("i", 1)
bool(manager.Value("i", 0))
int(value)
value + 1
copy.copy(value) == value
type(copy.deepcopy(value)).__name__
copy.deepcopy(value).value
str(copy.deepcopy(value))
value._getvalue()
value._callmethod("get")
value._callmethod("set", (9,))
value._callmethod("nonsense")
pickle.loads(pickle.dumps(value)).value
value.value = manager.list([1])
value.value.append(2)
value.value[:]
value._token.typeid
str(manager.Value("d", 1.5))
str(manager.Value("i", "text"))
manager.Value("i", 1, True).value
manager.Value("i", 1, lock=False).value
manager.Value("long name", 1).value
str(manager.Value("long name", 1))
manager.Value(5, 1).value
str(manager.Value(None, 1))
manager.Value("i")
manager.Value()
manager.Value("i", 1, True, 2)

array = manager.Array("i", [1, 2, 3])
repr(array)
str(array)
len(array)
array[0]
array[-1]
array[3]
array[-4]
array["a"]
array[1.0]
array[0] = 5
array[-1] = 7
array[3] = 1
array[0] = "text"
array[0] = 1.5
array[0] = None
array[0] = True
array[0] = 2**31 - 1
array[0] = 2**31
array[0] = -2**31 - 1
array[0] = 2**100
array[:]
array[1:]
array[::-1]
array[::2]
array[5:]
type(array[:]).__name__
array[:2] = array[1:]
array[:2] = [1, 2]
array[:] = 5
array[::0]
array[:]
list(array)
[element for element in array]
sum(array)
sorted(array)
max(array)
list(reversed(array))
5 in array
99 in array
"a" in array
iter(array)
array == array
array == manager.Array("i", [1])
bool(array)
bool(manager.Array("i", []))
isinstance(array, abc.Sized)
array.append(1)
array.typecode
array.tolist()
del array[0]
array + array
array * 2
hasattr(array, "_nonsense")
copy.copy(array) == array
copy.deepcopy(array)
array._getvalue()
array._callmethod("__getitem__", (0,))
array._callmethod("__setitem__", (0, 3))
array._callmethod("__len__")
array._callmethod("append", (1,))
pickle.loads(pickle.dumps(array))[0]
array._token.typeid
manager.Array("d", [1, 2.5])[:]
manager.Array("d", [1])[0]
manager.Array("f", [0.1])[0]
manager.Array("b", [-128, 127])[:]
manager.Array("b", [128])
manager.Array("B", [255])[:]
manager.Array("B", [-1])
manager.Array("h", [40000])
manager.Array("H", [65535])[:]
manager.Array("I", [2**32 - 1])[:]
manager.Array("I", [2**32])
manager.Array("l", [2**63 - 1])[:]
manager.Array("l", [2**63])
manager.Array("L", [2**64 - 1])[:]
manager.Array("q", [-2**63])[:]
manager.Array("Q", [2**64 - 1])[:]
manager.Array("Q", [-1])
manager.Array("u", "a\u00e9\U0001f600")[:]
manager.Array("u", ["a", "b"])[1]
manager.Array("u", "ab")[0] = "\u20ac"
manager.Array("u", "ab")[0] = "ab"
manager.Array("u", "ab")[0] = ""
manager.Array("u", "ab")[0] = 1
str(manager.Array("u", "ab"))
manager.Array("u", ["ab"])
manager.Array("u", [1])
manager.Array("x", [1])
manager.Array("ii", [1])
manager.Array(5, [1])
manager.Array("i", ["a"])
manager.Array("i", 3)
manager.Array("i", (1, 2))[:]
manager.Array("i", range(3))[:]
manager.Array("d", ["a"])
manager.Array("i")
manager.Array("i", [1], True)[:]
manager.Array("i", [1], lock=False)[:]
