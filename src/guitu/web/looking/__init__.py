"""Looking: the reason given first, emergency looks and their review, exports of lists."""
