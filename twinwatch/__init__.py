"""The application: wires config, crawler, nlp and store."""
