"""Reads of journeys: matters and steps of a desk in panic order, the road of one person, counts."""

from guitu.journeys.queries.open_steps import StepFilters, StepTask, step_counts, step_queue, step_queue_after
from guitu.journeys.queries.roads import AnswerView, ClockView, MoveView, Road, StepView, road_by_id, road_of
from guitu.journeys.queries.tasks import (
    Expected,
    Filters,
    Place,
    Task,
    counts,
    end_of_release_day,
    load_of_units,
    open_journeys_of,
    persons_expected,
    place_of,
    queue,
    queue_after,
    released_but_not_passed,
)

__all__ = [
    "AnswerView",
    "ClockView",
    "Expected",
    "Filters",
    "MoveView",
    "Place",
    "Road",
    "StepFilters",
    "StepTask",
    "StepView",
    "Task",
    "counts",
    "end_of_release_day",
    "load_of_units",
    "open_journeys_of",
    "persons_expected",
    "place_of",
    "queue",
    "queue_after",
    "released_but_not_passed",
    "road_by_id",
    "road_of",
    "step_counts",
    "step_queue",
    "step_queue_after",
]
