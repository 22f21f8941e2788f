"""What can be done with a run; each public function is one transaction, or part of a larger one."""
