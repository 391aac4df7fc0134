"""What files tell the rules about themselves, one kind a file; rules name those that they need."""
