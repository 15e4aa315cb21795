"""A model from outside the package goes through the whole pipeline, and its code counts."""

import csv

OWN = [
    "models=[lstm,convolution]",
    "model_zoo={convolution: {architecture: 'examples.dilated_convolution:DilatedConvolution', "
    "options: {channels: 4}, label: Own, colour: '#009E73'}}",
]


def test_a_model_of_ones_own_is_trained_and_its_edit_retrains_it_alone(ran):
    ran.snakemake("--config", *OWN)
    with (ran.root / "results/smoke/tables/losses.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["model"] == "convolution"]
    assert len(rows) == 2 * 4 * 3  # lengths, replicates, evaluated epochs
    assert "Own" in (ran.root / "results/smoke/report.html").read_text()
    assert not ran.would_run("--config", *OWN)
    ran.edit("examples/dilated_convolution.py", "reach, inputs = 2 *", "reach, inputs = 1 + 1 *")
    assert ran.would_run("--config", *OWN)["train"] == 4


def test_an_architecture_that_cannot_be_found_is_refused(project):
    for wrong, said in (
        ("examples.nowhere:Net", "there is no module examples.nowhere"),
        ("examples.dilated_convolution:Net", "defines no Net"),
    ):
        change = f"model_zoo={{lstm: {{architecture: '{wrong}'}}}}"
        output = project.snakemake("--config", change, fails=True)
        assert said in output
        assert "Traceback" not in output
