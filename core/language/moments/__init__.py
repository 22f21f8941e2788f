"""How people say when: a small grammar over words."""
