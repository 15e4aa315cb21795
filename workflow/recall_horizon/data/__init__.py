"""Data: tasks, and the datasets made of them."""
