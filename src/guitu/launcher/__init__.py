"""启动器 launcher: environment, database server, processes and checks behind ``./guitu``; no room is imported."""
