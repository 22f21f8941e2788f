"""The gRPC interface through a real client."""
