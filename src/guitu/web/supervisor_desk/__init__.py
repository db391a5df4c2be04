"""监督看板 the supervisor's board."""
