"""The peopled house of the window, attacked instead of used."""

from tests.web.conftest import bare, fresh, peopled, peopled_template

__all__ = ["bare", "fresh", "peopled", "peopled_template"]
