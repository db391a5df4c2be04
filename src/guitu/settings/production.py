"""A real installation: safe by default, secrets from the environment or GUITU_HOME/keys, no demonstration sign-ins."""

import os

from django.core.exceptions import ImproperlyConfigured

from guitu.settings.base import *  # noqa: F403
from guitu.settings.base import _secret

DEBUG = False
SECRET_KEY = _secret("django_key", "django-secret-key")
ALLOWED_HOSTS = [host for host in os.environ.get("GUITU_HOSTS", "").split(",") if host]
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("GUITU_HOSTS must name the addresses under which this installation is reached")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
GUITU_PASSKEY_HOST = os.environ.get("GUITU_PASSKEY_HOST", ALLOWED_HOSTS[0])
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^api/v1/(?!docs|openapi)"]  # refused there, never led on: web/gate.py
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
CSRF_COOKIE_SECURE = True
GUITU_COOKIES_SECURE = True
CSRF_COOKIE_NAME = "__Host-guitu_csrf"
LANGUAGE_COOKIE_NAME = "__Host-guitu_language"
LANGUAGE_COOKIE_SECURE = True
GUITU_BEHIND_PROXY = True
