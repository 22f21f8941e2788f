"""Policies tried before they judge anybody: cases from files, and past requests once more."""
