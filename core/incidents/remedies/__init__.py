"""What may help an incident: which runbooks, which of them run by themselves, and whether it helped."""
