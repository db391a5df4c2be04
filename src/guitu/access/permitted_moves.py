"""Which moves a journey may make and which steps are answered, by whom: two compiled tables, from the rulebook.

Compile keeps the text of the journey in force (journeys_definition) and reads each text that was ever kept, so that a
running journey goes on under the one it began with (decision 16) and the database knows its moves
(sql/journey_moves.sql).
"""

from __future__ import annotations

import json
import logging

from django.db.backends.utils import CursorWrapper

from guitu.rulebook.book import load_national
from guitu.rulebook.errors import RefusalError, RulebookError
from guitu.rulebook.journey import ANY_STATE, NO_RECEIVER, RETURN_HOME, Journey
from guitu.rulebook.juveniles import SHELTERED
from guitu.rulebook.loading import canonical_sha256, journey_of_text
from guitu.rulebook.steps import OPENING

MAY = {
    "withdraw": ["person:identify"],
    "lose_receiver": ["receiver:name"],
    "name_receiver": ["receiver:name"],
    "send": ["dossier:send"],
    "acknowledge": ["dossier:answer"],
    "refuse": ["dossier:answer"],
    "contest": ["dossier:contest"],
    "rule_receiver": ["ruling:make"],
    "rule_completion": ["ruling:make"],
    "register": ["return:register"],
    "enter_correction": ["return:register"],
    "give_up_waiting": ["journey:end"],
    "agree": ["support:record"],
    "decline_help": ["support:record"],
    "die": ["journey:end"],
    "detain": ["journey:end"],
}
"""The permission that the operation of each move asks for; a move of the clock alone has none."""
MAY_OPEN = ["roster:import", "person:identify"]
MOVES_OF = {
    "own_word": ["agree", "decline_help"],
    "opening_taken_back": ["withdraw"],
    "receiver_named": ["name_receiver"],
    "receiver_changed": ["name_receiver", "rule_receiver"],
    "contested": ["contest", "lapse"],
    "ruled": ["rule_receiver"],
}
"""The moves of which the triggers of sql/journey_moves.sql ask more than who makes them; they ask by the events."""

Row = tuple[str, str, str, str, bool, str, list[str], list[str]]
"""Definition, move, from, to, whether it ends there, event, positions, permissions of which one is enough."""


def digest(text: str) -> str:
    """The digest under which the text of a journey is kept."""
    return canonical_sha256({"journey": text})


def rows(journey: Journey, sha256: str) -> list[Row]:
    """Every move of a journey, one row for each state it can be made from; the opening is a move from nowhere."""
    kinds = {state.id: state.kind for state in journey.states}
    opened = [journey.start.id, *(one for one in kinds if one == NO_RECEIVER)]
    made: list[Row] = [(sha256, OPENING, "", to, False, OPENING, ["sending_unit"], MAY_OPEN) for to in opened]
    for move in journey.moves:
        starts = [one for one, kind in kinds.items() if kind != "end"] if ANY_STATE in move.from_ else move.from_
        ends = kinds[move.to] == "end"
        made += [
            (sha256, move.id, one, move.to, ends, move.event, list(move.by), MAY.get(move.id, [])) for one in starts
        ]
    return made


def steps(journey: Journey, sha256: str) -> list[tuple[str, str, str, list[str]]]:
    """Every outcome of every step of a journey: definition, step, outcome, and the positions that may answer it."""
    return [(sha256, step.id, outcome.id, list(step.by)) for step in journey.steps for outcome in step.outcomes]


def in_force() -> tuple[str, str]:
    """The digest and the text of the journey as it opens now; packs change values, never journeys."""
    text = load_national().text_of_journey(RETURN_HOME)
    return digest(text), text


def functions() -> list[str]:
    """The statements that make the functions of what is in force: definition, events the triggers ask by, marks."""
    sha256, _ = in_force()
    events = {move.id: move.event for move in load_national().journey(RETURN_HOME).moves}
    whens = "".join(
        f" WHEN '{meaning}' THEN ARRAY{[events[move] for move in moves]}" for meaning, moves in MOVES_OF.items()
    )
    return [
        f"CREATE OR REPLACE FUNCTION {head} LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp"
        f" AS $$ SELECT {body} $$"
        for head, body in (
            (
                "journeys_definition_in_force(of_kind text) RETURNS text",
                f"CASE of_kind WHEN '{RETURN_HOME}' THEN '{sha256}' END",
            ),
            ("journeys_events(meaning text) RETURNS text[]", f"CASE meaning{whens} END"),
            ("journeys_juvenile_marks() RETURNS text[]", f"'{{{','.join(SHELTERED)}}}'::text[]"),
        )
    ]


def load(cursor: CursorWrapper) -> None:
    """Keep the text in force, and write the moves of every text kept. Runs as guitu_owner, in compile's transaction.

    A kept text that is not what its digest says, or that no longer can be read, gets no moves: what is pinned to it
    stands still until it is moved to the definition in force.
    """
    sha256, text = in_force()
    cursor.execute("SELECT journeys_keep_definition(%s, %s, %s)", [sha256, RETURN_HOME, text])
    cursor.execute("SELECT sha256, kind, text FROM journeys_definition")
    made: list[Row] = []
    answered: list[tuple[str, str, str, list[str]]] = []
    for kept, kind, said in cursor.fetchall():
        if digest(said) != kept:
            logging.getLogger(__name__).error("the text kept under %s is another one; it gets no moves", kept)
            continue
        try:
            journey = journey_of_text(said, kind)
        except (RulebookError, RefusalError) as unread:
            logging.getLogger(__name__).error("the text kept under %s cannot be read: %s", kept, unread)
            continue
        made += rows(journey, kept)
        answered += steps(journey, kept)
    cursor.execute("DELETE FROM journeys_permitted_move")
    cursor.execute(
        "INSERT INTO journeys_permitted_move (definition, move, from_state, to_state, ends, event, by, may)"
        " SELECT g->>0, g->>1, g->>2, g->>3, (g->>4)::boolean, g->>5,"
        " ARRAY(SELECT json_array_elements_text(g->6)), ARRAY(SELECT json_array_elements_text(g->7))"
        " FROM json_array_elements(%s::json) AS g",
        [json.dumps(made, ensure_ascii=False)],
    )
    cursor.execute("DELETE FROM journeys_permitted_answer")
    cursor.execute(
        "INSERT INTO journeys_permitted_answer (definition, step, outcome, by)"
        " SELECT g->>0, g->>1, g->>2, ARRAY(SELECT json_array_elements_text(g->3))"
        " FROM json_array_elements(%s::json) AS g",
        [json.dumps(answered, ensure_ascii=False)],
    )
