"""A user's own model, in any folder and environment in which the pipeline runs."""

from ..conftest import DOWNSTREAM

NET = """
import torch
from my_layers import channels


class Net(torch.nn.Module):
    def __init__(self, shape, width: int = 4) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(channels(width), torch.nn.Linear(width, 1))

    def forward(self, x):
        return self.layers(x[:, -1])
"""
LAYERS = "import torch\n\n\ndef channels(width):\n    return torch.nn.Linear(1, width)\n"
# A huge step size overflows the loss within an epoch or two.
DIVERGING = "{architecture: lstm, lengths: [3], replicates: 3, training: {learning_rate: 1.0e+30,"
DIVERGING += " epochs: 10, evaluate_at: []}}"
MODELS = "models=[lstm,mine,diverging]"
MINE = "{architecture: 'my_net:Net', options: {width: 3}}"
ZOO = f"model_zoo={{mine: {MINE}, diverging: {DIVERGING}}}"
HEADLINE = "analysis={headline_model: diverging}"
OWN = [MODELS, ZOO, HEADLINE]
CONVOLUTION = "model_zoo={lstm: {architecture: 'examples.dilated_convolution:DilatedConvolution'}}"


def test_a_users_models_run_anywhere_may_diverge_and_are_retrained_alone(copy, tmp_path):
    """In a folder with a difficult name, called without activating the environment; the model has
    neither label nor colour, and imports a module next to it."""
    project = copy('my work, "α" & co\'s')
    library = tmp_path / "my library"
    library.mkdir()
    (library / "my_net.py").write_text(NET)
    (library / "my_layers.py").write_text(LAYERS)
    shell = {"PYTHONPATH": str(library), "PATH": "/usr/bin:/bin"}
    project.snakemake("--config", *OWN, **shell)
    rows = project.rows("losses")
    mine = [row for row in rows if row["model"] == "mine"]
    assert len(mine) == 2 * 4 * 3  # lengths, replicates, evaluated epochs
    page = (project.root / "results/smoke/report.html").read_text()
    assert "mine" in page

    # a diverging replicate is a row, and the others continue
    diverged = [row for row in rows if row["status"] == "diverged"]
    assert len(diverged) == 3  # every replicate ends with one row, at the model's one length
    assert {row["model"] for row in diverged} == {"diverging"}
    assert "4 of" not in page
    assert ">3</td></tr>" in page  # and the page counts them
    assert "diverging (3 replicates)" in page

    assert not project.would_run("--config", *OWN, **shell)
    wider = [MODELS, ZOO.replace("width: 3", "width: 4"), HEADLINE]
    jobs = project.would_run("--config", *wider, **shell)
    assert jobs["train"] == 4  # two lengths, two shards, of one model of three
    assert jobs["probe"] == 1
    assert set(jobs) == {"train", "describe", *DOWNSTREAM}
    (library / "my_layers.py").write_text(LAYERS.replace("Linear(1, width)", "Linear(1, width, 1)"))
    assert project.would_run("--config", *OWN, **shell)["train"] == 4


def test_modules_next_to_the_snakefile_are_found_wherever_snakemake_runs(project, tmp_path):
    """As the check of the config finds them, even if the working folder is another one."""
    words = ["--snakefile", str(project.root / "Snakefile"), "--directory", str(tmp_path)]
    files = [str(project.root / f"config/{name}.yaml") for name in ("config", "smoke")]
    words += ["--configfile", *files, "--config", CONVOLUTION]
    project.snakemake(*words, "--", "results/smoke/tables/models.csv", study=None)
    assert "DilatedConvolution" in (tmp_path / "results/smoke/tables/models.csv").read_text()
