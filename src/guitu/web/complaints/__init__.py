"""Complaints to the procuratorate: the person writes, the procuratorate answers, a counter takes in envelopes."""
