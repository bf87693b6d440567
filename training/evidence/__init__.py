"""The only place for what happened: facts, append-only and chained, and the erasable texts they point to."""
