"""A study's files described as an RO-Crate: what each is, which rule made it, from what.

It follows the profiles Process Run Crate 0.5 and Workflow RO-Crate 1.0
(https://www.researchobject.org/workflow-run-crate/): the workflow is the crate's main entity, and
there is an action for each rule, whose results are the files that it made.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.softwareapplication import SoftwareApplication
from rocrate.rocrate import ROCrate

from recall_horizon.storage import layout

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
# The main workflow, a path in the crate.
WORKFLOW = "workflow/Snakefile"
MEDIA = {
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "yaml": "application/yaml",
}


def metadata(
    provenance: Mapping[str, Any],
    files: Iterable[str],
    results: str,
    described: Mapping[str, str],
    licence: str,
    made: str,
) -> str:
    """The content of `ro-crate-metadata.json`.

    Args:
        provenance: where the study's numbers come from, by `provenance.gather`.
        files: paths in the crate.
        results: the folder of the study's results in it, such as `results/default`.
        described: what some files are, by their paths.
        licence: an SPDX identifier.
        made: when the study was made, as ISO 8601.
    """
    study = provenance["study"]
    crate = ROCrate(version="1.1")
    crate.name = f"recall-horizon, study {study['study']}"
    crate.description = (
        "How far back sequence models remember: configuration, tables, figures, page and paper of "
        f"a study (task {study['task']['name']}, seed {study['seed']}), and the workflow that made "
        "them."
    )
    crate.license = f"https://spdx.org/licenses/{licence}"
    crate.datePublished = made
    for address, name in PROFILES.items():
        profile = {"@type": "CreativeWork", "name": name, "version": address.rsplit("/", 1)[1]}
        crate.add(ContextEntity(crate, address, properties=profile))
    crate.root_dataset["conformsTo"] = [{"@id": address} for address in PROFILES]
    workflow = crate.add_workflow(
        dest_path=WORKFLOW,
        main=True,
        lang="snakemake",
        properties={"name": "recall-horizon", "version": provenance["code"]["commit"] or "unknown"},
    )
    made_by = defaultdict(list)
    for path in sorted(set(files) - {WORKFLOW}):
        kind = path.rpartition(".")[2]
        about = {"name": path, "encodingFormat": MEDIA.get(kind, "application/octet-stream")}
        if path in described:
            about["description"] = described[path]
        file = crate.add_file(dest_path=path, properties=about)
        inside = path.removeprefix(f"{results}/")
        if inside != path and (rule := layout.rule_of(inside)):
            made_by[rule].append(file)
    software = _software(crate, provenance)
    for rule, made_files in sorted(made_by.items()):
        crate.add_action(
            instrument=[workflow, *software],
            identifier=f"#{rule}",
            result=made_files,
            properties={"name": f"rule {rule} of the workflow", "endTime": made},
        )
    return json.dumps(crate.metadata.generate(), indent=2, sort_keys=True) + "\n"


def _software(crate: ROCrate, provenance: Mapping[str, Any]) -> list[ContextEntity]:
    """The versions that trained, and those that made tables and figures."""
    versions = [f"trained with {text}" for text in provenance["training"]["versions"]]
    machine = provenance["machine"]["versions"].items()
    versions.append("tables made with " + ", ".join(f"{name} {v}" for name, v in machine))
    return [
        crate.add(SoftwareApplication(crate, f"#software-{i}", {"name": text}))
        for i, text in enumerate(versions, start=1)
    ]
