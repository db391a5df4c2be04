"""通知 notices: who is told what and when; worded from the rulebook when it is read, over channels by adapter."""
