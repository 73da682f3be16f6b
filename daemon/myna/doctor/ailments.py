"""Everything that the doctor can find, with its meaning and its cure. PURE.

A key is the anchor of its section in docs/troubleshooting.md, so it does not move.
After a change here: `python -m myna.doctor.page docs/troubleshooting.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Ailment:
    """One thing that can be wrong.

    Attributes:
        meaning: What it is, for a person who has never heard of it.
        cure: What to do, as one types it where it can be typed.
    """

    meaning: str
    cure: str


SOUND: Final = {
    "microphone-does-not-open": Ailment(
        "The configured device is missing, or another program holds it.",
        "`myna devices` lists the names; put one into `microphone.device`. After a wrong "
        "plug: plug it in anew. `sudo fuser -v /dev/snd/*` shows who holds it.",
    ),
    "microphone-gives-silence": Ailment(
        "The device opens and gives nothing but zeros: it is muted, its capture switch is off, "
        "or it is not the one that you mean (a Pi has none of its own).",
        "`alsamixer`, F6 for the card, F4 for capture: the space bar switches it on, the arrow "
        "keys raise it. Look for a mute key on the microphone itself.",
    ),
    "microphone-hears-much-noise": Ailment(
        "In the quiet moments it is louder than -40 dBFS: a fan, a hum, a gain that is too high. "
        "Quiet voices are lost in that.",
        "Move it away from fans and the Pi; lower the capture gain in `alsamixer`; "
        '`audio.noise_suppression = "moderate"`.',
    ),
    "microphone-clips": Ailment(
        "The loudest samples are at the end of the scale: what is cut off there is distorted, and "
        "neither wake word nor echo canceller bears it.",
        "Lower the capture gain in `alsamixer`, and `microphone.gain_db` if you have set it.",
    ),
    "microphone-is-off-centre": Ailment(
        "Direct current lies under the sound, as cheap sound cards and a damaged input have it.",
        "Another input or sound card; for an I2S microphone check its ground and its supply.",
    ),
    "microphone-has-a-wrong-rate": Ailment(
        "Its frames come faster or slower than 16,000 in a second of the clock: the device tells "
        "a rate that it does not keep, so that every voice is too high or too low.",
        "Name the device by its card (`plughw:CARD=...` from `myna devices`) instead of a "
        "`default` that converts wrongly.",
    ),
    "speaker-does-not-open": Ailment(
        "The configured device is missing, or another program holds it.",
        "`myna devices` lists the names; put one into `speaker.device`. `sudo fuser -v "
        "/dev/snd/*` shows who holds it.",
    ),
    "speaker-is-not-heard": Ailment(
        "A chirp was played, and the microphone did not hear it. With headphones, or a speaker in "
        "another room, that is as it should be.",
        "`alsamixer`, F6 for the card: unmute it (M) and raise it; look at the volume, the plug "
        "and `speaker.device`.",
    ),
    "echo-is-too-loud": Ailment(
        "The microphone hears the speaker louder than it was played: the echo canceller has little "
        "chance, and the speaker will work half duplex.",
        "Lower the capture gain in `alsamixer`; move microphone and speaker apart; a lower volume.",
    ),
    "echo-comes-too-late": Ailment(
        "More than 0.3 s pass between what is played and what is heard, longer than the echo "
        "canceller reaches back: a sound server or a Bluetooth speaker keeps much in store.",
        "Name the card itself in `speaker.device` instead of `default`; no Bluetooth speaker. Or "
        '`audio.echo = "half-duplex"`.',
    ),
    "wake-engine-is-missing": Ailment(
        "No wake engine could be opened: the button alone starts a conversation.",
        "What is measured says why. `sudo ./install.sh` again brings the engines; `myna config "
        "check` finds a mistaken word.",
    ),
    "wake-engine-is-slow": Ailment(
        "It needs so much of the processor that other work makes it fall behind.",
        "Fewer `wake.words`; end other programs; look whether the processor is throttled.",
    ),
    "wake-engine-is-deaf": Ailment(
        'It did not hear "okay nabu" in a recording that it should know.',
        "`wake.threshold` is too high, or a model is damaged: remove the key, and `sudo "
        "./install.sh` again.",
    ),
}

NETWORK: Final = {
    "name-is-not-resolved": Ailment(
        "The name of the server could not be turned into an address: no network at all, or a "
        "name server that does not answer.",
        "`nmcli device` or `ip addr`: is there an address? `getent hosts "
        "generativelanguage.googleapis.com`: is there an answer? Join the Wi-Fi with `sudo nmtui`; "
        "restart the router.",
    ),
    "server-is-not-reached": Ailment(
        "The name has an address, and no connection comes about: no way to the internet, or a "
        "firewall that closes port 443.",
        "`ping -c3 1.1.1.1`. Allow outgoing TCP to port 443; or set `HTTPS_PROXY` for the service.",
    ),
    "network-asks-for-a-sign-in": Ailment(
        "Something in between answers in the server's place: a hotel's or a guest network's "
        "sign-in page.",
        "Sign in with a browser on the same network, or use another network: a phone's hotspot, "
        "the home Wi-Fi.",
    ),
    "encryption-is-refused": Ailment(
        "The server's certificate is not accepted: something in between opens the encryption, as "
        "company firewalls and virus scanners do. No key was sent.",
        "Another network, or have the firewall leave generativelanguage.googleapis.com alone.",
    ),
    "server-does-not-answer": Ailment(
        "A connection comes about, and no answer that a Live server would give comes back: "
        "something in between swallows it.",
        "Another network; restart the router; remove `live.endpoint` if you have set it.",
    ),
    "network-is-slow": Ailment(
        "A round trip to the server takes more than 0.3 s: each reply comes later by several.",
        "Move the Pi closer to the router, or use a cable; end big downloads.",
    ),
    "clock-is-wrong": Ailment(
        "The clock differs from the server's by more than 30 s, or the server's certificate seems "
        "out of date. No connection is accepted then, and timers ring at the wrong time. A Pi has "
        "no clock that runs on without power.",
        "`sudo timedatectl set-ntp true`, and a network that lets NTP (UDP 123) through.",
    ),
    "clock-is-not-synchronised": Ailment(
        "Nobody sets the clock, so that it drifts away.",
        "`sudo timedatectl set-ntp true`; `timedatectl` shows whether it works.",
    ),
    "key-is-missing": Ailment(
        "No API key was found.",
        "`sudo sh -c 'umask 077; cat > /etc/myna/api-key'`, paste, Ctrl-D, `sudo systemctl "
        "restart myna`.",
    ),
    "key-is-refused": Ailment(
        "The server does not accept the key: mistyped, expired, deleted, or restricted to other "
        "services.",
        "Make a new one at https://aistudio.google.com/apikey and put it in place: `sudo sh -c "
        "'umask 077; cat > /etc/myna/api-key'`, paste, Ctrl-D, `sudo systemctl restart myna`.",
    ),
    "quota-is-used-up": Ailment(
        "The account has reached its limit for now, or its budget.",
        "Wait; or raise the limit of the account at https://aistudio.google.com/usage.",
    ),
    "model-is-refused": Ailment(
        "The server does not know `live.model`, or the model does not take the configuration.",
        "Remove `live.model` to use the default. `myna config show` prints what is in force.",
    ),
    "service-is-not-offered-here": Ailment(
        "Google does not offer the service in the country of your network.",
        "https://ai.google.dev/gemini-api/docs/available-regions lists where it does.",
    ),
    "service-has-trouble": Ailment(
        "The server was reached, and did not open a session, for a reason of its own.",
        "Wait a few minutes and ask the doctor again. What is measured repeats its words.",
    ),
    "endpoint-is-no-live-server": Ailment(
        "What `live.endpoint` names answers, and not as a Live server does.",
        "Remove `live.endpoint` to use Google's.",
    ),
}

BODY: Final = {
    "pins-do-not-open": Ailment(
        "GPIO pins cannot be used: there are none, their library is missing, or this user may not.",
        "What is measured says which. On a Pi: `sudo apt install python3-lgpio`; `sudo usermod -aG "
        "gpio $USER` and log in again.",
    ),
    "button-is-pressed": Ailment(
        "The button's pin is connected to ground while nobody presses it, as far as the doctor "
        "can know.",
        "If you do not press it: the right pair of the button's four legs; look for a short.",
    ),
    "microphone-is-muted": Ailment(
        "It was muted by its switch, its button or a command; it stays so after a restart.",
        "Set the switch back; hold the button for a second; or `myna unmute`.",
    ),
    "camera-gives-no-picture": Ailment(
        "A picture was asked for, and none came.",
        "Reseat the ribbon cable at both ends; `rpicam-hello --list-cameras`; `sudo apt install "
        "python3-picamera2`.",
    ),
    "camera-sees-nothing": Ailment(
        "The picture has hardly any detail: a lens cap, a drawer, a dark room.",
        "Take the cap off; switch on a light; look at the protective foil of the lens.",
    ),
}

MACHINE: Final = {
    "power-is-too-weak": Ailment(
        "The voltage fell below 4.63 V: the supply or its cable is too weak. The processor is "
        "slowed down, USB devices drop out, and SD cards get damaged.",
        "The official supply of your Pi, with a short cable of its own; nothing powered from the "
        "Pi's USB that needs much.",
    ),
    "processor-is-throttled": Ailment(
        "It is, or was, too hot and runs slower.",
        "A heat sink, air around it, no sun; `vcgencmd measure_temp`.",
    ),
    "disk-is-full": Ailment(
        "There is little room where the speaker keeps its state: timers, usage and mute are not "
        "remembered.",
        "`sudo apt clean; sudo journalctl --vacuum-size=100M`; `df -h` shows what is full.",
    ),
    "state-cannot-be-written": Ailment(
        "The folder of the state is read-only, or belongs to somebody else. A card that has become "
        "read-only is about to die.",
        "`mount | grep ' / '`: if it says `ro`, restart, and back the card up. Else `sudo chown -R "
        "myna: /var/lib/myna`.",
    ),
    "you-are-not-in-the-group": Ailment(
        "You may not talk to the running speaker without sudo.",
        "`sudo usermod -aG myna $USER`, then log in again; or put `sudo` before each command.",
    ),
    "service-lacks-a-group": Ailment(
        "The service may not use a device that is configured.",
        "`sudo ./install.sh` again; it puts the user `myna` into the groups of the devices.",
    ),
    "service-is-not-running": Ailment(
        "It is installed, and not running.",
        "`sudo systemctl enable --now myna`.",
    ),
    "service-has-failed": Ailment(
        "It ended with an error, and systemd does not start it again. 78 is a mistake in the "
        "configuration.",
        "`myna config check`; `journalctl -u myna -n 50`; then `sudo systemctl restart myna`.",
    ),
    "service-restarts-often": Ailment(
        "It ended several times by itself since it was started.",
        "`journalctl -u myna -p warning -b` tells why; please report it with `myna report`.",
    ),
    "service-does-not-start-by-itself": Ailment(
        "It runs now, and will not after the next start of the machine.",
        "`sudo systemctl enable myna`.",
    ),
    "service-is-exposed": Ailment(
        "Its sandbox is weaker than the one that it comes with: a drop-in of yours, an old unit.",
        "`systemctl cat myna` shows what changes it; `sudo ./install.sh` again brings the unit.",
    ),
    "daemon-does-not-answer": Ailment(
        "It runs, and does not answer over its control socket: it hangs. Its watchdog ends it.",
        "`sudo systemctl restart myna`; then please report it with `myna report`.",
    ),
    "old-version-still-runs": Ailment(
        "The daemon that runs is of another version than the command.",
        "`sudo systemctl restart myna`.",
    ),
    "configuration-is-wrong": Ailment(
        "The configuration has mistakes; the rest was examined as if it said nothing.",
        "`myna config check` lists each with its line.",
    ),
    "daemon-is-in-trouble": Ailment(
        "The running speaker reports this trouble; `myna status` shows it too.",
        "What is measured holds its cure. It is tried again by itself.",
    ),
    "doctor-stumbled": Ailment(
        "The check itself has failed, which is a mistake of the doctor's.",
        "Please report it with `myna report`.",
    ),
}

CHAPTERS: Final = {
    "Sound": SOUND,
    "Network, key and clock": NETWORK,
    "Hands and eyes": BODY,
    "Machine and service": MACHINE,
}
AILMENTS: Final = {key: each for chapter in CHAPTERS.values() for key, each in chapter.items()}
