"""The figures that client programs answer with."""


def summary(latencies):
    """Returns the percentiles of these nanoseconds: p50_us and p99_us."""
    if not latencies:
        return {}
    latencies.sort()
    count = len(latencies)
    return {"p50_us": latencies[count * 50 // 100] / 1000,
            "p99_us": latencies[min(count * 99 // 100, count - 1)] / 1000}
