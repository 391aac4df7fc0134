"""What users do with the platform."""
