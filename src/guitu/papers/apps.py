"""文书 papers as Django knows it."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "guitu.papers"
    label = "papers"
