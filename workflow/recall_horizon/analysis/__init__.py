"""Analysis: numbers out of tables and weights."""
