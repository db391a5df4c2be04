"""Matters of a past month in three counties, and a commission to evaluate them; a group may be as small as two here."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from guitu.access.establishing import unit_id
from guitu.evaluation import operations, queries
from guitu.handover import operations as handover
from guitu.journeys import queries as roads
from guitu.prison import operations as prison
from guitu.rulebook.evaluation import evaluation_rules
from tests.factories import rosters
from tests.factories.units import CITY, COUNTY, EVALUATOR, FOREIGN_COUNTY, SIBLING_COUNTY
from tests.roads.walking import AT, RELEASE, day

NAMES = {
    "县一": COUNTY, "县二": COUNTY, "县三": COUNTY, "县四": COUNTY, "县五": COUNTY,
    "邻一": SIBLING_COUNTY, "邻二": SIBLING_COUNTY, "邻三": SIBLING_COUNTY, "外一": FOREIGN_COUNTY,
}  # fmt: skip
FAMILY = {"县": "陈", "邻": "何", "外": "沈"}
DESK = {COUNTY: "county", SIBLING_COUNTY: "sibling", FOREIGN_COUNTY: "foreign"}
MOMENT = datetime(2026, 7, 20, 2, tzinfo=UTC)
FOREVER = date(2099, 12, 31)


@pytest.fixture
def small_groups(monkeypatch):
    """Groups of two are shown, so that few invented matters are enough."""
    rules = replace(evaluation_rules(), least_groups=((date(2026, 1, 1), 2),), sample_share=100)
    monkeypatch.setattr(operations, "evaluation_rules", lambda: rules)
    return rules


class Evaluated:
    """The house with matters on record, and what supervisor, evaluator and counties do with an evaluation."""

    def __init__(self, house) -> None:
        self.house, self.id = house, uuid.uuid4()
        rows = [
            rosters.row(FAMILY[name[0]] + name[1], release=RELEASE, order=str(101 + 2 * place), county=county[:6])
            for place, (name, county) in enumerate(NAMES.items())
        ]
        with house.acting("prison"):
            prison.import_roster(rosters.workbook(*rows), file_name="名册.xlsx", today=AT.date(), at=AT)
            with transaction.atomic():
                tasks, _ = roads.queue("sending", roads.Filters(), now=AT, first=0, most=50)
        spoken = {FAMILY[name[0]] + name[1]: name for name in NAMES}
        self.persons = {spoken[task.person_name]: task.person_id for task in tasks}
        for place, (name, county) in enumerate(NAMES.items()):
            self._walk(self.persons[name], DESK[county], late=place % 3 == 2)

    def _walk(self, person, login, *, late) -> None:
        parcel = uuid.uuid4()
        with self.house.acting("prison"):
            handover.send_dossier(person, sending=parcel, at=day(date(2026, 5, 20 if late else 4)))
        with self.house.acting(login):
            handover.acknowledge_dossier(person, parcel_id=parcel, at=day(date(2026, 5, 21 if late else 5)))
            handover.register_return(person, event_id=uuid.uuid4(), at=day(date(2026, 7, 1) if late else RELEASE))

    def commission(self, login="city", *, scope=CITY, event=None, **changed):
        values = {
            "title": "2026年6月衔接评估",
            "evaluator_id": unit_id(EVALUATOR),
            "released_from": date(2026, 6, 1),
            "released_to": date(2026, 6, 30),
            "questions": ["received_in_time", "dossier_in_time", "acknowledged_in_time", "disputed", "help_agreed"],
            "from_on": date(2026, 7, 1),
            "to_on": FOREVER,
        }
        with self.house.acting(login):
            operations.commission(
                scope_id=unit_id(scope),
                event_id=event or self.id,
                today=MOMENT.date(),
                at=MOMENT,
                **{**values, **changed},
            )

    def draw(self, size=4, seed="20260720"):
        with self.house.acting("evaluator"):
            operations.draw(self.id, seed=seed, size=size, at=MOMENT)
        return self.sample()

    def sample(self):
        with self.house.acting("evaluator"), transaction.atomic():
            return queries.sample(self.id, first=0, most=1000)[0]

    def listed(self, login, wanted):
        with self.house.acting(login), transaction.atomic():
            found, total = queries.evaluations(wanted, now=MOMENT, first=0, most=25)
        assert len(found) == total
        return found

    def verify(self, code, event=None, note="", **verdicts):
        with self.house.acting("evaluator"):
            operations.verify(self.id, code, verdicts=verdicts, note=note, event_id=event or uuid.uuid4(), at=MOMENT)

    def read(self, login, query, *given):
        with self.house.acting(login), transaction.atomic():
            return query(*given)


@pytest.fixture
def evaluated(house, small_groups) -> Evaluated:
    """Nine matters released in June, nobody commissioned yet."""
    return Evaluated(house)
