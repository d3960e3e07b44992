"""The engine: pure functions from needs and offerings to ranked, explained bundles."""

from matching.bundles import rank
from matching.occupations import Catalogue, MemoryCatalogue, resolve
from matching.types import OccupationMatch, Resolution

__all__ = ["Catalogue", "MemoryCatalogue", "OccupationMatch", "Resolution", "rank", "resolve"]
