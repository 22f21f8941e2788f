"""What a message, click or command does; knows no platform."""
