from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "guitu.exchange"
    label = "exchange"
