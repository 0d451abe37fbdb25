"""Reading containers in pages: no reply is too large, and between two pages others are served."""

from .._session.maybe_async import maybe_async


def pages(read):
    """The values of a container as they are when they are read, a page of `read(cursor, 0)` at a
    time."""
    cursor = None
    while cursor != 0:
        values, cursor, _ = read(cursor or 0, 0)
        yield from values


def steady_pages(read, length, changed):
    """The same. Raises RuntimeError, with these words, at the beginning or the end of a page if
    there are more or fewer of them than there were when this was called: as CPython does, but not
    at once."""
    return _steady_pages(read, length, length(), changed)


def _steady_pages(read, length, size, changed):
    values, cursor, _ = read(0, 0)
    if (length() if cursor else len(values)) != size:
        raise RuntimeError(changed)
    while True:
        yield from values
        if length() != size:
            raise RuntimeError(changed)
        if cursor == 0:
            return
        values, cursor, _ = read(cursor, 0)


@maybe_async
def all_pages(read):
    """All values at once and of one version, and which version that is."""
    while True:
        values, cursor, version = yield read(0, 0)
        try:
            while cursor:
                more, cursor, version = yield read(cursor, version)
                values += more
            return values, version
        except RuntimeError:  # It was changed meanwhile.
            continue
