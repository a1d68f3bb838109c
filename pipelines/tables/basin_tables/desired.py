"""What the table of a zone has to be, as a contract says."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from pyiceberg.schema import Schema
from pyiceberg.transforms import (
    BucketTransform,
    DayTransform,
    HourTransform,
    IdentityTransform,
    MonthTransform,
    Transform,
    TruncateTransform,
    YearTransform,
)
from pyiceberg.types import NestedField

from basin_tables.column_type import parse_type
from basin_tables.contract import Contract, Partition

FORMAT_VERSION = 2

# Rows of the raw zone are as they arrived: several of one key, and values that are missing.
ZONES_OF_WHAT_ARRIVED = ("raw",)
ZONES = ("raw", "curated", "published")

# Streams commit every few minutes: without the last two, metadata files add up to more than the data.
PROPERTIES = {
    "write.format.default": "parquet",
    "write.parquet.compression-codec": "zstd",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "100",
}


@dataclass(frozen=True)
class DesiredPartition:
    """A partition field, by the column it is made of; the name is the one that Iceberg would choose."""

    column: str
    transform: Transform
    name: str


@dataclass(frozen=True)
class DesiredTable:
    """A table as it has to be. Ids in the schema are placeholders: the table itself gives them."""

    schema: Schema
    partitions: tuple[DesiredPartition, ...]
    # ascending, rows without a value first
    sorted_by: tuple[str, ...]
    properties: dict[str, str]

    @property
    def key(self) -> frozenset[str]:
        """Names of the identifier fields, which tell rows apart."""
        return frozenset(self.schema.identifier_field_names())


def desired_table(contract: Contract, zone: str) -> DesiredTable:
    """Makes what a contract says into the table of a zone.

    In the raw zone every column is optional and no key tells rows apart. In the others rows are sorted by their key, or
    by what tells their age where there is no key, so that a reader skips files.
    """
    arrived = zone in ZONES_OF_WHAT_ARRIVED
    key = () if arrived else contract.primary_key
    age = () if arrived or contract.retention_column is None else (contract.retention_column,)
    return DesiredTable(
        schema=desired_schema(contract, key, arrived),
        partitions=tuple(desired_partition(partition) for partition in contract.partitions),
        sorted_by=key or age,
        # the Data Catalog's description is written from the first by pyiceberg, from the second by Spark
        properties={**PROPERTIES, "Description": contract.description, "comment": contract.description},
    )


def desired_schema(contract: Contract, key: tuple[str, ...], arrived: bool) -> Schema:
    """Makes the columns of a contract into a schema, in the contract's order."""
    next_id = itertools.count(1).__next__
    fields = [
        NestedField(
            field_id=next_id(),
            name=column.name,
            field_type=parse_type(column.iceberg_type, next_id),
            required=column.required and not arrived,
            doc=column.comment,
        )
        for column in contract.columns
    ]
    return Schema(*fields, identifier_field_ids=[field.field_id for field in fields if field.name in key])


def desired_partition(partition: Partition) -> DesiredPartition:
    """Makes a partition of a contract into Iceberg's. Names are those of Apache Iceberg's `PartitionSpec.Builder`."""
    column, parameter = partition.column, partition.parameter or 0
    if partition.transform == "identity":
        return DesiredPartition(column, IdentityTransform(), column)
    if partition.transform == "truncate":
        return DesiredPartition(column, TruncateTransform(parameter), f"{column}_trunc")
    if partition.transform == "bucket":
        return DesiredPartition(column, BucketTransform(parameter), f"{column}_bucket")
    by_time = {"year": YearTransform, "month": MonthTransform, "day": DayTransform, "hour": HourTransform}
    return DesiredPartition(column, by_time[partition.transform](), f"{column}_{partition.transform}")
