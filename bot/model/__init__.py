"""The language model, where there is one: within its bounds, for answers, drafts, summaries and opinions."""
