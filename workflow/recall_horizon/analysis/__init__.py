"""Analysis: numbers computed from tables and weights."""
