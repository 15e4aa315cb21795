"""What the wheel has beside its modules: the whole workflow, where storage/project.py finds it."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WholeProject(BuildHookInterface):
    """Puts the project's files into the package; an editable install uses those of the clone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add each of `SOURCES`, and of the folder `workflow` all that is no package."""
        if version == "editable":
            return
        root = Path(self.root)
        project = runpy.run_path(str(root / "workflow/recall_horizon/storage/project.py"))
        for name in project["SOURCES"]:
            if name != "workflow":
                build_data["force_include"][name] = f"recall_horizon/project/{name}"
        packages = ("recall_horizon", *project["PLUGINS"], "__pycache__")
        for path in (root / "workflow").iterdir():
            if path.name not in packages:
                where = f"workflow/{path.name}"
                build_data["force_include"][where] = f"recall_horizon/project/{where}"
