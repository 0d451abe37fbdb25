"""Shows how far a map is, on standard error.

A terminal has one line that is drawn again and again, by tqdm if that is installed. A file or a
pipe gets a line every few seconds, without control characters.
"""

import sys
import time

_REDRAW, _LINE = 0.1, 5.0  # Seconds between two states: of a terminal's line, of a file's lines.
_WIDTH = 30


def over(results, iterable):
    """Yields the results and counts them. The total is unknown if `iterable` has no length."""
    total = len(iterable) if hasattr(iterable, "__len__") else None
    if not sys.stderr.isatty():
        return _counted(results, total, sys.stderr, _LINE, "", "\n")
    try:
        from tqdm import tqdm
    except ImportError:
        return _counted(results, total, sys.stderr, _REDRAW, "\r\033[K", "")
    return tqdm(results, total=total)


def _counted(results, total, file, pace, begin, end):
    begun = shown = time.monotonic()
    count = 0
    try:
        for result in results:
            count += 1
            now = time.monotonic()
            if now - shown >= pace:
                shown = now
                file.write(begin + line(count, total, now - begun) + end)
                file.flush()
            yield result
    finally:
        file.write(begin + line(count, total, time.monotonic() - begun) + "\n")


def line(count, total, seconds):
    """`  412/1000 [============>                 ] 41 %  118/s  5 s left`"""
    rate = count / seconds if seconds > 0 else 0
    if not total:
        return f"{count}  {rate:,.0f}/s"
    filled = _WIDTH * count // total
    bar = ("=" * filled + ">" * (filled < _WIDTH)).ljust(_WIDTH)
    left = (total - count) / rate if rate > 0 else 0
    return (f"{count:>{len(str(total))}}/{total} [{bar}] {100 * count // total} %  {rate:,.0f}/s  "
            f"{left:,.0f} s left ")
