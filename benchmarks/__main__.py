"""`make bench`: every measurement, with the machine it was made on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from benchmarks import (
    allocation,
    desk,
    hands,
    importing,
    resolving,
    retrieval,
    scale,
    screens,
    titles,
    writers,
)

DEV = Path(__file__).parents[2] / "shared" / "eval" / "dev"


def main() -> None:
    """Run one after another; what needs the evaluation data is left out where that is absent."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print("\n# Resolving (dev set)")
    if DEV.exists():
        resolving.main(DEV)
        resolving.baselines(DEV / "baseline_results.tsv")
        print("\n# Titles for a title (TalentCLEF 2025 task A, Chinese validation set)")
        titles.main(DEV / "talentclef2025_zh")
    else:
        print(f"left out: {DEV} is not here")
    print("\n# The desk on the demo district")
    desk.main()
    print("\n# Twenty registrations by hand")
    hands.main()
    print("\n# A file of courses read and validated, beside peers")
    importing.main()
    print("\n# First screen and keys, beside peers")
    screens.main()
    print("\n# Titles, beside peers")
    retrieval.main()
    print("\n# Writers at one store")
    writers.main()
    print("\n# Rival needs, beside solvers")
    allocation.main(is_quick=True)
    print("\n# Invented markets")
    scale.main()


if __name__ == "__main__":
    main()
