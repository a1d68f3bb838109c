"""Lists objects while others are deleted: moto trips over a key that goes between two of its looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.s3.utils import _VersionedKeyStore


def install() -> None:
    """Has every listing read the keys as they are at one moment."""

    def iterlists(self: _VersionedKeyStore) -> Iterator[tuple[str, list[Any]]]:
        yield from list(dict.items(self))

    def iteritems(self: _VersionedKeyStore) -> Iterator[tuple[str, Any]]:
        yield from ((key, versions[-1]) for key, versions in list(dict.items(self)) if versions)

    def itervalues(self: _VersionedKeyStore) -> Iterator[Any]:
        yield from (versions[-1] for versions in list(dict.values(self)) if versions)

    _VersionedKeyStore.lists = _VersionedKeyStore.iterlists = iterlists
    _VersionedKeyStore.items = _VersionedKeyStore.iteritems = iteritems
    _VersionedKeyStore.values = _VersionedKeyStore.itervalues = itervalues
