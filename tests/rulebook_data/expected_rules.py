"""What the law reference lists, written out by hand: id, kind, evidence, statutory limit, service limit.

Limits: h hours, d days, wd working days, m months, y years, - none. Of a row with several limits the record's own.
"""

from __future__ import annotations

TERMS = """
CC-TERM-01 term M - -
CC-TERM-02 term M - -
CC-TERM-03 term M - -
CC-TERM-04 term M - -
CC-TERM-05 norm V - -
"""
INQUIRY = """
CC-INV-01 norm M - -
CC-INV-02 deadline M - 1wd
CC-INV-03 deadline M 10wd -
CC-INV-04 deadline M 5wd -
CC-INV-05 norm M - -
CC-INV-06 norm M - -
CC-INV-07 norm M - -
CC-INV-08 norm M - -
"""
DELIVERY = """
CC-RECV-01 deadline M 5d -
CC-RECV-02 deadline V 10d -
CC-RECV-02b deadline M 5d -
CC-RECV-03 deadline M 5d -
CC-RECV-04 deadline P 10d -
CC-RECV-05 deadline V 10d -
CC-RECV-06 deadline V 10d -
CC-RECV-07 norm M - -
CC-RECV-08 norm M - -
CC-RECV-09 deadline M - 0d
CC-RECV-10 norm M - -
"""
ENTRY = """
CC-ENT-01 deadline M - 3d
CC-ENT-02 norm M - -
CC-GRP-01 norm M - -
CC-GRP-02 norm V - -
CC-GRP-03 norm V - -
CC-PLAN-01 deadline M - 10d
CC-CLS-01 deadline M - 3m
"""
REPORTING = """
CC-RPT-01 norm M - -
CC-RPT-02 deadline M - 24h
CC-RPT-03 norm M - -
CC-RPT-04 deadline M 1m -
CC-RPT-05 deadline M 3m -
CC-RPT-06 norm M - -
CC-CHK-01 norm V - -
CC-MEET-01 norm M - -
CC-MEET-02 norm V - -
"""
ABSENCE = """
CC-OUT-00 norm M - -
CC-OUT-01 norm M - -
CC-OUT-02 deadline M 3d -
CC-OUT-03 term M 7d -
CC-OUT-04 term M 30d -
CC-OUT-05 counter M 30d -
CC-OUT-06 norm M - -
CC-OUT-07 deadline M 0d -
CC-OUT-08 norm M - -
CC-FREQ-01 term M 6m -
CC-MOVE-01 deadline M 1m -
CC-MOVE-02 deadline M 5d -
CC-MOVE-03 deadline M 5d -
CC-MOVE-04 deadline M 5d -
CC-MOVE-05 deadline M 5d -
CC-MOVE-06 deadline M 5d -
CC-MOVE-07 deadline M 7d -
CC-MOVE-08 deadline M 5d -
CC-EXIT-01 norm P - -
"""
PROHIBITION = """
CC-BAN-01 norm V - -
CC-BAN-02 norm M - -
CC-BAN-03 norm V - -
CC-BAN-04 norm V - -
"""
LOCATION = """
CC-EM-01 norm V - -
CC-EM-02 norm V - -
CC-EM-03 term V 3m -
CC-EM-04 norm V - -
CC-EM-05 norm M - -
CC-EM-06 norm M - -
CC-EM-07 deadline M - 7d
CC-EM-08 norm M - -
"""
MEASURES = """
CC-ASM-01 norm M - -
CC-ASM-02 norm M - -
CC-RWD-01 term M 6m -
CC-PUN-01 norm P - -
CC-PUN-02 norm P - -
CC-PUN-03 norm P - -
CC-RED-01 deadline M 30d -
"""
RECALL = """
CC-LOST-01 deadline M - 2h
CC-LOST-02 deadline M - 24h
CC-LOST-03 norm M - -
CC-LOST-04 counter P 1m -
CC-DET-01 deadline M 3d -
CC-REV-01 norm P - -
CC-REV-02 norm M - -
CC-REV-03 deadline V 30d -
CC-REV-04 norm V - -
CC-ARR-01 norm M - -
CC-ARR-02 deadline V 48h -
CC-ARR-03 deadline V 30d -
CC-ARR-04 norm V - -
CC-REC-01 norm M - -
CC-REC-02 deadline V 30d -
CC-REC-03 norm V - -
CC-REC-04 norm M - -
CC-NEW-01 norm V - -
CC-EMG-01 norm M - -
"""
ENDING = """
CC-END-01 deadline M 30d -
CC-END-02 norm M - -
CC-END-03 deadline V 0d -
CC-END-04 norm M - -
CC-END-05 deadline M 0d -
CC-END-06 norm V - -
CC-END-07 norm P - -
CC-END-08 deadline V 0d -
"""
JUVENILES_AND_OVERSIGHT = """
CC-JUV-01 norm V - -
CC-JUV-02 norm V - -
CC-JUV-03 norm M - -
CC-JUV-04 norm V - -
CC-JUV-05 norm V - -
CC-JUV-06 deadline P 3d -
CC-JUV-07 norm P - -
CC-JUV-08 norm V - -
CC-JUV-09 norm V - -
CC-SUP-01 norm V - -
CC-SUP-02 norm V - -
CC-SUP-03 norm V - -
CC-SUP-04 norm V - -
CC-SUP-05 norm V - -
"""
EDUCATION_AND_HELP = """
CC-EDU-01 norm M - -
CC-EDU-02 norm V - -
CC-CIV-01 norm M - -
CC-PSY-01 norm P - -
CC-HELP-01 norm M - -
CC-HELP-02 norm M - -
"""
RELEASE = """
RS-01 deadline V 0d -
RS-02 norm V - -
RS-03 norm V - -
RS-04 norm V - -
RS-05 norm V - -
RS-06 norm V - -
RS-07 norm V - -
RS-08 term V 3y -
RS-09 norm V - -
RS-10 deadline P 1m -
RS-11 deadline V 30d -
RS-12 deadline P 3m -
RS-13 deadline M - 60d
RS-14 deadline P - 1m
RS-15 deadline P - 7d
RS-16 deadline M - 0d
RS-17 deadline P 7d -
RS-18 deadline M - 10d
RS-19 term P 5y -
RS-20 deadline P 6m -
RS-21 norm V - -
RS-22 norm V - -
RS-23 norm V - -
RS-24 norm M - -
RS-25 norm P - -
"""
LATENESS = """
RH-LADDER deadline M - 1wd
RH-DUE-SOON deadline M - 1wd
"""

RETURN_HOME = """
RH-VERIFY deadline M - 1m
RH-TRAINING deadline M - 12m
RH-EDUCATION deadline P 3m -
RH-ASSESS deadline M - 60d
RH-NOTICE deadline M - 1m
RH-ACK deadline M - 48h
RH-RESEND deadline M - 2d
RH-RULING deadline M - 5wd
RH-NO-RECEIVER deadline M - 48h
RH-FIRST-ANSWER deadline M - 4h
RH-PICKUP deadline M - 7d
RH-MEDICAL deadline M - 7d
RH-RELEASE deadline M - 0d
RH-WELFARE deadline M - 2h
RH-REGISTER deadline P 7d -
RH-PLACE deadline M - 8d
RH-FOLLOW deadline M - 1m
RH-EVAL deadline M - 12m
RH-AT-ONCE deadline M - 24h
RH-MINUTES deadline M - 7d
RH-ARRIVAL deadline M - 0h
RH-MATTER deadline M - 5wd
RH-LETTER deadline M - 5wd
RH-ASKED deadline M - 2wd
"""
PARTNERS = """
RH-REFERRAL deadline M - 3wd
"""
LOOKING = """
RH-GLASS-REVIEW deadline M - 1wd
"""
IMPACT = """
IA-TERM deadline M - 24m
IA-KEEP deadline M 3y -
"""
RIGHTS = """
RD-ANSWER deadline M - 15d
RD-REDECIDE deadline M - 5wd
RD-KEEP deadline M - 60m
RD-COMPLAINT deadline M - 30d
RD-WORSENED deadline M - 90d
RD-WORSENED-REVIEW deadline M - 15d
RD-SEALED-LOOK deadline M - 7d
RD-SEALED-DECIDE deadline M - 3wd
RD-BREACH-AUTHORITY deadline M - 24h
RD-BREACH-PERSONS deadline M - 3wd
"""
RETENTION = """
RK-LEAST-RECORDS deadline V 3y -
RK-LEAST-LOGS deadline M 6m -
RK-TRACE deadline M - 60m
RK-SIGN-IN deadline M - 12m
RK-PROVIDED deadline M - 60m
RK-NOTICE deadline M - 24m
RK-MESSAGE deadline M - 12m
"""
REPEALED_2012 = """
OLD-2012-DOC deadline M 3wd -
OLD-2012-OUT-7 term M 7d -
OLD-2012-OUT-MONTH term M 1m -
OLD-2012-WARN norm M - -
OLD-2012-STUDY counter M 8h -
OLD-2012-SERVICE counter M 8h -
"""
FILES = {
    "looking": LOOKING,
    "impact": IMPACT,
    "retention": RETENTION,
    "rights": RIGHTS,
    "terms": TERMS,
    "community_inquiry": INQUIRY,
    "delivery": DELIVERY,
    "entry": ENTRY,
    "reporting": REPORTING,
    "absence_and_transfer": ABSENCE,
    "prohibition": PROHIBITION,
    "location": LOCATION,
    "measures": MEASURES,
    "recall": RECALL,
    "ending": ENDING,
    "juveniles_and_oversight": JUVENILES_AND_OVERSIGHT,
    "education_and_help": EDUCATION_AND_HELP,
    "release": RELEASE,
    "return_home_clocks": RETURN_HOME,
    "lateness": LATENESS,
    "partners": PARTNERS,
    "repealed_2012": REPEALED_2012,
}
BACKWARD = {
    *("CC-OUT-02", "CC-MOVE-01", "CC-EM-07", "CC-END-01", "RS-12", "RS-13", "RS-14"),
    *("RH-TRAINING", "RH-EDUCATION", "RH-ASSESS", "RH-NOTICE", "RH-PICKUP", "RH-MEDICAL", "RH-DUE-SOON"),
}
"""Clocks that end before their anchor."""
NEVER_EXTENDED_IN_CUSTODY = {"CC-RECV-06", "CC-ARR-02", "CC-ARR-03", "RS-01"}
"""Clocks whose running keeps the person in custody."""
IMMEDIATE = {
    *("CC-INV-02", "CC-INV-06", "CC-RECV-07", "CC-RPT-02", "CC-OUT-08", "CC-BAN-04", "CC-ASM-02", "CC-LOST-01"),
    *("CC-LOST-02", "CC-ARR-04", "CC-REC-03", "CC-EMG-01", "CC-END-06", "CC-SUP-01", "CC-SUP-02", "RS-05"),
    *("RD-BREACH-AUTHORITY", "RD-BREACH-PERSONS"),
}
"""立即 or 及时 without a number of days."""
VARIANTS = {
    "CC-TERM-03": {"life_sentence": "10y -"},
    "CC-INV-03": {"fast_track": "5wd -"},
    "CC-OUT-05": {"window_length": "2m -"},
    "CC-EM-03": {"extension": "3m -"},
    "RS-08": {"four_years": "4y -", "five_years": "5y -"},
    "RS-10": {"short_sentence": "14d -"},
    "RS-18": {"visit_key": "- 1m", "visit_general": "- 3m"},
    "RS-19": {"correction_ended_five_years": "5y -", "correction_ended": "3y -"},
    "RH-VERIFY": {"short_sentence": "- 14d"},
    "RH-NO-RECEIVER": {"city": "- 48h", "province": "- 7d", "nation": "- 14d"},
    "RH-FOLLOW": {"month_1": "- 1m", "month_3": "- 3m", "month_6": "- 6m", "month_12": "- 12m", "yearly": "- 1y"},
    "RH-EVAL": {"month_12": "- 12m", "end_of_term": "- 0d"},
}
"""The other limits of rows with several limits: statutory and service."""
