"""All that a decision costs, one after the other: `python -m bench.oversight`.

Evaluations of the trading pack, decisions on SQLite, on PostgreSQL and of two processes there, and a million
due times that wait. Each part is a benchmark of its own; see bench/README.md.
"""

import subprocess
import sys

PARTS = ("policies", "decisions", "two_processes", "deadlines")


def main() -> int:
    """Run every part in a process of its own, so that none is warmed or burdened by another; 1 if one missed."""
    missed = [
        part
        for part in PARTS
        if subprocess.run([sys.executable, "-m", f"bench.{part}"], check=False).returncode
    ]
    print(f"missed: {', '.join(missed)}" if missed else "every target is reached")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
