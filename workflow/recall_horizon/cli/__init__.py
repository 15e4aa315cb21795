"""One module per step of the pipeline: each parses its arguments, calls the package, writes."""
