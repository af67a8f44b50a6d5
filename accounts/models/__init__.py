"""Who people are, what they answer for, what they may see, and what was done about it."""

from accounts.models.account import Account, Contract, Directorship
from accounts.models.approval import Approval
from accounts.models.barrier import Barrier, BarrierDecision, BarrierMember, BarrierSide
from accounts.models.delivery import Delivery
from accounts.models.editor import Editor
from accounts.models.grant import AccessGrant, Invitation, Kind, ManagementMembership, Substitution
from accounts.models.handover import Stay
from accounts.models.job import Job
from accounts.models.ledger import LedgerEntry
from accounts.models.limited import ABOVE_LIMITS, KindsField, LimitedQuerySet, no_widening
from accounts.models.notice import Notice, NotifyChoice, PushSubscription, Topic, Way
from accounts.models.person import Area, EmailConflict, Person, Role, TitleRole
from accounts.models.roster import ForecastLine, ImportProblem, RosterChange, RosterImport, RosterSource, StagedRow
from accounts.models.search_entry import SearchEntry
from accounts.models.site import Assignment, Placement, Site
from accounts.models.state import DataVersion
from accounts.models.user import User

__all__ = [
    "ABOVE_LIMITS",
    "AccessGrant",
    "Account",
    "Approval",
    "Area",
    "Assignment",
    "Barrier",
    "BarrierDecision",
    "BarrierMember",
    "BarrierSide",
    "Contract",
    "DataVersion",
    "Delivery",
    "Directorship",
    "Editor",
    "EmailConflict",
    "ForecastLine",
    "ImportProblem",
    "Invitation",
    "Job",
    "Kind",
    "KindsField",
    "LedgerEntry",
    "LimitedQuerySet",
    "ManagementMembership",
    "Notice",
    "NotifyChoice",
    "Person",
    "Placement",
    "PushSubscription",
    "Role",
    "RosterChange",
    "RosterImport",
    "RosterSource",
    "SearchEntry",
    "Site",
    "StagedRow",
    "Stay",
    "Substitution",
    "TitleRole",
    "Topic",
    "User",
    "Way",
    "no_widening",
]
