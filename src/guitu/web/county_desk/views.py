"""What waits for the county, or for the township office it allots to: matters and steps, the late first."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access import queries as access
from guitu.access.roles import ROLES
from guitu.web import desk_page
from guitu.web.clock import now
from guitu.web.permits import Request, reads
from guitu.web.shell import frame, show
from guitu.web.templatetags.guitu_words import full_day

MATTERS = ("household", "lodging", "social_aid", "insurance", "work", "counselling")
"""The matters of help that are taken up on request."""


def queues(*, local: bool) -> tuple[desk_page.Queue, ...]:
    """The queues of the county, or of the office that it allots to."""
    waiting = (
        desk_page.Queue("sign", _("待签收"), ("sent",)),
        desk_page.Queue("returned", _("已退回"), ("refused", "contested")),
    )
    return (
        *(() if local else waiting[:1]),
        desk_page.Queue("register", _("待登记"), ("acknowledged",)),
        desk_page.Queue("offer", _("待帮教约定"), ("registered",)),
        desk_page.Queue("meet", _("接送和到达"), steps=("pick_up", "arrival", "welfare_call", "report_in"), week=True),
        desk_page.Queue("verify", _("核实家庭和住址"), steps=("verification",)),
        desk_page.Queue("place", _("待安置"), steps=("placement",)),
        desk_page.Queue("follow", _("回访"), steps=("follow_up",), week=True),
        desk_page.Queue("matters", _("受理事项"), steps=MATTERS),
        desk_page.Queue("evaluate", _("评价"), steps=("evaluation", "final_evaluation")),
        desk_page.Queue("help", _("帮教中"), ("in_help",), working=False),
        desk_page.Queue("open", _("随时可来"), ("not_arrived", "help_declined"), working=False),
        *(() if local else waiting[1:]),
        desk_page.Queue("done", _("已办结"), ("completed", "in_correction", "died", "detained"), working=False),
    )


@reads("person:list")
def desk(request: Request) -> HttpResponse:
    """The county's or the office's queue in panic order."""
    moment = now()
    local = request.acting_session.unit_kind in access.ALLOTTED_TO
    actions = {"sent": _("签收"), "acknowledged": _("登记"), "registered": _("约定帮教")}
    side = "local" if local else "receiving"
    context = desk_page.build(request, side, queues(local=local), actions, address=reverse("county-desk"), now=moment)
    page = frame(request, _("衔接工作台"), current="county-desk", facts=full_day(moment))
    empty = _("没有等本县办理的事。监狱、看守所发来材料后，会按最早到期的先后列在这里。")
    if local:
        empty = _("没有分派给本所的事。县司法局分派后，会按最早到期的先后列在这里。")
    links = []
    if "matter:allot" in ROLES[request.acting_session.role].may:
        links.append({"label": _("分派"), "url": reverse("allot-desk")})
    return show(request, "desks/queue.html", page, empty=empty, links=links, **context)
