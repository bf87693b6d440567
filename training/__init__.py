"""Footing: the only place for training and clearance in back-walking massage."""
