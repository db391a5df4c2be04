"""监狱平台 prison as Django knows it."""

from django.apps import AppConfig


class PrisonConfig(AppConfig):
    name = "guitu.prison"
    label = "prison"
