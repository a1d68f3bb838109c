"""Keeps the descriptions of security group rules that name a prefix list or a group, which moto forgets."""

from __future__ import annotations

from inspect import signature
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule


def install() -> None:
    """Extends rules by the description of whatever they name."""
    initialize = SecurityGroupRule.__init__
    parameters = signature(initialize)

    def initialize_with_description(self: SecurityGroupRule, *arguments: Any, **named: Any) -> None:
        initialize(self, *arguments, **named)
        prefix_list = parameters.bind(self, *arguments, **named).arguments.get("prefix_list_id") or {}
        self.basin_prefix_list_description = prefix_list.get("Description")

    def description(self: SecurityGroupRule) -> str | None:
        # a later change is written to the range, whatever the rule names
        sources = (self.ip_range, self.source_group, {"Description": self.basin_prefix_list_description})
        return next((source["Description"] for source in sources if source.get("Description")), None)

    SecurityGroupRule.__init__ = initialize_with_description
    SecurityGroupRule.description = property(description)
