"""What runs inside pytest: for now the outcome plugin that gates inject."""
