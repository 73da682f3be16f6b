"""What a failure of the broker means, and what cures it: one line each."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from typing import Final

from myna.mqtt.settings import MqttSettings

_WRONG_NAME: Final = frozenset({62, 64})
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH."""

_NOT_ADMITTED: Final = (
    "refuses the user name or the password: correct mqtt.username, and the file "
    "/etc/myna/mqtt-password (then restart myna) or the one that mqtt.password_file names"
)
_REASONS: Final[Mapping[int, str]] = {
    132: "does not speak MQTT 5: update it (mosquitto does since 1.6)",
    133: "does not take this client id: set another mqtt.client_id",
    134: _NOT_ADMITTED,
    135: _NOT_ADMITTED,
    138: "has banned this client: see the broker's own log",
    142: "has another client with the same id: set mqtt.client_id, or mqtt.node, to one of its own",
}
"""By reason code (MQTT 5, 2.4)."""

_TWIN: Final = "if that goes on, another client may have the same id: set mqtt.client_id"
"""Not every broker gives this reason: mosquitto 2.0.11 just hangs up."""


def refused(settings: MqttSettings, code: int, words: str) -> str:
    """Say what the broker's reason code means.

    Args:
        settings: Where it was looked for.
        code: The reason code.
        words: What the library says, for a code that is not known here.
    """
    return f"the broker at {settings.host} {_REASONS.get(code, f'ends the connection: {words}')}"


def unreached(settings: MqttSettings, error: BaseException | None, words: str) -> str:
    """Say why no connection came about.

    Args:
        settings: Where it was looked for.
        error: What the system said, if it did.
        words: What the library says.
    """
    host, port = settings.host, settings.used_port
    match error:
        case ssl.SSLError():
            return _insecure(host, port, error)
        case socket.gaierror() | UnicodeError():
            why = "there is no such host, or no network to ask: correct mqtt.host"
        case ConnectionRefusedError():
            why = "nobody listens there: start the broker, or correct mqtt.port"
        case TimeoutError():
            why = "it does not answer: switch it on, or correct mqtt.host, mqtt.port or mqtt.tls"
        case ConnectionResetError():
            why = "it hangs up: let mqtt.port and mqtt.tls be as it wants them"
        case OSError(strerror=str(why)):
            pass
        case _:
            why = f"the connection is lost ({words}); {_TWIN}"
    return f"no broker at {host}, port {port}: {why}"


def _insecure(host: str | None, port: int, error: ssl.SSLError) -> str:
    match error:
        case ssl.SSLCertVerificationError(verify_code=code) if code in _WRONG_NAME:
            return (
                f"the certificate of the broker is not for {host}: "
                "mqtt.host must be a name that stands in it"
            )
        case ssl.SSLCertVerificationError(verify_message=why):
            return (
                f"the certificate of {host} is not trusted ({why}): "
                "mqtt.ca_file must name the authority that signed it"
            )
    return f"no TLS with {host}, port {port} ({error.reason}): mqtt.port must be the one for TLS"
