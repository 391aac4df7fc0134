"""Makes text of files safe to show: nothing in it can steer a terminal."""


def printable(text: str) -> str:
    """Write control characters out, so that no file name or source text can steer a terminal."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
