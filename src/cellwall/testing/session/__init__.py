"""`cellwall test`: one pytest session by category, over real services, told as JUnit, JSON and HTML."""
