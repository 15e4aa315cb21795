"""Code read as data: what a step runs, and what is found by name."""
