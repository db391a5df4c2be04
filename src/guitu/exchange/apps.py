"""数据共享中心 exchange as Django knows it."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "guitu.exchange"
    label = "exchange"
