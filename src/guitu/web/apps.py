from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "guitu.web"
    label = "web"
