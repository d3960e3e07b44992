"""Records and the use cases over them: `open_store`, `Store`, `Service` are all that a front end needs."""

from store.unit_of_work import Service, Store, create_store, open_store

__all__ = ["Service", "Store", "create_store", "open_store"]
