"""The types of task pools."""

from collections.abc import Iterator
from typing import Any

from .._proxies.base import ManagedProxy

class TaskPoolProxy(ManagedProxy):
    def results(self, keep: str) -> Iterator[tuple[int, bool, Any]]: ...
    def state(self) -> dict[str, Any]: ...
    def retry(self, *numbers: int) -> int: ...
