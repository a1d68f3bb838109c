"""What becomes of a table's schema, partition spec and sort order when its contract changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pyiceberg.partitioning import PARTITION_FIELD_ID_START, PartitionField, PartitionSpec
from pyiceberg.schema import Schema, assign_fresh_schema_ids
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.sorting import NullOrder, SortDirection, SortField, SortOrder
from pyiceberg.transforms import BucketTransform, IdentityTransform, TruncateTransform, VoidTransform
from pyiceberg.types import (
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StructType,
)

from basin_tables.desired import DesiredPartition, DesiredTable

KEEP_AND_ADD = "Keep it, and add what is wanted under another name"
DECLARE_ANOTHER = "Declare another dataset, fill it from this one, and move the readers"


@dataclass
class Findings:
    """What is going to change, and what would have to but must not: pairs of a subject and what becomes of it."""

    changes: list[tuple[str, str]] = field(default_factory=list)
    # with the remedy
    refused: list[tuple[str, str, str]] = field(default_factory=list)

    def change(self, subject: str, text: str) -> None:
        """Notes a change that is made."""
        self.changes.append((subject, text))

    def refuse(self, subject: str, text: str, remedy: str) -> None:
        """Notes a change that is not made."""
        self.refused.append((subject, text, f"{remedy}."))


def evolved_schema(current: Schema, desired: Schema, next_id: Callable[[], int], findings: Findings) -> Schema:
    """Brings a schema to what is desired; columns keep their ids, so that existing files stay readable.

    Where something is refused, the result serves to find more of it, and nothing else.
    """
    fields = _evolved_fields("columns", current.fields, desired.fields, next_id, findings)
    was, wanted = current.identifier_field_names(), desired.identifier_field_names()
    if was != wanted:
        text = f"was {_names(was)}, would be {_names(wanted)}: rows that exist are told apart by the former"
        findings.refuse("primaryKey", text, DECLARE_ANOTHER)
        return Schema(*fields)
    # an equal key keeps the order in which its ids were written
    return Schema(*fields, schema_id=current.schema_id, identifier_field_ids=current.identifier_field_ids)


def _names(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _evolved_fields(
    subject: str,
    current: Sequence[NestedField],
    desired: Sequence[NestedField],
    next_id: Callable[[], int],
    findings: Findings,
) -> list[NestedField]:
    by_name = {old.name: old for old in current}
    wanted = {new.name for new in desired}
    for name in (name for name in by_name if name not in wanted):
        findings.refuse(f"{subject}.{name}", "is dropped, or has another name", KEEP_AND_ADD)
    fields = []
    for new in desired:
        old = by_name.get(new.name)
        path = f"{subject}.{new.name}"
        fields.append(
            _added(path, new, next_id, findings) if old is None else _evolved_field(path, old, new, next_id, findings)
        )
    was = [old.name for old in current if old.name in wanted]
    order = [new.name for new in desired if new.name in by_name]
    if was != order:
        findings.change(subject, f"are reordered from {', '.join(was)} to {', '.join(order)}")
    return fields


def _added(path: str, new: NestedField, next_id: Callable[[], int], findings: Findings) -> NestedField:
    if new.required:
        findings.refuse(path, "is new and required: rows that exist have no value", "Add it without required")
    else:
        findings.change(path, f"is new: {_shown(new.field_type)}")
    field_id = next_id()
    fresh = assign_fresh_schema_ids(new.field_type, next_id)
    return NestedField(field_id, new.name, fresh, required=new.required, doc=new.doc)


def _evolved_field(
    path: str, old: NestedField, new: NestedField, next_id: Callable[[], int], findings: Findings
) -> NestedField:
    if new.required and not old.required:
        text = "is required now: rows that exist may have no value"
        findings.refuse(path, text, "Leave it optional, and add a quality rule notNull")
    elif old.required and not new.required:
        findings.change(path, "is no longer required")
    # fields within columns have no comments in contracts: those of others stay
    doc = old.doc if new.doc is None else new.doc
    if doc != old.doc:
        findings.change(f"{path}.comment", f"was {_quoted(old.doc)}, is {_quoted(doc)}")
    evolved = _evolved_type(path, old.field_type, new.field_type, next_id, findings)
    return NestedField(
        old.field_id,
        old.name,
        evolved,
        required=new.required,
        doc=doc,
        initial_default=old.initial_default,
        write_default=old.write_default,
    )


def _quoted(text: str | None) -> str:
    return "absent" if text is None else f'"{text}"'


def _evolved_type(
    path: str, old: IcebergType, new: IcebergType, next_id: Callable[[], int], findings: Findings
) -> IcebergType:
    if isinstance(old, StructType) and isinstance(new, StructType):
        return StructType(*_evolved_fields(path, old.fields, new.fields, next_id, findings))
    if isinstance(old, ListType) and isinstance(new, ListType):
        element = _evolved_field(f"{path}.element", old.element_field, new.element_field, next_id, findings)
        return ListType(element.field_id, element.field_type, element_required=element.required)
    if isinstance(old, MapType) and isinstance(new, MapType) and _shown(old.key_type) == _shown(new.key_type):
        value = _evolved_field(f"{path}.value", old.value_field, new.value_field, next_id, findings)
        return MapType(old.key_id, old.key_type, value.field_id, value.field_type, value_required=value.required)
    if _shown(old) == _shown(new):
        return old
    if is_widened(old, new):
        findings.change(path, f"is widened from {_shown(old)} to {_shown(new)}")
        return new
    findings.refuse(path, f"was {_shown(old)}, would be {_shown(new)}", KEEP_AND_ADD)
    return old


def is_widened(old: IcebergType, new: IcebergType) -> bool:
    """Tells whether files with the old type can be read as the new one.

    Source: https://iceberg.apache.org/spec/#schema-evolution, format version 2.
    """
    if isinstance(old, DecimalType) and isinstance(new, DecimalType):
        return new.scale == old.scale and new.precision > old.precision
    pairs = ((IntegerType, LongType), (FloatType, DoubleType))
    return any(isinstance(old, narrow) and isinstance(new, wide) for narrow, wide in pairs)


def _shown(shown: IcebergType) -> str:
    """Writes a type as contracts do: without ids, which differ."""
    if isinstance(shown, StructType):
        return f"struct<{','.join(f'{part.name}:{_shown(part.field_type)}' for part in shown.fields)}>"
    if isinstance(shown, ListType):
        return f"list<{_shown(shown.element_type)}>"
    if isinstance(shown, MapType):
        return f"map<{_shown(shown.key_type)},{_shown(shown.value_type)}>"
    return str(shown).replace(" ", "")


def evolved_spec(metadata: TableMetadata, schema: Schema, desired: DesiredTable, findings: Findings) -> PartitionSpec:
    """Brings the partition spec to what is desired; files that exist stay where they are, under the spec they have.

    A field keeps the id it had in any earlier spec, and a spec its own, as Iceberg wants it.
    """
    current = metadata.spec()
    wanted = [(schema.find_field(one.column).field_id, one) for one in desired.partitions]
    was = [
        (one.source_id, str(one.transform)) for one in current.fields if not isinstance(one.transform, VoidTransform)
    ]
    if was == [(source_id, str(one.transform)) for source_id, one in wanted]:
        _refuse_names_of_fields(_history(metadata), metadata, schema, findings)
        return current
    fields = _partition_fields(metadata, wanted)
    _refuse_names_of_fields([*_history(metadata), *fields], metadata, schema, findings)
    before, after = (_shown_fields(spec, schema) for spec in (current.fields, fields))
    findings.change("partitions", f"were {before}, are {after} for new files")
    equal = [spec for spec in metadata.partition_specs if spec.compatible_with(PartitionSpec(*fields))]
    if equal:
        return equal[0]
    return PartitionSpec(*fields, spec_id=max(spec.spec_id for spec in metadata.partition_specs) + 1)


def _partition_fields(metadata: TableMetadata, wanted: list[tuple[int, DesiredPartition]]) -> list[PartitionField]:
    history = _history(metadata)
    known = {(one.source_id, str(one.transform)): one for one in history}
    last_id = metadata.last_partition_id or PARTITION_FIELD_ID_START - 1
    fields = []
    for source_id, partition in wanted:
        earlier = known.get((source_id, str(partition.transform)))
        if earlier is None:
            last_id += 1
            name = _free_name(partition, {one.name for one in history})
            earlier = PartitionField(source_id, last_id, partition.transform, name)
        fields.append(earlier)
    return fields


def _free_name(partition: DesiredPartition, taken: set[str]) -> str:
    """Chooses a name that no earlier field has: readers see the fields of all specs side by side."""
    if partition.name not in taken:
        return partition.name
    transform = partition.transform
    if isinstance(transform, BucketTransform):
        return f"{partition.name}_{transform.num_buckets}"
    if isinstance(transform, TruncateTransform):
        return f"{partition.name}_{transform.width}"
    return partition.name


def _history(metadata: TableMetadata) -> list[PartitionField]:
    """Lists the fields of all specs that files of the table have, or had."""
    return [earlier for spec in metadata.partition_specs for earlier in spec.fields]


def _refuse_names_of_fields(
    fields: list[PartitionField], metadata: TableMetadata, schema: Schema, findings: Findings
) -> None:
    """Refuses columns and partition fields of one name: Iceberg's Java library reads no such table any more.

    It looks at the fields of every spec the table ever had. Only the column that a field is made of may have its name.
    """
    columns = {column.name: column.field_id for column in schema.fields}
    was = {column.name: column.field_id for column in metadata.schema().fields}
    clashing = {one.name for one in fields if columns.get(one.name, one.source_id) != one.source_id}
    for name in sorted(clashing):
        if was.get(name) != columns[name]:
            text = "has the name of a field that files are, or were, partitioned by"
            findings.refuse(f"columns.{name}", text, "Choose another name")
        else:
            text = f'would have the field "{name}", which is the name of a column'
            findings.refuse("partitions", text, "Choose another transform, or another number")


def _shown_fields(fields: Sequence[PartitionField], schema: Schema) -> str:
    shown = [f"{one.transform}({schema.find_column_name(one.source_id)})" for one in fields]
    return ", ".join(shown) or "none"


def evolved_sort_order(metadata: TableMetadata, schema: Schema, desired: DesiredTable, findings: Findings) -> SortOrder:
    """Brings the sort order to what is desired; files that exist stay as they are sorted."""
    current = metadata.sort_order_by_id(metadata.default_sort_order_id) or SortOrder(order_id=0)
    wanted = [ascending(schema.find_field(name).field_id) for name in desired.sorted_by]
    if current.fields == wanted:
        return current
    before, after = (
        ", ".join(str(schema.find_column_name(one.source_id)) for one in fields) or "none"
        for fields in (current.fields, wanted)
    )
    findings.change("sort order", f"was {before}, is {after} for new files")
    equal = [order for order in metadata.sort_orders if order.fields == wanted]
    if equal:
        return equal[0]
    # 0 is the order of tables that are not sorted: https://iceberg.apache.org/spec/#sort-orders
    order_id = max(order.order_id for order in metadata.sort_orders) + 1 if wanted else 0
    return SortOrder(*wanted, order_id=order_id)


def ascending(source_id: int) -> SortField:
    """Makes a field of a sort order; rows without a value come first."""
    return SortField(source_id, IdentityTransform(), SortDirection.ASC, NullOrder.NULLS_FIRST)
