"""What waits for the county: to acknowledge, to register; the late first."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.web import desk_page
from guitu.web.clock import now
from guitu.web.permits import Request, reads
from guitu.web.shell import frame, show
from guitu.web.templatetags.guitu_words import full_day


@reads("person:list")
def desk(request: Request) -> HttpResponse:
    """The county's queue in panic order."""
    moment = now()
    queues = (
        desk_page.Queue("sign", _("待签收"), ("sent",)),
        desk_page.Queue("register", _("待登记"), ("acknowledged",)),
        desk_page.Queue("returned", _("已退回"), ("refused",)),
        desk_page.Queue("done", _("已登记"), ("registered",)),
    )
    actions = {"sent": _("签收"), "acknowledged": _("登记")}
    context = desk_page.build(request, "receiving", queues, actions, address=reverse("county-desk"), now=moment)
    page = frame(request, _("衔接工作台"), current="county-desk", facts=full_day(moment))
    empty = _("没有等本县办理的事。监狱、看守所发来材料后，会按最早到期的先后列在这里。")
    return show(request, "desks/queue.html", page, empty=empty, **context)
