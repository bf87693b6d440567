"""The only place for what a sheet is, what ratings amount to, and who may sign. Pure."""
