"""Makes the keys that services have in every account AWS's own, where moto takes them for somebody's."""

from __future__ import annotations

from moto.kms.models import KmsBackend


def install() -> None:
    """Extends making such a key, when it is first asked for, by whose it is."""
    generate = KmsBackend._generate_default_keys

    def generate_of_service(self: KmsBackend, alias_name: str) -> str | None:
        key_id = generate(self, alias_name)
        if key_id is not None:
            self.keys[key_id].key_manager = "AWS"
        return key_id

    KmsBackend._generate_default_keys = generate_of_service
