"""权利 rights as Django knows it."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "guitu.rights"
