"""Each request of a test client is answered as the first of its session: no page lives on the line another has left."""

from django.test import Client


def first_of_its_session(patch, house) -> None:
    """Let every session begin anew before each request; lines of the trace from before it count no more (ADR 0059)."""
    asked = Client.request

    def request(self, **words):
        with house.role("guitu_owner") as door:
            door.execute("UPDATE access_session SET created_at = clock_timestamp() WHERE ended_at IS NULL")
        return asked(self, **words)

    patch.setattr(Client, "request", request)
