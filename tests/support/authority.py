"""A certificate authority of one's own, made a moment ago.

openssl comes with ca-certificates.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its key."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates; `certificate` is what those who trust it need.

    Args:
        folder: Where everything is put.
        name: Of the authority, and of its files.
    """

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._name = name
        self.certificate = folder / f"{name}.pem"
        self._key = folder / f"{name}-key.pem"
        usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        files = _files(self._key, self.certificate)
        _openssl("req", "-x509", *_NEW_KEY, *_subject(name), *usage, *files)

    def issue(self, name: str, address: str = "IP:127.0.0.1") -> Identity:
        """Make a certificate for `address`, as openssl writes it (IP:... or DNS:...)."""
        certificate = self._folder / f"{self._name}-{name}.pem"
        key = self._folder / f"{self._name}-{name}-key.pem"
        signed_by = ["-CA", str(self.certificate), "-CAkey", str(self._key)]
        extension = ["-addext", f"subjectAltName={address}"]
        request, extensions = key.with_suffix(".csr"), key.with_suffix(".ext")
        # What Python 3.13 asks for beside the address (ssl, VERIFY_X509_STRICT).
        strict = "authorityKeyIdentifier=keyid\nbasicConstraints=CA:FALSE\n"
        extensions.write_text(f"subjectAltName={address}\n{strict}")
        _openssl("req", "-new", *_NEW_KEY[:-2], *_subject(name), *extension, *_files(key, request))
        _openssl(
            *["x509", "-req", "-days", "1", "-in", str(request), *signed_by],
            *["-CAcreateserial", "-extfile", str(extensions), "-out", str(certificate)],
        )
        return Identity(certificate, key)


def _subject(name: str) -> list[str]:
    return ["-subj", f"/CN={name}"]


def _files(key: Path, out: Path) -> list[str]:
    return ["-keyout", str(key), "-out", str(out)]


def _openssl(*words: str) -> None:
    subprocess.run(  # noqa: S603 - the tests' own words
        ["/usr/bin/openssl", *words], check=True, capture_output=True
    )
