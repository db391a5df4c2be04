"""The window as an application of Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "guitu.web"
    label = "web"
