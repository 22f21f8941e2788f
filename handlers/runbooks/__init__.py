"""What people do with runbooks and runs, and how words become one."""
