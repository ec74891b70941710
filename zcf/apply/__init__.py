"""Applying a plan: lock, back up, write atomically, all or nothing, and remember in a receipt how to take it back."""
