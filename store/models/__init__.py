"""Rows: what the tables hold. A row lives inside one unit of work and never leaves the store.

These modules do without postponed annotations: SQLAlchemy would have to evaluate each one, a third of their
import.
"""

from store.models.access import KeyRow, SessionRow, UserRow
from store.models.base import Base, Fen, RecordRow, in_fen
from store.models.deal import (
    RESOURCES,
    AllocationRow,
    AnswerRow,
    BookingRow,
    ContactRow,
    NoShowRow,
    ProposalRow,
    TermsRow,
    TrainingClassRow,
    WaitingRow,
)
from store.models.demand import NeedOccupationRow, NeedRow
from store.models.ledger import (
    AuditRow,
    CodeSequenceRow,
    DecisionRow,
    MetaRow,
    ProfileRow,
    RequestRow,
    SearchEntryRow,
    VectorRow,
)
from store.models.organisation import OrganisationRow
from store.models.reference import (
    AliasRow,
    AliasTermRow,
    AreaRow,
    CalendarDayRow,
    ConfirmationRow,
    EquipmentRow,
    LevelRow,
    OccupationRow,
)
from store.models.supply import (
    AssessmentRow,
    BlackoutRow,
    CourseOccupationRow,
    CourseRow,
    InstructorRow,
    QualificationRow,
    RunRow,
    SlotRow,
    VenueRow,
    WorkstationRow,
)

__all__ = [
    "RESOURCES",
    "AliasRow",
    "AliasTermRow",
    "AllocationRow",
    "AnswerRow",
    "AreaRow",
    "AssessmentRow",
    "AuditRow",
    "Base",
    "BlackoutRow",
    "BookingRow",
    "CalendarDayRow",
    "CodeSequenceRow",
    "ConfirmationRow",
    "ContactRow",
    "CourseOccupationRow",
    "CourseRow",
    "DecisionRow",
    "EquipmentRow",
    "Fen",
    "InstructorRow",
    "KeyRow",
    "LevelRow",
    "MetaRow",
    "NeedOccupationRow",
    "NeedRow",
    "NoShowRow",
    "OccupationRow",
    "OrganisationRow",
    "ProfileRow",
    "ProposalRow",
    "QualificationRow",
    "RecordRow",
    "RequestRow",
    "RunRow",
    "SearchEntryRow",
    "SessionRow",
    "SlotRow",
    "TermsRow",
    "TrainingClassRow",
    "UserRow",
    "VectorRow",
    "VenueRow",
    "WaitingRow",
    "WorkstationRow",
    "in_fen",
]
