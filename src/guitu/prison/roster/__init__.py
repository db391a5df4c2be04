"""名册接收: a prison's spreadsheet becomes a report, before anything is written. Pure Python, no database, no clock.

`template` and `remarks` write workbooks and are imported by name where they are used, because they load openpyxl.
"""

from guitu.prison.roster.checking import check_roster
from guitu.prison.roster.report import Problem, Report, RosterRefusedError, Row, Sheet

__all__ = ["Problem", "Report", "RosterRefusedError", "Row", "Sheet", "check_roster"]
