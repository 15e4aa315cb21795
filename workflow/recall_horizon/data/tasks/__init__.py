"""Tasks: one file each, with one class of the file's name.

The first line of a file's docstring says what the task is; the rest introduces it, on the page, to
someone who has not heard of it. A task is built with a length, which is the distance over which
something has to be remembered, and its options. It states the shape of its sequences, its loss and
its chance level, and draws sequences from an explicit generator: `recall_horizon.contract.Task`.
"""
