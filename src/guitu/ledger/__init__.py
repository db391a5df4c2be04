"""台账 ledger: append-only entries, their erasable payloads, one verb `record`."""
