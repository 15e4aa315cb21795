"""Architectures: one file each, with one class of the file's name.

An architecture is an `nn.Module` that is built from the task's shape
(`recall_horizon.contract.Shape`, which says what shapes sequences and predictions have) and its
options, and maps sequences to predictions:

    Architecture(shape, **options)(x) -> predictions

It is built for the longest sequences that it is trained on, and answers at the last steps of
shorter and of longer ones too; where it cannot, it raises a ValueError.

An architecture that cannot see everything, regardless of its weights, says what it sees in
`self.view` (`recall_horizon.contract.View`): the task then knows its best possible score, and
studies check it. If little training is enough to reach that score, its class also sets
`reaches_ceiling = True`. One that sees the sequence only through a recurrent state sets
`recurrent = True`.

`self.state_size` is the number of numbers that the model keeps of what it has read: those carried
from one step to the next, and those of earlier steps that are read at the end. A class whose width
is an option other than `hidden_size` names it: `width_option = "channels"`, a literal that is read
without importing the class.
"""
