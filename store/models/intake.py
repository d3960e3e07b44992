"""Tables on their way into the store: a batch, and each of its rows with what is wrong and what it did."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import CODE, Base, RecordRow

ROW_STATES = ("good", "wrong", "same", "left_out", "applied")


class ImportBatchRow(RecordRow):
    """One table that somebody handed in; `headings` is JSON: heading, column, how it was recognised."""

    __tablename__ = "import_batch"
    states = ("reading", "repair", "ready", "applied", "undone", "dropped")

    kind: Mapped[str] = mapped_column(String(20))
    file: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    headings: Mapped[str] = mapped_column(Text)
    standard: Mapped[int]


class ImportRow(Base):
    """One row of a batch: its cells as JSON, what was mended in them, what is wrong.

    `version` is that of the record when the row was last checked, or as the row has made it;
    `before` is the record as JSON before the row changed it, null where the row made it.
    """

    __tablename__ = "import_row"

    batch: Mapped[str] = mapped_column(ForeignKey("import_batch.code"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(20))
    cells: Mapped[str] = mapped_column(Text)
    problems: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")
    mended: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    record: Mapped[str | None] = mapped_column(CODE)
    version: Mapped[int | None]
    before: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known states; rows are looked for by state and by record."""
        states = ", ".join(f"'{state}'" for state in ROW_STATES)
        return (
            CheckConstraint(f"state IN ({states})", name="known_state"),
            Index(None, "batch", "state"),
            Index(None, "batch", "record"),
        )
