"""Breaches of personal data: the list of an office, and the page of the person concerned."""
