"""From words to an intent."""
