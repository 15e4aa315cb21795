"""What is refused before the configuration is read: what would change a run without a word.

This file is next to the package so that Snakemake, which lets a Snakefile import from its own
folder, finds the package.
"""

import os
import re
import shlex
import sys
from pathlib import Path

from snakemake.cli import get_argument_parser
from snakemake.exceptions import WorkflowError
from snakemake.utils import find_bash_on_windows

try:
    from recall_horizon.code.version import __version__ as INSTALLED_VERSION
except ModuleNotFoundError:
    INSTALLED_VERSION = None

# From a repository's address Snakemake fetches rules alone, and not the package that they call.
if not isinstance(workflow.current_basedir, os.PathLike):
    source = Path(workflow.source_path("recall_horizon/code/version.py")).read_text()
    wanted = re.search('__version__ = "(.+)"', source)[1]
    if INSTALLED_VERSION != wanted:
        base = workflow.current_basedir
        host = getattr(base, "host", None)
        place = f"https://{host}/{base.repo}" if host else Path(base.repo_path).resolve().as_uri()
        raise WorkflowError(
            f"{base.get_path_or_uri(secret_free=True)} is the workflow of recall-horizon {wanted}, "
            f"and {INSTALLED_VERSION or 'none'} is installed here. Install it beside Snakemake: "
            f'pip install "git+{place}@{base.ref}"'
        )

from recall_horizon.cli._repeats import read_once
from recall_horizon.config.strict import check_argument, check_file
from recall_horizon.cli._environment import print_anything, refuse_namesakes
from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage import project

# In any locale: what Snakemake prints may have characters of a label, or of a path.
print_anything()
for handler in workflow.logger_manager.logfile_handlers:
    handler.stream.reconfigure(encoding="utf-8", errors="backslashreplace")

PROJECT = project.ROOT.resolve()
CONFIG = Path("config/config.yaml")
NO_CONFIG = (
    f"there is no {CONFIG} in {Path.cwd()}, where Snakemake runs. Run it in the project's folder, "
    f"or add --directory {shlex.quote(str(PROJECT))}"
)

if set("{}") & set(f"{Path.cwd()}{PROJECT}"):
    raise WorkflowError("Snakemake fills in what is in { and } in a path: rename the folder")

# On Windows Snakemake would take cmd.exe.
if not shell.get_executable():
    shell.executable(find_bash_on_windows())
if not shell.get_executable():
    raise WorkflowError("jobs are commands of bash, which is not here: run in WSL, or install Git")

UNTIL = set()  # what the option --until names


def refuse_what_snakemake_would_not():
    """Refuse what Snakemake, Python or YAML would drop or take for something else."""
    refuse_namesakes([Path.cwd(), PROJECT, PROJECT / "workflow"])
    if not workflow.modifier.is_main_snakefile():
        return  # of a module, arguments and configuration are another workflow's
    if Path(sys.argv[0]).name == "snakemake" or Path(sys.argv[0]).match("snakemake/__main__.py"):
        UNTIL.update(read_once(get_argument_parser(), sys.argv[1:]).until)
        for argument in workflow.config_settings.config_args or ():
            check_argument(argument)
    own = [CONFIG] if CONFIG.exists() else []
    for file in [*own, *workflow.config_settings.configfiles]:
        check_file(Path(file))


# A cluster's jobs run Snakemake once more: what they receive is checked, and not as it was written.
if workflow.is_main_process:
    try:
        refuse_what_snakemake_would_not()
    except RecallHorizonError as error:
        raise WorkflowError(str(error)) from None

# As for jobs, also where Snakemake was started without it; last, so that it hides no other module.
if str(Path.cwd()) not in sys.path:
    sys.path.append(str(Path.cwd()))

LACKS_CONFIG = not (workflow.modifier.skip_configfile or CONFIG.exists())
if LACKS_CONFIG and not workflow.config_settings.configfiles:
    raise WorkflowError(NO_CONFIG)
