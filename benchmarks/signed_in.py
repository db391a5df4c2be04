"""Posts of a generated province at work: a browser with their token, and addresses of their own persons."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guitu.access.acting import ActingSession

LASTS = timedelta(hours=2)


def at_work(unit: str, role: str) -> tuple[Any, ActingSession]:
    """A Django test client that carries the token of this unit's post with `role`, and its acting session.

    Raises StopIteration where the demonstration has no such post, RuntimeError where nobody holds it.
    """
    from guitu.access.establishing import account_id, post_id
    from guitu.web import demonstration

    post = next(one for one in demonstration.posts() if (one.unit, one.role) == (unit, role))
    return _with_token(account_id(post.login), post_id(post.login, post.unit, post.role))


def _with_token(account: Any, post: Any) -> tuple[Any, ActingSession]:
    from django.test import Client

    from guitu.access import queries, signing_in

    token = signing_in.mint(account, post, lasts=LASTS)
    session = queries.session_of(token)
    if session is None:
        raise RuntimeError(f"nobody holds the post {post}")
    browser = Client(HTTP_HOST="localhost")
    browser.cookies["guitu_token"] = token
    return browser, session


def nobody() -> Any:
    """A browser without a token."""
    from django.test import Client

    return Client(HTTP_HOST="localhost")


def one_concerned() -> Any | None:
    """A browser of a person concerned who signs in themself; None where this province has none."""
    from guitu.access.models import Post

    post = Post.objects.filter(role="PERSON", to_at__isnull=True).order_by("from_at", "id").first()
    return _with_token(post.account_id, post.id)[0] if post else None


def files(session: ActingSession, most: int) -> list[str]:
    """The addresses of the files of the first persons whom the acting unit receives."""
    from django.db import connection, transaction

    from guitu.access.acting import acting

    with acting(session, session.purposes[0]), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM journeys_journey WHERE receiving_unit_id = %s ORDER BY person_id LIMIT %s",
            [session.unit_id, most],
        )
        return [f"/persons/{person}/" for (person,) in cursor.fetchall()]
