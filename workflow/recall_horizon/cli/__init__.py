"""One module a step of the pipeline: each parses its arguments, calls the package, writes."""
