"""The only place for single choice: one option is right."""
