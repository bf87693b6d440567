"""The only place for documents somebody must have seen: licence and insurance."""
