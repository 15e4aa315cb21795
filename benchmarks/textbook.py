"""The lesson's experiment as a reader of it would write it: one script, one process, one loop.

The benchmark measures the pipeline against this. It does the training of the study `lesson`: for
each length fresh data, ten times a fresh model, 50 epochs, one evaluation at the end.
"""

import argparse

import torch
from torch import nn


class FirstElementLSTM(nn.Module):
    """One LSTM layer and a linear layer on its last output."""

    def __init__(self, hidden_size: int = 32) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        h0 = torch.zeros(1, x.size(0), self.hidden_size)
        c0 = torch.zeros(1, x.size(0), self.hidden_size)
        out, _ = self.lstm(x, (h0, c0))
        return self.fc(out[:, -1, :])


def train(model: nn.Module, x: torch.Tensor, y: torch.Tensor, epochs: int) -> float:
    """Train `model` on all of (x, y) at once; return its final loss on them."""
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return criterion(model(x), y).item()


def main() -> None:
    """Train at every length, several times over, and print the final losses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="+", default=[5, 10, 20, 50, 100])
    parser.add_argument("--replicates", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=50)
    options = parser.parse_args()
    torch.manual_seed(0)
    for length in options.lengths:
        for _ in range(options.replicates):
            x = torch.randn(1000, length, 1)
            loss = train(FirstElementLSTM(), x, x[:, 0], options.epochs)
            print(f"T = {length}: final loss {loss:.4f}")


if __name__ == "__main__":
    main()
