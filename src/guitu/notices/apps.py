"""通知 notices as Django knows it."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "guitu.notices"
    label = "notices"
