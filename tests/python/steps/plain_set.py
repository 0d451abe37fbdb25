s = manager.set([1, 2, 3])
t = manager.set([3, 4])
empty = manager.set()
str(manager.set([1]))
str(empty)
len(s)
bool(empty)
bool(s)
2 in s
9 in s
2.0 in s
True in s
[] in s
{1} in s
s.add(4)
s.add(4)
s.add([])
s.add({1})
s.add((1, []))
s.add(frozenset([1]))
s.remove(frozenset([1]))
s.remove(4)
s.remove(4)
s.remove("absent")
s.remove([])
s.remove((1, 2))
s.discard(9)
s.discard([])
empty.pop()
manager.set(["only"]).pop()
sorted(s)
list(iter(manager.set([1])))
s.copy()
type(s.copy()).__name__
s | {9}
s | t
{9} | s
s & {1, 9}
s & t
{1} & s
s - {1}
s - t
{1, 9} - s
s ^ {1, 9}
s ^ t
{1, 9} ^ s
s | [1]
[1] | s
s & "ab"
s - 5
s ^ None
s | frozenset([7])
type(frozenset([7]) | s).__name__
type(s | frozenset([7])).__name__
s.union([9], (8,))
s.union()
s.union(t)
s.union(5)
s.intersection([1, 2], [2])
s.intersection()
s.intersection(t)
s.difference([1], [2])
s.difference(t)
s.symmetric_difference([1, 9])
s.symmetric_difference()
s.symmetric_difference(t)
s.isdisjoint([9])
s.isdisjoint([1])
s.isdisjoint(t)
s.isdisjoint(5)
s.issubset([1, 2, 3, 4])
s.issubset(t)
s.issuperset([1])
s.issuperset(t)
s < {1, 2, 3, 4}
s <= {1, 2, 3}
s > {1}
s >= {1, 2, 3}
s < {1, 2, 3}
{1} < s
{1, 2, 3} <= s
s < [1]
s < 5
s > None
s >= t
s.update([5], (6,), "a")
s.update()
s.update(5)
s.update([[]])
s.update(t)
sorted(s, key=str)
s.difference_update([5], [6], "a")
s.intersection_update([1, 2, 3, 4], [1, 2, 3])
s.intersection_update([[]])
s.symmetric_difference_update([3, 9])
s.symmetric_difference_update([1, 1])
s.symmetric_difference_update()
sorted(s)
s |= {1, 2, 3}
s &= {1, 2, 3}
s -= {1}
s ^= {2, 7}
sorted(s)
s |= [1]
s &= 5
s -= "ab"
s ^= None
s |= t
s |= s
s -= s
len(s)
s.clear(1)
s.clear()
len(s)
s.add()
s.add(1, 2)
s.pop(1)
s.nonsense
hasattr(s, "_nonsense")
isinstance(s, abc.MutableSet)
isinstance(s, abc.Set)
isinstance(s, abc.Sized)
copy.deepcopy(manager.set([1]))
manager.set("ab") | {"c"}
manager.set(5)
manager.set([[]])
manager.set([1], [2])
changing = manager.set(range(5))
for element in changing:
    changing.add("more")
ones = manager.set([1])
ones.intersection_update([True])
ones.copy()
