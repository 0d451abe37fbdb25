"""A pickle and the large buffers of its objects (PEP 574) as one content: the sizes of all of them,
the pickle, and each buffer at a multiple of 64 bytes, as arrays of numbers want to lie."""

import struct

_ALIGNMENT = 64
_SIZE = struct.Struct("<Q")


def joined(pickled, buffers):
    """Returns the pieces of the content. `pickled` is a list of pieces too."""
    sizes = [sum(map(len, pickled)), *(buffer.nbytes for buffer in buffers)]
    head = struct.pack(f"<{len(sizes) + 1}Q", len(buffers), *sizes)
    pieces = [head, *pickled]
    end = len(head) + sizes[0]
    for buffer in buffers:
        gap = -end % _ALIGNMENT
        pieces += [bytes(gap), buffer]
        end += gap + buffer.nbytes
    return pieces


def divided(content):
    """Returns the pickle and the list of buffers, as views of the content."""
    content = memoryview(content)
    count, = _SIZE.unpack_from(content)
    sizes = struct.unpack_from(f"<{count + 1}Q", content, _SIZE.size)
    begin = _SIZE.size * (count + 2)
    pickled = content[begin:begin + sizes[0]]
    begin += sizes[0]
    buffers = []
    for size in sizes[1:]:
        begin += -begin % _ALIGNMENT
        buffers.append(content[begin:begin + size])
        begin += size
    return pickled, buffers
