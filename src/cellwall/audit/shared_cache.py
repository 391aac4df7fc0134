"""What a shared cache may do with an answer, by RFC 9111: keep it, and give it to somebody else."""

from __future__ import annotations

from cellwall.audit.exchange import Request, Response


def directives(response: Response) -> dict[str, str]:
    """Give the directives of Cache-Control, lower case, with their arguments."""
    parts = ",".join(response.all_headers("cache-control")).lower().split(",")
    pairs = (part.strip().partition("=") for part in parts if part.strip())
    return {name: value.strip('"') for name, _, value in pairs}


def may_keep(request: Request, response: Response) -> str:
    """Say by which words a shared cache may keep the answer (RFC 9111, 3 and 3.5); "" where it may not."""
    told = directives(response)
    if request.method != "GET" or response.status != 200 or "no-store" in told or "private" in told:
        return ""
    if _seconds(told.get("s-maxage", "")) or ("public" in told and "no-cache" not in told):
        return f"Cache-Control: {', '.join(response.all_headers('cache-control'))}"
    signed = any(name.lower() == "authorization" for name, _ in request.headers)
    if signed or "no-cache" in told:
        return ""
    if _seconds(told.get("max-age", "")):
        return f"Cache-Control: {', '.join(response.all_headers('cache-control'))}"
    return f"Expires: {response.header('expires')}" if response.header("expires") and not told else ""


def distinguishes(response: Response, mine: Request, other: Request) -> bool:
    """Whether `Vary` keeps the answer from the other request (RFC 9111, 4.1)."""
    names = {name.strip().lower() for line in response.all_headers("vary") for name in line.split(",")}
    if "*" in names:
        return True
    first, second = ({name.lower(): value for name, value in each.headers} for each in (mine, other))
    return any(first.get(name) != second.get(name) for name in names)


def _seconds(text: str) -> int:
    return int(text) if text.isdecimal() else 0
