"""The open door: programs and pages that follow what happens over a WebSocket."""
