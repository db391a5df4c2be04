"""帮扶平台 support as Django knows it."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "guitu.support"
    label = "support"
