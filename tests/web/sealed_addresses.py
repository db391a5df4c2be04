"""Addresses of sealed files: who may open them, what changes something, what they answer where nothing is sealed."""

import uuid

_COUNTY, _HEAD, _PROCURATOR = "COUNTY_OFFICER", "COUNTY_HEAD", "PROCURATORATE"
_ONE = uuid.UUID(int=6)
SEALED = {
    "seal-form": {_COUNTY},
    "seal": {_COUNTY},
    "seal-decline": {_COUNTY},
    "sealed-queries": {_COUNTY, _HEAD, _PROCURATOR},
    "sealed-ask-form": {_COUNTY},
    "sealed-ask": {_COUNTY},
    "sealed-query": {_COUNTY, _HEAD, _PROCURATOR},
    "sealed-decide": {_HEAD},
    "sealed-look": {_COUNTY, _PROCURATOR},
    "sealing": {_COUNTY, _HEAD, _PROCURATOR},
    "sealing-correct": {_COUNTY},
    "sealing-decide": {_HEAD},
}
SEALED_PAGES = {
    "sealed-queries": "/sealed/",
    "sealed-ask-form": "/sealed/ask/",
    "sealed-ask": "/sealed/ask/send/",
    "sealed-query": f"/sealed/{_ONE}/",
    "sealed-decide": f"/sealed/{_ONE}/decide/",
    "sealed-look": f"/sealed/{_ONE}/look/",
    "sealing": f"/sealed/register/{_ONE}/",
    "sealing-correct": f"/sealed/register/{_ONE}/correct/",
    "sealing-decide": f"/sealed/register/{_ONE}/decide/",
}
SEALED_WRITES = {
    "seal",
    "seal-decline",
    "sealed-ask",
    "sealed-decide",
    "sealed-look",
    "sealing-correct",
    "sealing-decide",
}
SEALED_UNKNOWN = dict.fromkeys(("sealed-ask", "sealed-decide", "sealing-correct", "sealing-decide"), 400)
SEALED_UNKNOWN |= dict.fromkeys(("sealed-query", "sealed-look", "sealing"), 404)
SEALED_PATH = {name: {"query_id": _ONE} for name in ("sealed-query", "sealed-decide", "sealed-look")}
SEALED_PATH |= {name: {"sealing_id": _ONE} for name in ("sealing", "sealing-correct", "sealing-decide")}
