"""TLS with a certificate that was made a moment ago."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import Final

AUTHORITY: Final = """\
[ca]
default_ca = here
[here]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return a server's TLS for 127.0.0.1; `folder` then holds certificate.pem and key.pem.

    openssl comes with ca-certificates.
    """
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(  # noqa: S603 - every word stands here
        ["/usr/bin/openssl", "req", "-x509", *new_key, *files, *subject],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def expired(folder: Path) -> ssl.SSLContext:
    """Return as `self_signed` does a server's TLS, of which the certificate is out of date."""
    self_signed(folder)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("01")
    (folder / "ca.conf").write_text(AUTHORITY.format(folder=folder))
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    request = folder / "request.pem"
    files = ["-config", str(folder / "ca.conf"), "-keyfile", str(key)]
    files += ["-in", str(request), "-out", str(certificate)]
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    dates = ["-startdate", "200101000000Z", "-enddate", "200102000000Z"]
    for words in (
        ["req", "-new", "-key", str(key), *subject, "-out", str(request)],
        ["ca", "-batch", "-selfsign", "-notext", *files, *dates],
    ):
        subprocess.run(["/usr/bin/openssl", *words], check=True, capture_output=True)  # noqa: S603
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
