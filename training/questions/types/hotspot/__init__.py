"""The only place for hot-spots: regions marked on the body map, by tapping or from a list."""
