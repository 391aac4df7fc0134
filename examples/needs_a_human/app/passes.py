"""The key that signs passes: what belongs here instead, and where it is kept, only its owner can say."""

JWT_SECRET = "d41d8cd98f00b204e9800998"
