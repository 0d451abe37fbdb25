"""The types of what Pool and Executor have in common."""

from typing import Any

class HasBackend:
    def state(self) -> dict[str, Any]: ...
    def retry(self, *numbers: int) -> int: ...
