"""Moving in: what other programs export, written as parts of `wardroom.yaml`, with a report of what came along."""
