"""NumPy's arrays as their bytes, after a header as .npy files have it. What comes back is an array
of one's own that can be written to."""

import io

import numpy
from numpy.lib import format

from . import codecs


def _dump(array):
    """Without a copy, if its elements are in a row. Arrays of objects are left to pickle."""
    if array.dtype.hasobject:
        return NotImplemented
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        array = numpy.ascontiguousarray(array)
    header = io.BytesIO()
    format.write_array_header_2_0(header, format.header_data_from_array_1_0(array))
    row = array if array.flags.c_contiguous else array.T
    return [header.getbuffer(), row.reshape(-1).view(numpy.uint8) if array.nbytes else b""]


def _load(content):
    header = io.BytesIO(content[:_header_size(content)])
    format.read_magic(header)
    shape, in_columns, dtype = format.read_array_header_2_0(header)
    if 0 in shape or dtype.itemsize == 0:
        return numpy.empty(shape, dtype)
    row = numpy.frombuffer(content, dtype, offset=header.tell())
    return row.reshape(shape, order="F" if in_columns else "C")


def _header_size(content):
    """The size of a magic word, a version, a length of four bytes, and that many bytes."""
    return 12 + int.from_bytes(content[8:12], "little")


codecs.register(numpy.ndarray, "npy", _dump, _load)
