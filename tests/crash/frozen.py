"""Loaded last by the servers that processes are forked from: what was loaded before is not looked through by each fork."""

import gc

gc.collect()
gc.freeze()
