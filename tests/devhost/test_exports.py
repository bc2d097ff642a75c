"""The file that a shell reads to use the service."""

import stat
import subprocess
from pathlib import Path

from devhost import exports
from devhost.tls import Certificates

KEY = "it's a key"


def read(file: Path) -> dict[str, str]:
    """The variables that a shell has after it read the file."""
    command = ["sh", "-c", '. "$0" && env', str(file)]
    printed = subprocess.run(command, env={}, capture_output=True, text=True, check=True).stdout
    variables = dict(line.split("=", 1) for line in printed.splitlines())
    return {name: variables[name] for name in (*exports.TRUST, exports.CONNECTION_STRING)}


def test_a_shell_gets_the_connection_string_and_the_certificates(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path / "it's a folder")
    file = tmp_path / "a new folder" / "env"
    exports.write(file, 7071, {"ROOMS_MANAGE_KEY__a": KEY}, certificates)
    bundle = str(certificates.bundle)
    assert read(file) == {
        "REQUESTS_CA_BUNDLE": bundle,
        "SSL_CERT_FILE": bundle,
        "NODE_EXTRA_CA_CERTS": bundle,
        "COMMUNICATION_CONNECTION_STRING": f"endpoint=https://localhost:7072/;accesskey={KEY}",
    }


def test_only_the_owner_reads_it_whatever_was_there_before(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    file = tmp_path / "env"
    file.touch(0o644)
    exports.write(file, 7071, {"ROOMS_MANAGE_KEY__a": KEY}, certificates)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert KEY in read(file)["COMMUNICATION_CONNECTION_STRING"]


def test_without_a_key_there_is_no_connection_string(tmp_path: Path) -> None:
    file = tmp_path / "env"
    exports.write(file, 7071, {}, Certificates(tmp_path))
    assert "COMMUNICATION_CONNECTION_STRING" not in file.read_text()
