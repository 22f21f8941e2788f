"""Why a run failed, and whether that has happened before."""
