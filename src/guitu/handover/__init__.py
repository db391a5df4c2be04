"""交接 handover: send, acknowledge, refuse, move responsibility."""
