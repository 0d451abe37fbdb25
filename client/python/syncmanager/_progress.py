"""How far a map is: a line on standard error, tqdm's if that is installed."""

import sys
import time

_EVERY = 0.1  # Seconds.
_WIDTH = 30


def over(results, iterable):
    """The results, counted as they are taken. Of an iterable without a length there is no end."""
    total = len(iterable) if hasattr(iterable, "__len__") else None
    try:
        from tqdm import tqdm
    except ImportError:
        return _counted(results, total, sys.stderr)
    return tqdm(results, total=total)


def _counted(results, total, file):
    begun = shown = time.monotonic()
    count = 0
    try:
        for result in results:
            count += 1
            now = time.monotonic()
            if now - shown >= _EVERY:
                shown = now
                file.write("\r" + line(count, total, now - begun))
                file.flush()
            yield result
    finally:
        file.write("\r" + line(count, total, time.monotonic() - begun) + "\n")


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
