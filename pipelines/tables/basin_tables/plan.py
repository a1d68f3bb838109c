"""Plans what brings a table to its contract: everything in one commit, or nothing."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.sorting import SortOrder
from pyiceberg.table.update import (
    AddPartitionSpecUpdate,
    AddSchemaUpdate,
    AddSortOrderUpdate,
    AssertCurrentSchemaId,
    AssertDefaultSortOrderId,
    AssertDefaultSpecId,
    AssertLastAssignedFieldId,
    AssertLastAssignedPartitionId,
    AssertTableUUID,
    SetCurrentSchemaUpdate,
    SetDefaultSortOrderUpdate,
    SetDefaultSpecUpdate,
    SetPropertiesUpdate,
    TableRequirement,
    TableUpdate,
    UpgradeFormatVersionUpdate,
    update_table_metadata,
)

from basin_tables.desired import FORMAT_VERSION, DesiredTable
from basin_tables.evolution import Findings, ascending, evolved_schema, evolved_sort_order, evolved_spec


@dataclass(frozen=True)
class Plan:
    """What one commit changes, and what was asked for but is refused; with a refusal nothing is committed."""

    # pairs of a subject and what becomes of it
    changes: tuple[tuple[str, str], ...]
    # with the remedy
    refused: tuple[tuple[str, str, str], ...]
    updates: tuple[TableUpdate, ...]
    # what has to be as it was when this was planned, else the commit fails
    requirements: tuple[TableRequirement, ...]


def plan_changes(metadata: TableMetadata, desired: DesiredTable) -> Plan:
    """Compares a table with what it has to be. Properties that others have set stay."""
    findings = Findings()
    next_id = itertools.count(metadata.last_column_id + 1).__next__
    schema = evolved_schema(metadata.schema(), desired.schema, next_id, findings)
    updates = [
        *_version_updates(metadata, findings),
        *_schema_updates(metadata, schema),
        *_spec_updates(metadata, evolved_spec(metadata, schema, desired, findings)),
        *_sort_updates(metadata, evolved_sort_order(metadata, schema, desired, findings)),
        *_property_updates(metadata, desired, findings),
    ]
    if not findings.refused:
        # fails here rather than with a file that nobody can read
        update_table_metadata(metadata, tuple(updates), enforce_validation=True)
    return Plan(tuple(findings.changes), tuple(findings.refused), tuple(updates), _requirements(metadata))


def _version_updates(metadata: TableMetadata, findings: Findings) -> list[TableUpdate]:
    if metadata.format_version >= FORMAT_VERSION:
        return []
    findings.change("format version", f"was {metadata.format_version}, is {FORMAT_VERSION}")
    return [UpgradeFormatVersionUpdate(format_version=FORMAT_VERSION)]


def _schema_updates(metadata: TableMetadata, schema: Schema) -> list[TableUpdate]:
    if schema == metadata.schema():
        return []
    equal = [earlier for earlier in metadata.schemas if earlier == schema]
    if equal:
        return [SetCurrentSchemaUpdate(schema_id=equal[0].schema_id)]
    schema_id = max(earlier.schema_id for earlier in metadata.schemas) + 1
    new = Schema(*schema.fields, schema_id=schema_id, identifier_field_ids=schema.identifier_field_ids)
    return [AddSchemaUpdate(schema_=new), SetCurrentSchemaUpdate(schema_id=schema_id)]


def _spec_updates(metadata: TableMetadata, spec: PartitionSpec) -> list[TableUpdate]:
    if spec.spec_id == metadata.default_spec_id:
        return []
    known = spec.spec_id in metadata.specs()
    return [*([] if known else [AddPartitionSpecUpdate(spec=spec)]), SetDefaultSpecUpdate(spec_id=spec.spec_id)]


def _sort_updates(metadata: TableMetadata, order: SortOrder) -> list[TableUpdate]:
    if order.order_id == metadata.default_sort_order_id:
        return []
    known = metadata.sort_order_by_id(order.order_id) is not None
    add = [] if known else [AddSortOrderUpdate(sort_order=order)]
    return [*add, SetDefaultSortOrderUpdate(sort_order_id=order.order_id)]


def _property_updates(metadata: TableMetadata, desired: DesiredTable, findings: Findings) -> list[TableUpdate]:
    changed = {name: value for name, value in desired.properties.items() if metadata.properties.get(name) != value}
    for name, value in changed.items():
        findings.change(f"property {name}", f"was {metadata.properties.get(name, 'absent')}, is {value}")
    return [SetPropertiesUpdate(updates=changed)] if changed else []


def _requirements(metadata: TableMetadata) -> tuple[TableRequirement, ...]:
    return (
        AssertTableUUID(uuid=metadata.table_uuid),
        AssertCurrentSchemaId(current_schema_id=metadata.current_schema_id),
        AssertLastAssignedFieldId(last_assigned_field_id=metadata.last_column_id),
        AssertDefaultSpecId(default_spec_id=metadata.default_spec_id),
        AssertLastAssignedPartitionId(last_assigned_partition_id=metadata.last_partition_id),
        AssertDefaultSortOrderId(default_sort_order_id=metadata.default_sort_order_id),
    )


def first_spec(desired: DesiredTable) -> PartitionSpec:
    """Makes the partition spec of a table that does not exist yet; its ids are placeholders."""
    fields = [
        PartitionField(desired.schema.find_field(one.column).field_id, index, one.transform, one.name)
        for index, one in enumerate(desired.partitions, start=1000)
    ]
    return PartitionSpec(*fields)


def first_sort_order(desired: DesiredTable) -> SortOrder:
    """Makes the sort order of a table that does not exist yet; its ids are placeholders."""
    fields = [ascending(desired.schema.find_field(name).field_id) for name in desired.sorted_by]
    return SortOrder(*fields) if fields else SortOrder(order_id=0)
