"""文书 papers: what the offices issue, receive and serve; numbered, set as PDF/A, sealed, encrypted."""
