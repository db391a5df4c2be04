"""Traces drawn at random over people, contacts and exports, and a hand that reads them line by line.

The hand reads the rows as they lie, with the rules of watching written out once more in Python. Any of its rules can be
left out: where the answer is then the same, the traces would not have shown that rule.
"""

import json
import math
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from guitu.access import watching
from guitu.access.establishing import account_id, unit_id
from guitu.rulebook.watching import BROWSING, EXPORT, GLASS, NO_RELATION, OFF_HOURS, VOLUME, watch_rules
from tests.factories.units import COUNTY

TODAY = date(2026, 11, 20)
RULES = watch_rules(TODAY)
SHANGHAI = ZoneInfo("Asia/Shanghai")
LOOKS = ("person:open", "person:reveal", "paper:read", "assessment:read")
ACTIONS = (
    *LOOKS,
    *LOOKS,
    "person:search",
    "glass:break",
    "person:list",
    "complaint:take",
    "sealed:query",
    "export:fetch",
)
PURPOSES = ("RECEIVE_RETURN", "RECEIVE_RETURN", "PREPARE_RETURN", "OVERSEE")
OUTCOMES = ("ALLOWED",) * 12 + ("DENIED", "UNKNOWN", "ASKED")
STRANGE = ('赵"无"恙', "林\\知遥", "𠮷田", "Zoë O'Neil", "欧阳\t望")
"""Names that JSON writes with an escape, or may."""
LINES, PEOPLE = 2_400, 60


@dataclass
class Held:
    """The rows as they lie, read by the superuser, and what was asked."""

    lines: list[tuple] = field(default_factory=list)
    posts: dict = field(default_factory=dict)
    accounts: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    contacts: dict = field(default_factory=dict)
    exports: list[tuple] = field(default_factory=list)


def fill(door, dice) -> None:
    door.execute("DELETE FROM access_trace")
    for login, name in zip(("county-second", "sibling", "prison", "foreign"), STRANGE, strict=False):
        door.execute("UPDATE access_account SET name = %s WHERE id = %s", (name, account_id(login)))
    # Both readers hold a second post, which they do not review; one account is of somebody signing in for themself.
    for reader, other in (("audit", "identity"), ("county-head", "counsellor")):
        door.execute(
            "UPDATE access_post SET account_id = %s WHERE account_id = %s", (account_id(reader), account_id(other))
        )
    door.execute("UPDATE access_account SET for_person = true WHERE id = %s", (account_id("prison-leader"),))
    names = [name for (name,) in door.execute("SELECT name FROM access_account ORDER BY id").fetchall()]
    people = [uuid.UUID(int=dice.getrandbits(128)) for _ in range(PEOPLE)]
    for number, one in enumerate(people):
        sealed = number % 9 == 0
        door.execute(
            "INSERT INTO people_person (id, number, name, name_sort, name_search, sex, birth_date, legal_status,"
            " responsible_unit_id, division, created_at, ended_reason, sealed_at)"
            " VALUES (%s, %s, %s, 'x', 'x', '1', '1985-03-12', 'released', %s, %s, now(), '', %s)",
            (
                *(one, f"W-{number:04d}", dice.choice(names) if dice.random() < 0.3 else f"无名{number}"),
                *(unit_id(COUNTY), "J10121000000" if sealed else COUNTY, datetime.now(UTC) if sealed else None),
            ),
        )
        for ended in (None, datetime(2026, 11, 1, tzinfo=UTC)):
            _contact(door, dice, one, COUNTY, names, ended)
    posts = door.execute("SELECT id, unit_id FROM access_post WHERE role <> 'TICK' ORDER BY id").fetchall()
    first = datetime(2026, 10, 19, tzinfo=UTC)
    edges = [time(0, 0), time(7, 59, 59), time(8, 0), time(18, 29, 59), time(18, 30), time(23, 59, 59)]
    for _ in range(LINES):
        post, unit = dice.choice(posts[: len(posts) // 2] if dice.random() < 0.7 else posts)
        action = dice.choice(ACTIONS)
        at = first + timedelta(seconds=dice.randrange(35 * 86_400 // 60) * 60)
        if dice.random() < 0.2:
            at = datetime.combine(at.date(), dice.choice(edges), SHANGHAI)
        some = (
            []
            if action in {"person:search", "person:list"}
            else dice.sample(people, dice.choice((0, 1, 1, 1, 1, 2, 4)))
        )
        glass = uuid.UUID(int=dice.getrandbits(128)) if dice.random() < 0.15 else None
        door.execute(
            "INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome, reason,"
            " glass_id) VALUES (%s, %s, %s, %s, %s, %s, %s::uuid[], '{}', %s, %s, %s)",
            (
                *(uuid.UUID(int=dice.getrandbits(128)), at, post, unit, dice.choice(PURPOSES), action, some),
                *(dice.choice(OUTCOMES), "verify" if dice.random() < 0.3 else "", glass),
            ),
        )
    for post, unit in dice.sample(posts, 8):
        moment = first + timedelta(days=dice.randrange(36))
        for rows, made in ((dice.randrange(1, 400), moment), (999, None)):
            door.execute(
                "INSERT INTO access_export (id, number, listed, late_only, format, purpose, code, words, unit_id,"
                " division, post_id, rows, alone, asked_at, finding, made_at, sha256, fetches) VALUES"
                " (gen_random_uuid(), %s, 'local', false, 'csv', 'X', 'check', '', %s, %s, %s, %s, 400, %s,"
                " '', %s, '', 0)",
                (str(uuid.UUID(int=dice.getrandbits(128))), unit, COUNTY, post, rows, moment, made),
            )
    _followed(door, dice, people, posts)


def _followed(door, dice, people, posts) -> None:
    """Searches of each post with a look before, at the very moment, at the last that counts, and right after it."""
    instant = timedelta(microseconds=1)
    for number, (post, unit) in enumerate(posts):
        for day, after in enumerate((-instant, timedelta(0), RULES.unopened, RULES.unopened + instant)):
            at = datetime(2026, 11, 1 + day * 4, tzinfo=UTC) + timedelta(hours=number % 20, seconds=number)
            for action, moment in (("person:search", at), ("person:open", at + after)):
                door.execute(
                    "INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome)"
                    " VALUES (%s, %s, %s, %s, 'RECEIVE_RETURN', %s, %s::uuid[], '{}', 'ALLOWED')",
                    (
                        *(uuid.UUID(int=dice.getrandbits(128)), moment, post, unit, action),
                        [] if action == "person:search" else [dice.choice(people)],
                    ),
                )


def _contact(door, dice, person, division, names, ended) -> None:
    name = dice.choice(names)
    value = dice.choice(
        [
            json.dumps({"family_contact": name, "phone": "0000-5550100"}, ensure_ascii=False, separators=(",", ":")),
            json.dumps({"phone": "0000-5550100", "family_contact": name}, ensure_ascii=True, indent=1),
            json.dumps({"x": {"family_contact": name}, "phone": f'"family_contact": "{name}"'}, ensure_ascii=False),
            json.dumps({"family_contact": f"{name}x", "phone": ""}),
            json.dumps({"family_contact": None}),
            json.dumps([name]),
            '{"family_contact": "\\u0000"}',
            f'{{"family_contact": "{name}',
            "",
        ]
    )
    door.execute(
        "INSERT INTO people_fact (id, person_id, division, item, value, source, collected_at, collected_by, purpose,"
        " from_at, to_at) VALUES (gen_random_uuid(), %s, %s, 'contacts', %s, '名册', now(), %s, 'PREPARE_RETURN',"
        " '2026-10-01', %s)",
        (person, division, value, person, ended),
    )


def held_rows(house) -> Held:
    with house.role("postgres") as door:

        def keyed(text):
            return {row[0]: row[1:] for row in door.execute(text).fetchall()}

        return Held(
            door.execute(
                "SELECT id, at, post_id, unit_id, purpose, action, subjects, outcome, reason, glass_id"
                " FROM access_trace"
            ).fetchall(),
            keyed("SELECT id, account_id, unit_id, role, title FROM access_post"),
            keyed("SELECT id, name, login, for_person FROM access_account"),
            keyed("SELECT id, division, division_end, name FROM access_unit"),
            keyed("SELECT id, number, name, sealed_at FROM people_person"),
            keyed("SELECT person_id, value FROM people_fact WHERE item = 'contacts' AND to_at IS NULL"),
            door.execute("SELECT post_id, asked_at, made_at, rows FROM access_export").fetchall(),
        )


class Hand:
    """The rules of watching, written out once more; `without` names one that is left out."""

    def __init__(self, held: Held, window: watching.Window, unit: str, login: str, without: str = "") -> None:
        self.held, self.window, self.without = held, window, without
        self.low, self.high = held.units[unit_id(unit)][:2]
        self.own = account_id(login)
        self.oversees = login == "audit" or without == "oversight"

    def follows(self, searched, opened) -> bool:
        last = searched + RULES.unopened
        if self.without == "moment":
            return searched < opened <= last
        if self.without == "last":
            return searched <= opened < last
        return searched <= opened and (self.without == "unopened" or opened <= last)

    def in_range(self, unit) -> bool:
        division, end, _ = self.held.units[unit]
        return self.without == "range" or (division >= self.low and end <= self.high)

    def sealed(self, person) -> bool:
        return self.without != "sealing" and self.held.people[person][2] is not None

    def hidden(self, line) -> bool:
        _, _, _, _, _, action, subjects, outcome, _, _ = line
        lies = outcome == "ALLOWED" and bool(subjects) and all(map(self.sealed, subjects))
        return lies and not (action.startswith("seal") and ":" in action[4:])

    def counts(self, line, code) -> bool:
        _, at, post, _, _, action, subjects, outcome, reason, glass = line
        if outcome != "ALLOWED" or not subjects:
            return False
        if code == GLASS:
            return action == "glass:break" and glass is not None
        if action not in LOOKS:
            return False
        local = at.astimezone(SHANGHAI)
        working = local.date() in self.window.working and self.window.opens <= local.time() < self.window.closes
        alike = {VOLUME: True, NO_RELATION: reason != "" and glass is None, OFF_HOURS: not working}
        return alike[code] if code in alike else any(self.alike(post, person) for person in subjects)

    def alike(self, post, person) -> bool:
        if self.sealed(person):
            return False
        unit = self.held.posts[post][1]
        holders = {
            self.held.accounts[account][0]
            for account, of, _, _ in self.held.posts.values()
            if of == unit and not self.held.accounts[account][2]
        }
        return bool(holders & {self.held.people[person][1], self.family(person)} - {""})

    def family(self, person) -> str | None:
        text = self.held.contacts[person][0]
        if self.without == "escapes":
            return text.partition('"family_contact":')[2].strip(' "').partition('"')[0]
        try:
            found = json.loads(text)
        except ValueError:
            return None
        return found.get("family_contact") if isinstance(found, dict) else None

    def ranked(self) -> dict:
        """Each post with its figures: the indicators, its peers, and what most of these do not exceed."""
        lines = [
            line
            for line in self.held.lines
            if self.window.since <= line[1] < self.window.until
            and line[7] == "ALLOWED"
            and (self.oversees or line[4] != "OVERSEE")
            and not self.hidden(line)
        ]
        of_post: dict = {post: [] for post in self.held.posts}
        for line in sorted(lines, key=lambda line: line[1]):
            of_post[line[2]].append(line)
        looks = {post: sum(self.counts(line, VOLUME) for line in of_post[post]) for post in of_post}
        found = {}
        for post, (account, unit, role, _) in self.held.posts.items():
            own = of_post[post]
            figures = {code: sum(self.counts(line, code) for line in own) for code in watching.COUNTED_BY_LINE}
            opened = [line[1] for line in own if self.counts(line, VOLUME)]
            figures[BROWSING] = sum(
                line[5] == "person:search" and not any(self.follows(line[1], at) for at in opened) for line in own
            )
            made = [
                row
                for row in self.held.exports
                if row[0] == post and row[2] is not None and self.window.since <= row[1] < self.window.until
            ]
            figures[EXPORT] = sum(row[3] for row in made)
            others = sorted(
                looks[one] for one, other in self.held.posts.items() if one != post and other[2] == role and looks[one]
            )
            place = math.ceil(RULES.peers_percent * len(others) / 100)
            told = any(line[5] in {*LOOKS, "glass:break", "person:search"} for line in own) or made
            if self.in_range(unit) and account != self.own and not self.held.accounts[account][2] and told:
                found[post] = (figures, len(others), others[place - 1] if others else 0)
        return found

    def listed(self, number="", who="", post_id=None, purpose="", indicator="") -> list[tuple]:
        """The lines of the list, newest first, as the page is told them."""
        found = []
        for line in self.held.lines:
            key, at, post, unit, why, action, subjects, outcome, _, _ = line
            account, _, _, title = self.held.posts[post]
            name, login, for_person = self.held.accounts[account]
            numbers = {person: row[0] for person, row in self.held.people.items() if not self.sealed(person)}
            if (
                self.window.since <= at < self.window.until
                and subjects
                and outcome != "ASKED"
                and not for_person
                and self.in_range(unit)
                and (self.oversees or why != "OVERSEE")
                and (self.without == "complaints" or not action.startswith("complaint:"))
                and not self.hidden(line)
                and (who in name or who in login)
                and post_id in (None, post)
                and purpose in ("", why)
                and (not number or number in [numbers.get(person) for person in subjects])
                and (not indicator or self.counts(line, indicator))
            ):
                told = tuple(sorted(numbers[person] for person in subjects[:3] if person in numbers))
                found.append((at, key, title, name, why, action, outcome, told, len(subjects)))
        found.sort(key=lambda row: (-row[0].timestamp(), row[1]))
        return [(row[0], *row[2:]) for row in found]

    def refused(self) -> list[datetime]:
        """When somebody was turned away, newest first."""
        turned = [
            line
            for line in self.held.lines
            if self.window.since <= line[1] < self.window.until
            and line[7] not in {"ALLOWED", "ASKED"}
            and self.in_range(line[3])
            and not self.held.accounts[self.held.posts[line[2]][0]][2]
        ]
        return sorted((line[1] for line in turned), reverse=True)
