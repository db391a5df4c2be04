"""The tables of this room, private to it."""

from guitu.rights.models.breaches import Breach, BreachDecision, BreachPerson
from guitu.rights.models.not_sealed import NotSealed
from guitu.rights.models.requests import (
    Complaint,
    Copy,
    Erasure,
    Request,
    SealedMeeting,
    SealedQuery,
    Sealing,
    Unsealing,
    Worsening,
)

__all__ = [
    "Breach",
    "BreachDecision",
    "BreachPerson",
    "Complaint",
    "Copy",
    "Erasure",
    "NotSealed",
    "Request",
    "SealedMeeting",
    "SealedQuery",
    "Sealing",
    "Unsealing",
    "Worsening",
]
