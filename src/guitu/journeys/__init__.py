"""流程与时限 journeys: states, moves, clocks; knows nothing of prisons or counties."""
