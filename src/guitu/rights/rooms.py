"""The rooms that hold persons: what each tells the person, in the order of the copy; and how each forgets them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from guitu.access import exporting as access
from guitu.evaluation import exporting as evaluation
from guitu.exchange import exporting as exchange
from guitu.handover import exporting as handover
from guitu.journeys import exporting as journeys
from guitu.ledger import exporting as ledger
from guitu.ledger.holdings import Holding, TableCopy
from guitu.notices import exporting as notices
from guitu.papers import exporting as papers
from guitu.people import exporting as people
from guitu.prison import exporting as prison
from guitu.rights import exporting as rights
from guitu.support import exporting as support


@dataclass(frozen=True)
class Room:
    """A room of the house that holds persons: its name, what it says of itself, its tables, its export."""

    name: str
    zh: str
    holdings: tuple[Holding, ...]
    export: Callable[[uuid.UUID], list[TableCopy]]


ROOMS = (
    Room("people", "人员", people.HOLDINGS, people.export),
    Room("journeys", "流程与时限", journeys.HOLDINGS, journeys.export),
    Room("handover", "交接与受理", handover.HOLDINGS, handover.export),
    Room("prison", "出监评估", prison.HOLDINGS, prison.export),
    Room("support", "帮扶", support.HOLDINGS, support.export),
    Room("evaluation", "第三方评估", evaluation.HOLDINGS, evaluation.export),
    Room("exchange", "往来材料与函", exchange.HOLDINGS, exchange.export),
    Room("papers", "文书与文件", papers.HOLDINGS, papers.export),
    Room("notices", "通知", notices.HOLDINGS, notices.export),
    Room("access", "谁看得到、谁看过", access.HOLDINGS, access.export),
    Room("rights", "权利请求", rights.HOLDINGS, rights.export),
    Room("ledger", "台账", ledger.HOLDINGS, ledger.export),
)
