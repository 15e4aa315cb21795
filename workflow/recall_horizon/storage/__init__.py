"""Storage: files that appear whole or not at all, tables, provenance."""
