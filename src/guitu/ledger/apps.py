"""台账 ledger as Django knows it."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "guitu.ledger"
    label = "ledger"
