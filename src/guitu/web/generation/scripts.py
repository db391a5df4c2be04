"""What happens to a specimen, hour by hour: drawn from the seed, taken later by the offices themselves.

Pure: no database and no clock. A plan says what an office would do; whether it can be done is the offices' business.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import ceil

from guitu.web.generation.figures import shares
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

LIKENESSES = ("renamed", "renumbered", "elsewhere")
"""Why a further roster row may be a person held: another name, another number, or the number held by another prison."""
KEY_WORDS = ("三无", "重病", "无家可归", "残疾")
_EARLIEST, _LATEST = -200, 330
"""Release days, in days from today, between which specimens are spread."""
_STILL_HELD = 0.45
"""The share of specimens, in order, whose release day has surely not come."""


@dataclass(frozen=True)
class Step:
    """Something an office does at a moment (aware); `verb` is a method of the walk, `words` are its facts."""

    at: datetime
    verb: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """One specimen: its legal release day, the roster's words for kind and key person, and what is done when."""

    index: int
    release_on: date
    release_word: str
    key_word: str
    steps: tuple[Step, ...]
    likeness: str = ""
    """One of LIKENESSES where a further roster row asks whether it is this person, and nobody has decided yet."""


_KINDS = (("detention_house", "看守所释放"), ("parole", "假释"), ("commutation", "减刑释放"))


def script(seed: str, index: int, count: int, today: date) -> Script:
    """The script of specimen `index` of `count`; release days are spread evenly so that every state occurs."""
    dice, share = random.Random(f"{seed}:specimen:{index}"), shares()  # nosec B311 # noqa: S311 - invented people, the same again
    spread = _LATEST - _EARLIEST
    release_on = today + timedelta(days=_EARLIEST + (spread * index) // max(count - 1, 1))
    drawn, release_word = dice.random(), "刑满释放"
    for kind, word in _KINDS:
        drawn -= share[kind]
        if drawn < 0:
            release_word = word
            break
    key_word = dice.choice(KEY_WORDS) if dice.random() < share["key_person"] else ""
    likeness = _questions(count).get(index, "") if release_on > today else ""
    steps = _Writer(dice, release_on, today).write(release_word, likeness)
    taken = tuple(step for step in steps if step.at.date() <= today)
    return Script(index, release_on, release_word, key_word, taken, likeness)


@lru_cache(maxsize=8)
def _questions(count: int) -> dict[int, str]:
    """Which of `count` specimens an open question of identity waits for: people who are still to be released."""
    number = ceil(count * shares()["identity_open"])
    places = [int(count * (_STILL_HELD + (1 - _STILL_HELD) * (which + 0.5) / number)) for which in range(number)]
    return {place: LIKENESSES[which % len(LIKENESSES)] for which, place in enumerate(places)}


class _Writer:
    """Draws the steps of one script in the order of a road."""

    def __init__(self, dice: random.Random, release_on: date, today: date) -> None:
        self.dice, self.release_on, self.today = dice, release_on, today
        self.share = shares()
        self.steps: list[Step] = []

    def _is(self, name: str) -> bool:
        return self.dice.random() < self.share[name]

    def _add(self, day: date, verb: str, *words: str, hour: int = 0) -> None:
        moment = time(hour or self.dice.randint(9, 17), self.dice.randint(0, 59))
        self.steps.append(Step(datetime.combine(day, moment, LEGAL_ZONE), verb, words))

    def _before(self, most: int, least: int) -> date:
        return self.release_on - timedelta(days=self.dice.randint(least, most))

    def write(self, release_word: str, likeness: str) -> list[Step]:
        """All steps, also those that lie after today."""
        opened = min(self._before(240, 110), self.today - timedelta(days=self.dice.randint(3, 30)))
        self._add(opened, "intake", hour=8)
        if self.dice.random() < 0.7:
            asked = opened + timedelta(days=self.dice.randint(1, 14))
            self._add(asked, "ask_verification")
            self._add(asked + timedelta(days=self.dice.randint(2, 28)), "verify")
        if release_word == "假释":
            self._add(self._before(20, 8), "note_effective")
        self._add(self._before(110, 80), "answer", "education", "begun")
        self._add(self._before(45, 25), "answer", "police_notice", "notified")
        received = self._information()
        if self._is("allotted"):
            self._add(received + timedelta(days=1), "allot")
        self._gate(received)
        self._home(release_word)
        if likeness:
            waited = (self.today - opened).days
            self._add(opened + timedelta(days=self.dice.randint(1, waited - 1)), "question", likeness)
        return sorted(self.steps, key=lambda step: step.at)

    def _information(self) -> date:
        """Sending and answering, refused and disputed for the share that plans state; when it was received."""
        sent = self._before(26, 6) if self._is("late_information") else self._before(46, 32)
        self._add(sent, "send")
        answered = sent + timedelta(days=self.dice.randint(1, 4))
        if not self._is("disputed"):
            self._add(answered, "acknowledge")
            return answered
        self._add(answered, "refuse")
        again = answered + timedelta(days=self.dice.randint(1, 5))
        if self.dice.random() < 0.5:
            self._add(again, "send")
        else:
            self._add(again, "contest")
            again += timedelta(days=self.dice.randint(2, 15))
            self._add(again, "rule")
        received = again + timedelta(days=self.dice.randint(1, 3))
        self._add(received, "acknowledge")
        return received

    def _gate(self, received: date) -> None:
        planned = max(received + timedelta(days=1), self._before(14, 8))
        wanted = self._is("pick_up_planned")
        if planned < self.release_on:
            self._add(planned, "plan_pick_up" if wanted else "decline_pick_up")
        if self._is("certificate_noted"):
            self._add(self.release_on, "release", hour=9)
        if wanted:
            self._add(self.release_on, *(("meet",) if self._is("met") else ("miss",)), hour=16)

    def _home(self, release_word: str) -> None:
        quick = self._is("received_within_seven_days")
        day = self.release_on + timedelta(days=self.dice.randint(1, 6) if quick else self.dice.randint(8, 20))
        self._add(day, "register")
        if release_word == "假释":
            return
        day += timedelta(days=self.dice.randint(1, 9))
        if self._is("agreed"):
            self._add(day, "agree")
            self._add(day + timedelta(days=3), "place")
            for months in (1, 3, 6):
                if self.dice.random() < 0.7:
                    self._add(day + timedelta(days=30 * months), "visit")
        elif self._is("declined"):
            self._add(day, "decline_help")
