"""What can be seen without asking the application: its code, its dependencies, its database's rights."""
