"""The person concerned on the road, or who speaks for them: let in by an officer, acting for themself."""

import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from guitu.access import person_codes, queries, signing_in
from guitu.access.acting import acting, actor
from guitu.rulebook.sign_in import person_sign_in


def let_in(walk, login="county", at=datetime(2026, 6, 17, 2, 0, tzinfo=UTC)):
    """Give the person of the walk a sign-in of their own."""
    with walk.house.acting(login):
        person_codes.issue_code(
            walk.person, code_id=uuid.uuid4(), division=actor().session.division, at=at, rules=person_sign_in()
        )


@contextmanager
def as_person(walk, role="PERSON"):
    """Act for the person's own affairs, as the person or as who speaks for them: whoever was let in last."""
    with walk.house.role("guitu_owner") as door:
        sql = "SELECT account_id, id FROM access_post WHERE role = %s ORDER BY from_at DESC LIMIT 1"
        account, post = door.execute(sql, (role,)).fetchone()
    session = queries.session_of(signing_in.mint(account, post, lasts=timedelta(hours=8)))
    with acting(session, session.purposes[0]) as state:
        yield state
