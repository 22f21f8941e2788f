"""Dry runs: what steps say they would do, asked before anybody decides."""
