"""The domain: no network, no chat SDK, no scheduler, no environment."""
