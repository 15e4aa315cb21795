"""Architectures: one file each, with one class of the file's name.

An architecture is an `nn.Module` that is built from the sequence length and its options, and maps
sequences to predictions:

    Architecture(length, **options)(x) -> y

where x has shape (batch, T, 1) and y has shape (batch, 1), both float32.

An architecture whose best possible score on a task is known exactly sets
`self.r2_ceiling = {task: R²}`; if little training is enough to reach it, its class also sets
`reaches_ceiling = True`. Studies check both. An architecture that sees the sequence only through
a recurrent state sets `recurrent = True`.

`self.state_size` is the number of numbers that the model keeps of what it has read: those carried
from one step to the next, and those of earlier steps that are read at the end. A class whose width
is an option other than `hidden_size` names it: `width_option = "channels"`, a literal that is read
without importing the class.
"""
