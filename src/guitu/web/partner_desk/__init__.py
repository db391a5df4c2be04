"""The desk of a partner unit: what it offers, and who was referred to it with their consent."""
