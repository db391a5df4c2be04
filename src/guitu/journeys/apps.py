from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "guitu.journeys"
    label = "journeys"
