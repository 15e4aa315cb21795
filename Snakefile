"""The workflow is in workflow/Snakefile; this is where Snakemake looks first."""

# As `include:`, and its default target is the default here as well.
workflow.include("workflow/Snakefile", overwrite_default_target=True)
