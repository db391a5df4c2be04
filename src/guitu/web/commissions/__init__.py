"""司法所委托 the commissions of township offices."""
