"""Objects of the core, drawn as platform-neutral cards."""
