"""交接 handover as Django knows it."""

from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "guitu.handover"
    label = "handover"
