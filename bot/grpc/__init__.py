"""The gRPC interface for programs: requests of approval, and a stream of what becomes of them."""
