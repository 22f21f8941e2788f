"""The trading pack: what about an order needs people, and what nobody may allow."""
