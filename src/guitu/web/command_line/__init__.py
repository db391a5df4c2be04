"""The management verbs behind ``./guitu``; each module holds one group of verbs."""
