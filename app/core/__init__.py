"""Ground that knows nothing of schools."""
