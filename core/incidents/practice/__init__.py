"""How a team does with its incidents, in figures: how fast, how often, how loud, how much of it for nothing."""
