"""The certificates for localhost."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import pytest
from cryptography import x509

from devhost.tls import LIFETIME, Certificates


def server_certificate(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "server.pem").read_bytes())


def test_the_authority_and_the_certificate_stay_the_same(tmp_path: Path) -> None:
    Certificates(tmp_path)
    first = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    Certificates(tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == first


def test_keys_are_for_the_owner_only(tmp_path: Path) -> None:
    Certificates(tmp_path)
    assert {
        stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ca-key.pem", "server.pem")
    } == {0o600}


def test_the_certificate_is_for_localhost(tmp_path: Path) -> None:
    Certificates(tmp_path)
    names = (
        server_certificate(tmp_path)
        .extensions.get_extension_for_class(x509.SubjectAlternativeName)
        .value
    )
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == [
        "127.0.0.1",
        "::1",
    ]


def test_an_expiring_certificate_is_renewed_by_the_same_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devhost.tls.LIFETIME", timedelta(days=1))
    authority = Certificates(tmp_path).authority.read_bytes()
    monkeypatch.setattr("devhost.tls.LIFETIME", LIFETIME)
    assert Certificates(tmp_path).authority.read_bytes() == authority
    assert server_certificate(tmp_path).not_valid_after_utc > datetime.now(UTC) + timedelta(
        days=300
    )


def test_the_bundle_keeps_what_the_machine_trusts_also_in_a_shell_that_uses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = tmp_path / "company.pem"
    company.write_bytes(b"a company's authority\n")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(company))
    certificates = Certificates(tmp_path / "devhost")
    bundle = company.read_bytes() + b"\n" + certificates.authority.read_bytes()
    assert certificates.bundle.read_bytes() == bundle
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.bundle))
    assert Certificates(tmp_path / "devhost").bundle.read_bytes() == bundle


def test_without_any_named_the_public_authorities_are_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert Certificates(tmp_path).bundle.read_bytes().startswith(Path(certifi.where()).read_bytes())
