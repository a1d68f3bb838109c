"""Unpacks the code of Lambda functions so that this machine can run it, and takes it from the version that they name.

Pure Python and JavaScript run as they are in the zip. A compiled module (.so) of Python is made for the function's
processor and Python version, which are seldom those of this machine. It is then replaced, alone, by the same module
from a Python environment of this machine, whose interpreter the emulator is told in BASIN_LAMBDA_PYTHON and which has
to hold the same version of the package. Whatever else the package consists of comes from the zip: what the zip lacks
is not found. A module for another processor or Python version than the function's is left out: Lambda could not load
it either.

The code is not run, with a text that says why, where

- no environment is given, it has not this module, or it has another version of the package;
- nobody can tell which package, and so which version, the module belongs to (no *.dist-info in the zip).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from email import message_from_string
from functools import cache
from io import BytesIO
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaFunction
from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html: e_machine, at byte 18
MACHINES = {62: "x86_64", 183: "arm64"}
ARCHITECTURES = {"AMD64": "x86_64", "aarch64": "arm64"}
COMPILED = re.compile(r"\.so(\.\d+)*$")
PYTHON_TAG = re.compile(r"\.cpython-(\d)(\d+)-")

# what Lambda's Python has beside its standard library, by the names it is imported with
IN_THE_RUNTIME = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3")

# everything unpacked, which ends with the emulator
FOLDER = tempfile.TemporaryDirectory(prefix="basin-lambda-")
WORKSPACE = Path(FOLDER.name)

LOCK = Lock()


class UnusableCode(NotImplementedError):
    """The code of a function cannot be run on this machine."""


@dataclass(frozen=True)
class Interpreter:
    """A Python of this machine, with what has been installed for it."""

    executable: str
    version: str
    suffixes: tuple[str, ...]
    packages: tuple[Path, ...]


def install() -> None:
    """Makes functions take their code from the version of an object that they name, which moto does not look at."""
    set_code = LambdaFunction._set_function_code

    def set_code_of_version(self: LambdaFunction, spec: dict[str, Any]) -> None:
        if "S3Bucket" not in spec or spec.get("DryRun"):
            set_code(self, spec)
            return
        content = read_object(self, spec)
        digest = hashlib.sha256(content)
        self.code = {name: spec[name] for name in ("S3Bucket", "S3Key", "S3ObjectVersion") if name in spec}
        self.code_bytes, self.code_size, self.code_digest = content, len(content), digest.hexdigest()
        self.code_sha_256 = base64.b64encode(digest.digest()).decode()

    LambdaFunction._set_function_code = set_code_of_version


def read_object(function: LambdaFunction, spec: dict[str, Any]) -> bytes:
    """Reads the object that a function's code is in."""
    version = spec.get("S3ObjectVersion")
    reason = f"NoSuch{'Version' if version else 'Key'}. S3 Error Message: The specified key does not exist."
    found = None
    try:
        backend = s3_backends[function.account_id][function.partition]
        found = backend.get_object(spec["S3Bucket"], spec["S3Key"], version)
    except MissingBucket:
        reason = "NoSuchBucket. S3 Error Message: The specified bucket does not exist"
    if found is None:
        raise InvalidParameterValueException(f"Error occurred while GetObject. S3 Error Code: {reason}")
    return found.value


def unpack(function: LambdaFunction) -> Path:
    """Unpacks a function's code, once for all functions that have the same.

    Raises UnusableCode where this machine cannot run it.
    """
    runtime, (architecture,) = function.run_time, function.architectures
    folder = WORKSPACE / "code" / f"{function.code_digest}-{runtime}-{architecture}"
    with LOCK:
        if not folder.exists():
            unfinished = Path(tempfile.mkdtemp(dir=WORKSPACE))
            try:
                with zipfile.ZipFile(BytesIO(function.code_bytes)) as archive:
                    extract(archive, unfinished)
                    if runtime.startswith("python"):
                        replace_compiled(archive, unfinished, runtime.removeprefix("python"), architecture)
            except zipfile.BadZipFile as error:
                shutil.rmtree(unfinished)
                raise UnusableCode(f"the code of {function.function_name} is no zip: {error}") from error
            except BaseException:
                shutil.rmtree(unfinished)
                raise
            folder.parent.mkdir(exist_ok=True)
            unfinished.rename(folder)
    return folder


def extract(archive: zipfile.ZipFile, folder: Path) -> None:
    """Unpacks a zip with the permissions it names, as Lambda does."""
    for member in archive.infolist():
        path = archive.extract(member, folder)
        mode = member.external_attr >> 16 & 0o777
        if mode and not member.is_dir():
            Path(path).chmod(mode)


def interpreter() -> Interpreter:
    """Tells which Python runs functions."""
    return examine(os.environ.get("BASIN_LAMBDA_PYTHON") or sys.executable)


@cache
def examine(executable: str) -> Interpreter:
    """Asks a Python what it is."""
    question = (
        "import importlib.machinery, json, sys, sysconfig; "
        "print(json.dumps(['.'.join(map(str, sys.version_info[:2])), importlib.machinery.EXTENSION_SUFFIXES, "
        "sorted({sysconfig.get_path('platlib'), sysconfig.get_path('purelib')})]))"
    )
    answer = subprocess.run([executable, "-I", "-c", question], check=True, capture_output=True, text=True)
    version, suffixes, packages = json.loads(answer.stdout)
    return Interpreter(executable, version, tuple(suffixes), tuple(map(Path, packages)))


@cache
def runtime_packages() -> Path:
    """Makes a folder of what Lambda's Python has by itself, out of what the emulator runs on, and nothing more."""
    folder = WORKSPACE / "runtime"
    own = examine(sys.executable)
    # first calls may come at once
    with LOCK:
        folder.mkdir(exist_ok=True)
        for name in IN_THE_RUNTIME:
            source = next(path / name for path in own.packages if (path / name).exists())
            if not (folder / name).exists():
                (folder / name).symlink_to(source)
    return folder


def replace_compiled(archive: zipfile.ZipFile, folder: Path, version: str, architecture: str) -> None:
    """Puts modules that this machine can load in the place of those it cannot."""
    names = [name for name in archive.namelist() if COMPILED.search(name)]
    loadable = [name for name in names if is_loadable(archive, name, version, architecture)]
    python = interpreter()
    here = ARCHITECTURES.get(platform.machine(), platform.machine())
    if (sys.platform, python.version, here) == ("linux", version, architecture):
        return
    if loadable and not os.environ.get("BASIN_LAMBDA_PYTHON"):
        raise UnusableCode(
            f"the code has modules that are compiled for Python {version} on {architecture} ({loadable[0]}), and no "
            "Python of this machine is known to have the same packages: start the emulator with lambdaPython"
        )
    copies = [
        (replacement(archive, module, python), folder / PurePosixPath(module).parent)
        for module in sorted({module_of(name) for name in loadable if not is_bundled(name)})
    ]
    for name in names:
        (folder / name).unlink()
    for source, target in copies:
        shutil.copy(source, target)
    for libraries in {PurePosixPath(name).parts[0] for name in loadable if is_bundled(name)}:
        # those of this machine's modules have other names, and belong to the same wheels
        for source in (path / libraries for path in python.packages if (path / libraries).exists()):
            shutil.copytree(source, folder / libraries, dirs_exist_ok=True)


def is_loadable(archive: zipfile.ZipFile, name: str, version: str, architecture: str) -> bool:
    """Tells whether Lambda could load a compiled module."""
    with archive.open(name) as file:
        head = file.read(20)
    machine = MACHINES.get(int.from_bytes(head[18:20], "little")) if head.startswith(b"\x7fELF") else None
    tag = PYTHON_TAG.search(name)
    return machine == architecture and (tag is None or ".".join(tag.groups()) == version)


def is_bundled(name: str) -> bool:
    """Tells whether a file is a library that a wheel brings for its modules, as auditwheel puts it there."""
    return PurePosixPath(name).parts[0].endswith(".libs")


def module_of(name: str) -> str:
    """Names a compiled module without what says which machine it is for."""
    path = PurePosixPath(name)
    return str(path.with_name(path.name.partition(".")[0]))


def replacement(archive: zipfile.ZipFile, module: str, python: Interpreter) -> Path:
    """Finds a module of the zip in this machine's environment."""
    package, theirs = owner(archive, module)
    ours = installed(python).get(package)
    if theirs != ours:
        raise UnusableCode(f"{module} is of {package} {theirs}, and {python.executable} has {ours or 'none of it'}")
    candidates = (path / f"{module}{suffix}" for suffix in python.suffixes for path in python.packages)
    found = next((path for path in candidates if path.exists()), None)
    if found is None:
        raise UnusableCode(f"{python.executable} has {package} {ours} without {module}")
    return found


def owner(archive: zipfile.ZipFile, module: str) -> tuple[str, str]:
    """Names the package that a module of the zip belongs to, and its version."""
    packages = {}
    for name in archive.namelist():
        if name.endswith(".dist-info/METADATA") and name.count("/") == 1:
            package, version = identity(archive.read(name).decode())
            record = name.replace("METADATA", "RECORD")
            lines = archive.read(record).decode().splitlines() if record in archive.namelist() else []
            files = filter(None, (line.partition(",")[0] for line in lines))
            if module in map(module_of, files):
                return package, version
            packages[package] = version
    # without records a package is told by its name
    package = normalize(PurePosixPath(module).parts[0])
    if package not in packages:
        raise UnusableCode(f"nobody can tell which package {module} belongs to: the zip has no dist-info of it")
    return package, packages[package]


@cache
def installed(python: Interpreter) -> dict[str, str]:
    """Lists the packages of an environment with their versions."""
    return dict(
        identity(file.read_text(encoding="utf-8"))
        for path in python.packages
        for file in path.glob("*.dist-info/METADATA")
    )


def identity(metadata: str) -> tuple[str, str]:
    """Reads the name and the version of a package."""
    fields = message_from_string(metadata)
    return normalize(fields["Name"]), fields["Version"]


def normalize(name: str) -> str:
    """Writes a package's name in the one form that all its spellings have."""
    return re.sub(r"[-_.]+", "-", name).lower()
