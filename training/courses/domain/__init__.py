"""What a module, the body map, a source and a published edition are."""
