"""The schema's history. A new step: a file in versions/, its test, and docs/architecture.md."""
