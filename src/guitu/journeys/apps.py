"""流程与时限 journeys as Django knows it."""

from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "guitu.journeys"
    label = "journeys"
