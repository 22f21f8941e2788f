"""What monitoring systems send, each in its own words, as alerts in ours."""
