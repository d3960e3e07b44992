"""Records and the use cases over them; these five names are all of it that a front end needs.

They are imported when first asked for: what is drawn before the store is open needs only errors and actors.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.unit_of_work import Service, Store, create_store, open_store, upgrade_store

__all__ = ["Service", "Store", "create_store", "open_store", "upgrade_store"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from store import unit_of_work

    return getattr(unit_of_work, name)
