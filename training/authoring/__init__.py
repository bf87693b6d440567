"""Authoring: every kind of content read together, checked against each other, and published in one go."""
