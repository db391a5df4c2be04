"""A house in which something waits at every desk that takes an id: for the attacks by ids, not for counting."""

import uuid

from django.urls import reverse

from guitu.access.establishing import account_id, post_id, unit_id
from guitu.support import proposals
from tests.access.test_dual_changes import SHORTER
from tests.access.test_holding_back import hold
from tests.access.test_rule_packs import YEAR_2027
from tests.factories.packs import proposed, put_in_force
from tests.factories.persons import number_of
from tests.factories.units import COUNTY, STATION, TOWNSHIP
from tests.rights.test_breaches import recorded
from tests.rights.test_from_the_request_to_the_answer import ask
from tests.rights.test_who_looked_by_name import looked
from tests.rights.test_worsening import DAY, complain, grade, put
from tests.security.test_ids_in_forms import PATHS
from tests.sign_in.terminals import registered
from tests.web.peopled import ACKNOWLEDGED, AT_FOREIGN, KEPT, MOMENT, REGISTERED, SENT, SIXTY
from tests.web.test_evaluation_pages import commission
from tests.web.test_pages import REFUSED
from tests.web.test_partner_pages import publish, refer
from tests.web.test_sealed_pages import OF_THE_DECISION, ended
from tests.web.test_taken_in_words import _taken

SEALED, KEPT_LONG = SIXTY[58].name, SIXTY[59].name
"""Two who registered: the file of the one is sealed, that of the other is due for erasure."""


def marked(**fields: object) -> dict[str, object]:
    """A form with a fresh mark, sure of itself."""
    return {"mark": str(uuid.uuid4()), "sure": "yes", **fields}


def _done(house, login: str, address: str, **fields: object) -> str:
    """A form that was taken; whither it led."""
    answer = house.client(login).post(address, marked(**fields))
    assert answer.status_code == 302, (login, address, answer.content.decode()[-3000:])
    return answer["Location"]


def _number(house, name: str) -> str:
    with house.role("guitu_owner") as door:
        return door.execute("SELECT number FROM people_person WHERE id = %s", (house.persons[name],)).fetchone()[0]


def desks_waiting(house) -> None:
    """Exports, an opened glass, decisions not to show looks, a breach, and what went worse after a complaint."""
    for login in ("county", "prison"):
        _done(house, login, "/exports/ask/", format="csv", use="check", words="逐人核对本月应到人员")
    glass = {"number": _number(house, AT_FOREIGN), "reason": "life", "words": "本人在我局门口晕倒，要通知家属"}
    _done(house, "county", "/emergency/open/", **glass)
    hold(house, _number(house, SENT))
    hold(house, _number(house, SENT), "county-head")
    recorded(house)
    grade(house, SENT, "PG4", MOMENT - DAY)
    complain(house)
    grade(house, SENT, "PG3", MOMENT + DAY)
    assert put(MOMENT + 2 * DAY)[0] >= 1


def _files_waiting(house) -> None:
    """A dispute, a proposal of help, a referral, a matter taken in words, requests at the rights desk."""
    _done(house, "prison", f"/persons/{house.persons[REFUSED]}/contest/", reasons="判决书已随附")
    with house.acting("county"):
        proposals.propose_help(
            house.persons[REGISTERED], wishes="想学焊工", contacts="", event_id=uuid.uuid4(), at=MOMENT
        )
    offer = publish(house)
    assert refer(house, offer).status_code == 302
    _taken(house.client("foreign"), document_number=number_of(house, house.persons[REGISTERED]))
    looked(house, "prison")
    _done(house, "prison", f"/persons/{house.persons[SENT]}/letters/police_notice/send/", to=[str(unit_id(STATION))])
    ask(house, "COPY")


def _sealed_waiting(house) -> None:
    """A sealing with a correction proposed, and a lawful query that nobody has decided."""
    person = house.persons[SEALED]
    number = number_of(house, person)
    ended(house, person)
    sealing = _done(house, "county", reverse("seal", args=[person]), **OF_THE_DECISION)
    words = {"ground": "WRONG_PERSON", "document": "青法更字1号", "words": "文书上是另一个人，已核对"}
    _done(house, "county", f"{sealing}correct/", **words)
    _done(
        house,
        "county",
        reverse("sealed-ask"),
        number=number,
        organ="POLICE",
        organ_name="青榆县公安局",
        ground="CASE_HANDLING",
        document="青公查字7号",
        aim="办理另一起案件，核实前科情况",
        items=["offence"],
        post=str(post_id("county", COUNTY, "COUNTY_OFFICER")),
    )


def _offices_waiting(house) -> None:
    """A post proposed, a rule pack in force and another proposed, terminals, an evaluation, a file kept long enough."""
    _done(
        house,
        "system",
        f"/units/{unit_id(TOWNSHIP)}/propose/",
        account=str(account_id("township")),
        role="SOCIAL_WORKER",
        title="社工",
        from_on="2026-02-01",
        to_on="",
    )
    put_in_force(house, "2027.yaml", YEAR_2027, at=MOMENT)
    proposed(house, "province.yaml", SHORTER, at=MOMENT)
    for login, by, number in (("system", "security", "GL-001"), ("security", "system", "GL-002")):
        registered(house, login, by=by, number=number)
    assert commission(house).status_code == 302
    ended(house, house.persons[KEPT_LONG])
    with house.role("guitu_owner") as door:
        door.execute(
            "UPDATE journeys_journey SET ended_at = '2021-08-01' WHERE person_id = %s", (house.persons[KEPT_LONG],)
        )


def seeds(house) -> list[str]:
    """Where the pages of a post begin that no link leads to, or only a search."""
    whom = [house.persons[name] for name in (SENT, KEPT, ACKNOWLEDGED, REGISTERED, REFUSED)]
    found = ["/", "/my/", "/my/complaints/", "/my/say/?kind=OBJECTION", "/my/say/?kind=LOOK_NAME", "/rules/packs/"]
    found += ["/breaches/?who=局", "/looks-held/?who=局", "/sealed/?state=REGISTER", "/sealed/ask/?who=局"]
    found += [f"/prison/identity/files/?kept={_number(house, SENT)}&joined={_number(house, KEPT)}"]
    return [*found, *PATHS, *(f"/persons/{person}/" for person in whom)]


def everything_waiting(house) -> None:
    """All of it: what waits at the desks, on files, under seal and at the administrators'."""
    _sealed_waiting(house)  # first: what was exported of somebody is gone once they are sealed
    desks_waiting(house)
    _files_waiting(house)
    _offices_waiting(house)
