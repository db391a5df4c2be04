"""授权 access as Django knows it."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "guitu.access"
    label = "access"
