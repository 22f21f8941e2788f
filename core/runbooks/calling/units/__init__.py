"""What a step that runs another runbook hears of it, and tells it; each public function is one transaction."""
