"""One line of explanation per key of the configuration.

PURE data: `myna config init` writes it beside the defaults and `myna config schema`
into the JSON Schema. A test holds it against the Structs, so that no key goes without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COMMENTS: Final[Mapping[str, str]] = {
    "live.model": "The Gemini Live model, without the leading models/.",
    "live.endpoint": "The server; ws:// is accepted for this machine itself only.",
    "live.api_version": "Version of the API: v1beta, v1alpha or v1.",
    "live.dialect": "How the session opens: reference, or guide (the first message as the "
    "getting-started guide prints it).",
    "live.voice": "The voice of the replies, such as Puck, Charon, Kore, Fenrir or Aoede.",
    "live.instruction": "What the model is told about its role.",
    "live.key_file": "A file that holds nothing but the API key; the systemd credential api-key "
    "and $GEMINI_API_KEY come first.",
    "live.key_command": "A program and its arguments that print an API key or a fresh token; "
    "instead of all other places.",
    "live.key_in": "Where the key travels: header, or query (in the URL, as the guide does it).",
    "live.open_timeout_s": "Seconds until an attempt to connect is given up.",
    "live.open_ahead": "Whether a voice in the room opens a connection, without a session, so that "
    "the wake word waits less for it; see docs/privacy.md.",
    "live.compress_at_tokens": "How long the history grows before its oldest turns are forgotten; "
    "all of it is paid for at every turn.",
    "live.compress_to_tokens": "How much of the history is then kept.",
    "wake.engine": "auto (the best that works here), micro, open, porcupine, "
    "or none (button only).",
    "wake.words": "What the speaker answers to, by the engine's names.",
    "wake.threshold": "How sure the engine must be, 0 to 1, for every word; "
    "without it each engine's own.",
    "wake.thresholds.NAME": "The same for one word: okay_nabu = 0.9.",
    "wake.folder": "A folder with wake word models of your own.",
    "wake.key_file": "A file that holds the Picovoice access key, for porcupine; "
    "the systemd credential porcupine-key and $PICOVOICE_ACCESS_KEY come first.",
    "conversation.wake_wait_s": "Seconds to wait after the wake word until somebody speaks, before "
    "any connection is opened; 0 opens it at once.",
    "conversation.end_silence_s": "Seconds of quiet after which your sentence counts as finished "
    "and the server is told so; 0 leaves that to the server.",
    "wake.stop_words": "What ends a running reply or a ringing timer without a wake word; "
    "each needs a model NAME.json in wake.folder. [] for none.",
    "conversation.follow_up_s": "Seconds that it listens on after a reply, "
    "without another wake word.",
    "conversation.limit_s": "Seconds after which any conversation ends.",
    "budget.daily_minutes": "Minutes of listening and speaking a day, after which no conversation "
    "begins until midnight.",
    "budget.daily_tokens": "The same in tokens, as the server counts them.",
    "audio.echo": "Against hearing itself: auto (measures what is left), cancel (always listens), "
    "half-duplex (only the wake word and the button cut in) or none.",
    "audio.noise_suppression": "Against fans and traffic in what is sent: off, low, moderate "
    "or high.",
    "audio.gain_control": "true brings quiet talkers up in what is sent.",
    "audio.earcons": "Signal sounds: all, needed (only of trouble and of timers) or none.",
    "audio.messages": "What is wrong: spoken (a sentence after the signal sound, once) or earcons "
    "(the signal sound alone).",
    "audio.night": "Hours in which only the needed ones sound, and softer; local time.",
    "microphone.driver": "pyaudio (a real one), file (a WAV in real time), or simulated.",
    "microphone.device": "Its name, or a part of it, as `myna devices` prints it.",
    "microphone.path": "The WAV of the file driver.",
    "microphone.at_end": "After the WAV: silence for ever, or stop the daemon.",
    "speaker.driver": "pyaudio (a real one), file (writes a WAV), or simulated.",
    "microphone.gain_db": "-20 to 30: a microphone that is too soft or too loud.",
    "speaker.device": "Its name, or a part of it, as `myna devices` prints it.",
    "speaker.path": "The WAV that the file driver writes: exactly what would have been heard.",
    "speaker.volume": "0 to 100, at start.",
    "lights.driver": "gpiozero (LEDs on pins), apa102 or neopixel (pixels on SPI), terminal, "
    "simulated or none.",
    "lights.pin": "The GPIO of a single LED (17 is GPIO17, pin 11 of the header).",
    "lights.red_pin": "The GPIO of the red part of an RGB LED, instead of pin.",
    "lights.green_pin": "The GPIO of its green part.",
    "lights.blue_pin": "The GPIO of its blue part.",
    "lights.active_high": "false for LEDs wired to 3.3 V, which a low pin lights.",
    "lights.count": "How many pixels there are, for apa102 and neopixel.",
    "lights.spi": "Their SPI bus and device: 0.0 is /dev/spidev0.0.",
    "lights.power_pin": "The GPIO that switches the power of an apa102 row on, if one does.",
    "lights.brightness": "0 to 100: how bright at most.",
    "lights.night": "Hours in which they are as bright as night_brightness; local time.",
    "lights.night_brightness": "0 to 100; at 0 only muted, microphone and camera are shown.",
    "button.driver": "gpiozero (a push button between a pin and ground), keyboard, "
    "simulated or none.",
    "button.pin": "The GPIO of the button.",
    "button.mode": "press (press, hold and double press), or talk (it listens while you hold "
    "the button).",
    "button.hold_s": "Seconds from which a press counts as held.",
    "button.double_s": "Seconds within which two presses count as a double one.",
    "button.shutdown": "true: ten seconds of holding it shut the machine down, "
    "with a countdown to change your mind.",
    "knob.driver": "gpiozero (a rotary encoder for the volume), simulated or none.",
    "knob.a_pin": "The GPIO of the encoder's leg A, often called CLK.",
    "knob.b_pin": "The GPIO of its leg B, often called DT. Swap the two if it turns the wrong way.",
    "knob.percent_per_step": "How much of the volume one click of the knob is.",
    "mute_switch.driver": "gpiozero (a switch between a pin and ground), simulated or none.",
    "mute_switch.pin": "The GPIO of the switch.",
    "mute_switch.muted_when": "closed (connected to ground) or open: which position mutes.",
    "camera.driver": "picamera2, file (pictures from a file or folder), simulated or none.",
    "camera.path": "A JPEG, or a folder of them, for the file driver.",
    "camera.size": "Width and height of the pictures that the model sees.",
    "camera.quality": "JPEG quality, 10 to 95; less where a picture would exceed 512 KiB.",
    "camera.rate_hz": "Pictures per second at most; 1 is the most that the API takes.",
    "camera.stills": "asked (only when the model calls look) or speaking (also while the user "
    "speaks).",
    "camera.timeout_s": "Seconds until a camera that does not answer counts as lost.",
    "outputs.NAME.pin": "The GPIO that switches it.",
    "outputs.NAME.driver": "gpiozero, or simulated.",
    "outputs.NAME.active_high": "false for relay boards that switch on when the pin is low.",
    "outputs.NAME.dimmable": "true lets levels between 0 and 100 dim it (PWM); never for a relay.",
    "outputs.NAME.initial": "false, true, or 0 to 100: how it stands at start.",
    "outputs.NAME.safe": "The same for the stop and after a crash; without it, as initial.",
    "outputs.NAME.pulse_s": "Seconds after which it goes off by itself: a bell, a door opener.",
    "outputs.NAME.longest_pulse_s": "Seconds for which the voice may switch it on until it goes "
    'off by itself ("the fan for ten minutes"); without it, not at all.',
    "outputs.NAME.risk": "safe; confirm (a press on the button, or `myna confirm`, must allow each "
    "switching by voice); or never-by-voice.",
    "outputs.NAME.label": "What people call it, if that is not NAME.",
    "sensors.NAME.driver": "digital (a contact on a pin), w1, bme280, bme680, iio, hwmon, cpu, "
    "simulated, or none.",
    "sensors.NAME.label": "What people call it, if that is not NAME.",
    "sensors.NAME.pin": "The GPIO of a contact.",
    "sensors.NAME.pull": "up, down or none: what holds the pin while the contact is open.",
    "sensors.NAME.active_high": "true for what drives the pin high when it is active, as motion "
    "detectors do; false for a contact to ground.",
    "sensors.NAME.active": "The word for that state: closed, or motion, or water.",
    "sensors.NAME.inactive": "The word for the other one.",
    "sensors.NAME.device": "The number of a one-wire thermometer, or the name of a chip of the "
    "kernel's (iio, hwmon), as `myna devices` prints it.",
    "sensors.NAME.bus": "The I2C bus of a BME280 or BME680; 1 is the one on the header.",
    "sensors.NAME.address": "Its address there: 0x76, or 0x77.",
    "sensors.NAME.fresh_s": "Seconds for which a reading is given again without asking the sensor.",
    "tools.folder": "Where tools of your own lie, a Python file each; /etc/myna/tools. "
    "See docs/tools.md.",
    "tools.confirm_wait_s": 'How many seconds a tool with risk = "confirm" waits for its yes.',
    "tools.rules.NAME.is_offered": "Whether the tool of this name is there at all.",
    "tools.rules.NAME.risk": "safe, confirm (waits for the button or `myna confirm`) or "
    "never-by-voice; else as the tool brings it.",
    "tools.rules.NAME.per_minute": "How often it may run within a minute.",
    "tools.rules.NAME.timeout_s": "How many seconds it may take.",
    "mcp.NAME.command": "A Model Context Protocol server as a program and its arguments; see "
    "docs/tools.md. Either this or url.",
    "mcp.NAME.env.NAME": "A variable for the program; no secret.",
    "mcp.NAME.url": "The server's endpoint (streamable HTTP); https, or http on this machine.",
    "mcp.NAME.plain_http": "true lets the URL be http within your own network, where others can "
    "then read the token.",
    "mcp.NAME.token_file": "A file that holds nothing but the server's token; the systemd "
    "credential mcp-NAME-token comes first.",
    "mcp.NAME.token_env": "The variable in which the program gets the token.",
    "mcp.NAME.allow": "The server's tools that the model gets, by name or pattern (Hass*); "
    "no other is offered.",
    "mcp.NAME.confirm": "Those of them that wait for the button or `myna confirm`.",
    "mcp.NAME.never_by_voice": "Those of them that the model may not call.",
    "mcp.NAME.reading": "Those of them that change nothing, and run each time they are called.",
    "mcp.NAME.risk": "Of all others: safe, confirm or never-by-voice.",
    "mcp.NAME.timeout_s": "How many seconds a call may take.",
    "mcp.NAME.per_minute": "How often each tool may run within a minute.",
    "mcp.NAME.prefix": "What stands before the names of its tools, should they be taken.",
    "timers.snooze_s": "How long a snoozed ring is quiet: a held button, `myna snooze`, or your "
    "word.",
    "timers.ring_limit_s": "How long something rings that nobody stops.",
    "timers.ring_late_s": "How late it still rings after the speaker was off; later it is only "
    "told as missed.",
    "timers.trust_clock": "true: the clock is right though no time server sets it, as with a "
    "battery-backed clock and no network.",
    "mqtt.host": "The MQTT broker, often Home Assistant's: a name or an address; see "
    "docs/tools.md. Unset: no MQTT.",
    "mqtt.port": "Its port; 1883, and with tls 8883.",
    "mqtt.username": "As whom to log in, if the broker asks.",
    "mqtt.password_file": "A file that holds nothing but the password; the systemd credential "
    "mqtt-password comes first.",
    "mqtt.tls": "true encrypts the connection, and has the broker prove who it is.",
    "mqtt.ca_file": "The certificate (PEM) of the authority that signed the broker's; else those "
    "that the system trusts.",
    "mqtt.certificate_file": "The speaker's own certificate (PEM), if the broker asks for one.",
    "mqtt.key_file": "The key that belongs to it, without a passphrase.",
    "mqtt.client_id": "The speaker's name at the broker; myna- and the node.",
    "mqtt.node": "The speaker's id in topics and in Home Assistant: letters, digits, _ and -; "
    "made from the hostname.",
    "mqtt.base_topic": "What the speaker's own topics begin with; myna/ and the node.",
    "mqtt.discovery_prefix": "What Home Assistant's topics begin with.",
    "mqtt.things.NAME.command_topic": "Where the thing takes its orders.",
    "mqtt.things.NAME.on": "What switches it on, and what it reports then.",
    "mqtt.things.NAME.off": "What switches it off, and what it reports then.",
    "mqtt.things.NAME.state_topic": "Where the thing reports how it stands; without it nobody "
    "knows whether it did what it was told.",
    "mqtt.things.NAME.state_key": "Where reports are JSON objects: the key that holds on or off.",
    "mqtt.things.NAME.level_topic": "Where it takes a level; makes the thing dimmable.",
    "mqtt.things.NAME.level_max": "The level that is fully on.",
    "mqtt.things.NAME.level_state_topic": "Where it reports its level, if not in state_topic.",
    "mqtt.things.NAME.level_key": "Where reports are JSON objects: the key that holds the level.",
    "mqtt.things.NAME.retain": "true has the broker keep the order for a thing that is away.",
    "mqtt.things.NAME.label": "What people call it, if that is not NAME.",
    "mqtt.things.NAME.risk": "safe, confirm (waits for the button or `myna confirm`) or "
    "never-by-voice.",
    "music.driver": "mpd (Music Player Daemon), mpris (players on D-Bus) or none.",
    "music.host": "Where MPD is: a name, an address, or the path of its socket.",
    "music.port": "MPD's port.",
    "music.password_file": "A file that holds MPD's password, if it wants one; the systemd "
    "credential mpd-password comes first.",
    "music.player": "Which MPRIS player: any (the one that plays), or what stands behind "
    "org.mpris.MediaPlayer2. in its name on the bus.",
    "music.bus": "Where MPRIS players are: session (of the user that runs myna) or system.",
    "music.while_talking": "What a conversation does to music: duck (lower it), pause or nothing.",
    "music.duck_percent": "0 to 100: how much of its volume is left while it is ducked.",
    "music.stations.NAME": 'What can be played by name, and its address: "radio one" = "https://…".',
    "music.playlists.NAME": 'A playlist of the player by another name: dinner = "Jazz quiet".',
    "state.dir": "Where timers and the like survive a restart; "
    "/var/lib/myna, or ~/.local/state/myna for a user.",
    "log.level": "debug, info, warning or error.",
    "log.transcript": "true writes what you and the speaker say into the log.",
    "control.socket": "Where `myna status` and its siblings reach the daemon; "
    "/run/myna/control.sock, or under $XDG_RUNTIME_DIR for a user.",
    "metrics.socket": "A Unix socket that tells Prometheus figures, over HTTP at /metrics.",
    "metrics.port": "The same on a port of 127.0.0.1, which only this machine reaches.",
}

EXAMPLES: Final[Mapping[str, object]] = {
    "live.key_file": "/etc/myna/api-key",
    "live.key_command": ["/usr/local/bin/fetch-token"],
    "budget.daily_minutes": 60,
    "budget.daily_tokens": 2_000_000,
    "wake.threshold": 0.8,
    "wake.folder": "/etc/myna/wake",
    "wake.key_file": "/etc/myna/picovoice-key",
    "audio.night": "22:00-07:00",
    "microphone.path": "question.wav",
    "speaker.path": "reply.wav",
    "lights.pin": 17,
    "lights.red_pin": 5,
    "lights.green_pin": 6,
    "lights.blue_pin": 13,
    "lights.count": 12,
    "lights.power_pin": 5,
    "lights.night": "22:00-07:00",
    "button.pin": 27,
    "knob.a_pin": 23,
    "knob.b_pin": 24,
    "mute_switch.pin": 16,
    "camera.path": "pictures",
    "music.password_file": "/etc/myna/credentials/mpd-password",
    "outputs.NAME.safe": 0,
    "outputs.NAME.pulse_s": 0.5,
    "outputs.NAME.longest_pulse_s": 1800,
    "sensors.NAME.pin": 5,
    "sensors.NAME.device": "28-0300a279f7d1",
    "tools.folder": "/etc/myna/tools",
    "tools.rules.NAME.risk": "confirm",
    "tools.rules.NAME.per_minute": 6,
    "tools.rules.NAME.timeout_s": 5,
    "mcp.NAME.command": ["/usr/local/bin/some-server", "--stdio"],
    "mcp.NAME.url": "https://homeassistant.example/api/mcp",
    "mcp.NAME.token_file": "/etc/myna/home-token",
    "mcp.NAME.token_env": "SOME_TOKEN",
    "mqtt.host": "homeassistant.local",
    "mqtt.port": 1883,
    "mqtt.username": "myna",
    "mqtt.password_file": "/etc/myna/credentials/mqtt-password",
    "mqtt.ca_file": "/etc/myna/mqtt-ca.pem",
    "mqtt.certificate_file": "/etc/myna/mqtt-certificate.pem",
    "mqtt.key_file": "/etc/myna/mqtt-key.pem",
    "mqtt.client_id": "myna-kitchen",
    "mqtt.node": "kitchen",
    "mqtt.base_topic": "myna/kitchen",
    "mqtt.things.NAME.state_topic": "home/lamp",
    "mqtt.things.NAME.state_key": "state",
    "mqtt.things.NAME.level_topic": "home/lamp/level/set",
    "mqtt.things.NAME.level_state_topic": "home/lamp/level",
    "mqtt.things.NAME.level_key": "brightness",
    "state.dir": "/var/lib/myna",
    "control.socket": "/run/myna/control.sock",
    "metrics.socket": "/run/myna/metrics.sock",
    "metrics.port": 9477,
}
"""What to show for keys that are unset by default."""
