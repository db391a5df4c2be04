from django.apps import AppConfig


class PrisonConfig(AppConfig):
    name = "guitu.prison"
    label = "prison"
