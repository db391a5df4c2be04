"""评估 evaluation as Django knows it."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "guitu.evaluation"
    label = "evaluation"
