"""The types of the proxies of a manager's own objects."""

import sys
from types import GenericAlias
from typing import Any
from typing_extensions import TypeAlias

from .hosted import BaseProxy

if sys.version_info >= (3, 10):
    from types import EllipsisType
else:
    from builtins import ellipsis as EllipsisType

NoValue: TypeAlias = EllipsisType

class ManagedProxy(BaseProxy):
    def __init__(self, reference: Any) -> None: ...
    def __init_subclass__(
        cls,
        type: str | None = None,
        options: str | None = None,
        awaits: str | None = None,
        **kwargs: Any,
    ) -> None: ...
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...

def inspect(proxy: BaseProxy) -> dict[str, Any]: ...
