"""The house without its impact assessments, for as long as a block lasts."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unassessed(house: object) -> Iterator[None]:
    """No assessment is in force inside the block: their features' records are other ones than those assessed."""
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_impact_assessment SET feature_sha256 = '-' || feature_sha256")
    yield
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_impact_assessment SET feature_sha256 = substr(feature_sha256, 2)")
