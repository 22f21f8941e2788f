"""The review of an incident: what happened, in figures and words, and what is learnt from it."""
