"""Records and the use cases over them; these five names are all of it that a front end needs."""

from store.unit_of_work import Service, Store, create_store, open_store, upgrade_store

__all__ = ["Service", "Store", "create_store", "open_store", "upgrade_store"]
