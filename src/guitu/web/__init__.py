"""窗口 web: desks, addresses and command line; the top floor, where the clock is read."""
