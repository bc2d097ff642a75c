"""HTTPS on localhost: a certificate authority for this checkout, and the server's certificate."""

import fcntl
import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import trustme
from cryptography import x509

HOSTS = ("localhost", "127.0.0.1", "::1")
LIFETIME = timedelta(days=365)
RENEW_BEFORE = timedelta(days=30)


class Certificates:
    """The authority and the certificate in a folder. Makes or renews them if needed."""

    def __init__(self, folder: Path) -> None:
        self.authority = folder / "ca.pem"
        """For a separate trust store, such as Java's."""
        self.bundle = folder / "ca-bundle.pem"
        """The authority and those that this machine trusts. Most clients take one file only."""
        self._key = folder / "ca-key.pem"
        self._server = folder / "server.pem"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # several may start at once
            self._make()

    def server_context(self) -> ssl.SSLContext:
        """Returns the context of a server on localhost."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._server)
        return context

    def _make(self) -> None:
        if not (self._key.exists() and self.authority.exists()):
            made = trustme.CA(
                organization_name="devhost", organization_unit_name="this machine only"
            )
            for outdated in (self.authority, self._server):
                outdated.unlink(missing_ok=True)
            _write(self._key, made.private_key_pem.bytes(), 0o600)
            _write(self.authority, made.cert_pem.bytes(), 0o644)
        if not self._is_current():
            authority = trustme.CA.from_pem(self.authority.read_bytes(), self._key.read_bytes())
            issued = authority.issue_cert(
                *HOSTS, organization_name="devhost", not_after=datetime.now(UTC) + LIFETIME
            )
            _write(self._server, issued.private_key_and_cert_chain_pem.bytes(), 0o600)
        self._make_bundle()

    def _make_bundle(self) -> None:
        trusted, authority = _trusted(), self.authority.read_bytes()
        present = self.bundle.read_bytes() if self.bundle.exists() else b""
        if trusted.resolve() == self.bundle.resolve():  # the shell has our own exports
            if present.endswith(authority):
                return
            trusted = Path(certifi.where())
        bundle = trusted.read_bytes() + b"\n" + authority
        if bundle != present:
            _write(self.bundle, bundle, 0o644)

    def _is_current(self) -> bool:
        if not self._server.exists():
            return False
        certificate = x509.load_pem_x509_certificate(self._server.read_bytes())
        return certificate.not_valid_after_utc > datetime.now(UTC) + RENEW_BEFORE


def _trusted() -> Path:
    """Returns the authorities that Python trusts without us: those of the environment, such as a
    company's, or the public ones."""
    named = (Path(os.environ.get(name, "")) for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"))
    return next((file for file in named if file.is_file()), Path(certifi.where()))


def _write(file: Path, content: bytes, mode: int) -> None:
    """Writes the whole file or nothing. The file has `mode` from the start."""
    partial = file.with_suffix(".new")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
        opened.write(content)
    partial.replace(file)
