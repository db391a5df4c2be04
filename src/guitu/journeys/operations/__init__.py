"""Writes of journeys: the doors through which a state, a step or a clock changes, in the caller's transaction."""

from guitu.journeys.models import ASSESSMENT, OFFICER, Journey
from guitu.journeys.operations.moving import (
    advance,
    allot,
    lock,
    lock_of,
    name_receiver,
    put_before,
    withdraw,
)
from guitu.journeys.operations.noting import (
    note_agreement,
    note_arrival,
    note_effective,
    note_marks,
    note_release,
    take_back_marks,
)
from guitu.journeys.operations.opening import JourneyUnknown, NewJourney, positions, start_many
from guitu.journeys.operations.recounting import change_release_day, recount_provisional, replan_arrival
from guitu.journeys.operations.redefining import Moved, redefine
from guitu.journeys.operations.stepping import StepNotOpen, answer_step, is_open, request_step
from guitu.journeys.operations.terms import help_until

__all__ = [
    "ASSESSMENT",
    "OFFICER",
    "Journey",
    "JourneyUnknown",
    "Moved",
    "NewJourney",
    "StepNotOpen",
    "advance",
    "allot",
    "answer_step",
    "change_release_day",
    "help_until",
    "is_open",
    "lock",
    "lock_of",
    "name_receiver",
    "note_agreement",
    "note_arrival",
    "note_effective",
    "note_marks",
    "note_release",
    "positions",
    "put_before",
    "recount_provisional",
    "redefine",
    "replan_arrival",
    "request_step",
    "start_many",
    "take_back_marks",
    "withdraw",
]
