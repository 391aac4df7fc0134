"""Passes for the door; how long one is to hold, only the owner of the door can say."""

import jwt


def make(user_id, key):
    return jwt.encode({"sub": user_id}, key)
