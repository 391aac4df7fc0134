"""A patch as bytes and as a file: canonical JSON, contents in base64, digest = SHA-256 of the bytes."""

from pathlib import Path

from cellwall.migrate.batch import Batch, Patch


def patch_to_bytes(patch: Patch) -> bytes:
    raise NotImplementedError


def patch_from_bytes(data: bytes) -> Patch:
    raise NotImplementedError  # PatchError


def write_patch(path: Path, patch: Patch) -> str:
    raise NotImplementedError  # atomically; gives the digest


def read_patch(path: Path, *, batch: Batch | None = None, digest: str = "") -> Patch:
    raise NotImplementedError  # PatchError
