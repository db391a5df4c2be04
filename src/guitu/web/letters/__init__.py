"""来函与去函: the letters desk of an addressee, writing and sending, and the one page of who is asked to attend."""
