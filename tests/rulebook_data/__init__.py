"""The national rulebook data as it is shipped, compared with lists written out by hand."""
