"""The lesson's experiment as its reader would write it: one script, one process, one loop.

The benchmark compares the pipeline with this. It trains what the study `lesson` trains: for each
length new data, and ten times a new model, 50 epochs and one evaluation at the end.
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


class FirstElementGRU(nn.Module):
    """One GRU layer and a linear layer on its last output."""

    def __init__(self, hidden_size: int = 32) -> None:
        super().__init__()
        self.gru = nn.GRU(1, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        out, _ = self.gru(x)
        return self.fc(out[:, -1, :])


class FirstElementAttention(nn.Module):
    """Embedded elements with learned positions; torch's attention, with the last as the query."""

    def __init__(self, length: int, hidden_size: int = 32) -> None:
        super().__init__()
        self.embedding = nn.Linear(1, hidden_size)
        self.positions = nn.Parameter(0.02 * torch.randn(length, hidden_size))
        self.attention = nn.MultiheadAttention(hidden_size, 1, batch_first=True)
        self.fc = nn.Linear(hidden_size, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        elements = self.embedding(x) + self.positions
        out, _ = self.attention(elements[:, -1:], elements, elements, need_weights=False)
        return self.fc(out[:, 0])


class FirstElementTransformer(nn.Module):
    """Embedded elements with learned positions; one encoder layer of torch's, read at the end."""

    def __init__(self, length: int, hidden_size: int = 32) -> None:
        super().__init__()
        self.embedding = nn.Linear(1, hidden_size)
        self.positions = nn.Parameter(0.02 * torch.randn(length, hidden_size))
        self.layer = nn.TransformerEncoderLayer(
            hidden_size, nhead=4, dim_feedforward=64, dropout=0.0, batch_first=True
        )
        self.fc = nn.Linear(hidden_size, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        return self.fc(self.layer(self.embedding(x) + self.positions)[:, -1])


def build(architecture: str, length: int) -> nn.Module:
    """The textbook form of an architecture of the package."""
    match architecture:
        case "lstm":
            return FirstElementLSTM()
        case "gru":
            return FirstElementGRU()
        case "attention":
            return FirstElementAttention(length)
        case "transformer":
            return FirstElementTransformer(length)
    raise ValueError(architecture)


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
