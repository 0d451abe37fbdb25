"""The types of the proxies of hosted objects."""

from collections.abc import Iterable
from multiprocessing import managers
from typing import Any

class BaseProxy(managers.BaseProxy):
    def __init__(
        self,
        token: managers.Token,
        serializer: str,
        manager: managers.BaseManager | None = None,
        authkey: bytes | None = None,
        exposed: Iterable[str] | None = None,
        incref: bool = True,
        manager_owned: bool = False,
    ) -> None: ...
    def _callmethod(
        self, methodname: str, args: tuple[Any, ...] = (), kwds: dict[Any, Any] = {}
    ) -> Any: ...

# The methods of these proxies are known only when the program runs.
def MakeProxyType(name: str, exposed: Iterable[str]) -> type[Any]: ...
def AutoProxy(
    token: managers.Token,
    serializer: str,
    manager: managers.BaseManager | None = None,
    authkey: bytes | None = None,
    exposed: Iterable[str] | None = None,
    incref: bool = True,
    manager_owned: bool = False,
) -> Any: ...
