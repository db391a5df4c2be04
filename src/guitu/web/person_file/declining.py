"""A pick-up declined, from a person's file: the form says that nothing follows from it, and asks whose word it was."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guitu.handover.declining import WordMissing, decline_pick_up
from guitu.handover.policy import SPOKEN_BY
from guitu.rulebook import juveniles
from guitu.rulebook.steps import Step
from guitu.web.form_fields import NotReadable
from guitu.web.permits import Request, writes
from guitu.web.person_file.forms import Form, field, form
from guitu.web.person_file.sight import Sight
from guitu.web.person_file.step_acts import done
from guitu.web.shell import say


def of_step(step: Step, sight: Sight) -> list[Form]:
    """The form at an open pick-up: a key person's own words are needed, a juvenile's guardian can speak."""
    task = sight.road.task
    if step.id != "pick_up" or "pick_up:plan" not in sight.may or sight.positions.isdisjoint(step.by):
        return []
    codes = [code for code in SPOKEN_BY if code != "GUARDIAN" or juveniles.MARK in task.marks]
    speakers = [{"value": code, "label": say(SPOKEN_BY[code]), "effect": ""} for code in codes]
    hint = _("必接必送对象：写下本人的原话，上级会知道") if task.key_person else ""
    made = form(
        "pick-up-declined",
        _("本人不需要接送"),
        "pick-up-decline",
        sight.person_id,
        field("radio", "spoken_by", _("谁的意思"), options=speakers, chosen="", row=True),
        field("textarea", "words", _("本人怎么说"), hint=hint, required=task.key_person),
        text=_("接送是提供的帮助，可以谢绝；谢绝没有任何不利后果。"),
        submit=_("记下本人的决定"),
    )
    return [made]


@writes("pick_up:plan")
def decline(request: Request, person_id: uuid.UUID) -> HttpResponse:
    """Record that the offered pick-up is not wanted, and whose word that is."""

    def act(mark: uuid.UUID, at: datetime) -> None:
        words, spoken_by = request.POST.get("words", ""), request.POST.get("spoken_by", "")
        try:
            decline_pick_up(person_id, words=words, spoken_by=spoken_by, event_id=mark, at=at)
        except WordMissing as fault:
            labels = {"spoken_by": _("谁的意思"), "words": _("本人怎么说")}
            raise NotReadable(_("、").join(labels[name] for name in fault.fields)) from fault

    return done(request, person_id, act)
