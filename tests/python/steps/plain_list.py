numbers = manager.list([3, 1, 2])
numbers.clear()
numbers[:]
numbers.extend([1, 2, 3])
numbers.copy()
type(numbers.copy()).__name__
numbers.clear(1)
numbers.copy(1)
list(iter(numbers))
list(reversed(numbers))
isinstance(numbers, abc.MutableSequence)
isinstance(numbers, abc.Sequence)
isinstance(numbers, abc.Iterable)
for number in numbers:
    if len(numbers) < 6:
        numbers.append(number)
numbers[:]
numbers.index(3, 3)
numbers.index(9, -1)
numbers[1:4] = numbers
numbers[:]
