"""Training: the loop, and what a job needs to stop and resume."""
