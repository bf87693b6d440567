"""The only place for the demo spa: people, documents and a little history, made through the same doors as real ones."""
