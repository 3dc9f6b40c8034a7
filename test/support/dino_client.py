"""Dino with its own profile and display, used like a person does: a link opens the chat, text is typed into its field, and received messages are read from its database.

Dino finds its server by the address, and trusts only the system's certificates: it runs in namespaces (unshare(1)) where port 5222 leads to the
test's server, whose certificate is one of the system's.

Arguments: address, password, port, certificate, folder of its profile. Commands and events are lines of JSON (test/support/foreign.ts).
In:  {"do": "send", "to": jid, "text": ASCII}     encrypted with OMEMO      out: {"event": "sent"}
     {"do": "joined", "group": jid}               waits until it has joined by its bookmark  out: {"event": "joined"}
     {"do": "devices", "of": jid}                 devices known to Dino     out: {"event": "devices", "ids": [...]}
Out: {"event": "message", "sender": jid, "group": jid or null, "text": text, "encrypted": true or false}
"""
import ctypes
import fcntl
import json
import os
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time

jid, password, port, certificate, profile = sys.argv[1:6]
account = jid.split("/")[0]
OMEMO = 2
DATABASE = os.path.join(profile, "data/dino/dino.db")
OMEMO_DATABASE = os.path.join(profile, "data/dino/omemo.db")


def say(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def forward(listener, connect):
    """Forwards each connection of `listener` to one opened by `connect`."""

    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept():
        while True:
            here, _ = listener.accept()
            there = connect()
            for pair in ((here, there), (there, here)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    listener.listen()
    threading.Thread(target=accept, daemon=True).start()


def bridge():
    return os.path.join(profile, "bridge")


def outside():
    """Starts the forwarding to the server, and the namespaces."""
    os.makedirs(profile, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    if os.path.exists(bridge()):
        os.unlink(bridge())
    listener.bind(bridge())
    forward(listener, lambda: socket.create_connection(("127.0.0.1", int(port))))
    user = [] if os.getuid() == 0 else ["--map-root-user"]
    inner = [sys.executable, os.path.abspath(__file__), *sys.argv[1:6], "inside"]
    command = ["unshare", *user, "--net", "--mount", "--", "dbus-run-session", "--", "xvfb-run", "-a", "-s", "-screen 0 1200x900x24", *inner]
    sys.exit(subprocess.run(command).returncode)


def to_unix():
    one = socket.socket(socket.AF_UNIX)
    one.connect(bridge())
    return one


def prepare():
    """Sets up the namespace: its loopback, port 5222 as the server, and trust of the server's certificate."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        up_and_running = struct.pack("16sH14s", b"lo", 0x1 | 0x40, b"")
        fcntl.ioctl(one, 0x8914, up_and_running)  # SIOCSIFFLAGS
    listener = socket.socket()
    listener.bind(("127.0.0.1", 5222))
    forward(listener, to_unix)
    libc = ctypes.CDLL(None, use_errno=True)
    private, bind = (1 << 18) | (1 << 14), 1 << 12
    system = os.path.realpath("/etc/ssl/certs/ca-certificates.crt")
    if libc.mount(b"none", b"/", None, private, None) or libc.mount(certificate.encode(), system.encode(), None, bind, None):
        raise OSError(ctypes.get_errno(), "the certificate cannot be put among the system's")


def program():
    environment = {
        **os.environ,
        "HOME": profile,
        "XDG_DATA_HOME": os.path.join(profile, "data"),
        "XDG_CONFIG_HOME": os.path.join(profile, "config"),
        "XDG_CACHE_HOME": os.path.join(profile, "cache"),
        "GSK_RENDERER": "cairo",
        "GTK_A11Y": "none",
        "NO_AT_BRIDGE": "1",
        "GSETTINGS_BACKEND": "memory",
        "GIO_USE_NETWORK_MONITOR": "base",
    }
    return lambda *args: subprocess.Popen(["dino-im", *args], env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def until(fact, seconds=180):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = fact()
        if found:
            return found
        time.sleep(0.1)
    raise RuntimeError("Dino does not do it")


def rows(path, sql, *values):
    """Returns the rows; none while the table does not exist."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as database:
            return database.execute(sql, values).fetchall()
    except sqlite3.OperationalError:
        return []


SAID = """SELECT message.id, jid.bare_jid, message.counterpart_resource, message.body, message.encryption, message.type
  FROM message JOIN jid ON jid.id = message.counterpart_id WHERE message.id > ? AND message.direction = 0 ORDER BY message.id"""
SENT = """SELECT 1 FROM message JOIN jid ON jid.id = message.counterpart_id
  WHERE jid.bare_jid = ? AND message.body = ? AND message.encryption = ? AND message.direction = 1"""
CHAT = "SELECT encryption FROM conversation JOIN jid ON jid.id = conversation.jid_id WHERE jid.bare_jid = ? AND active = 1"
SECRET = "UPDATE conversation SET encryption = ? WHERE jid_id = (SELECT id FROM jid WHERE bare_jid = ?)"
GROUP = 2


def watch():
    """Reports messages that Dino has stored."""
    last = 0
    while True:
        for number, sender, nick, text, encryption, kind in rows(DATABASE, SAID, last):
            last = number
            of_group = {"sender": f"{sender}/{nick}", "group": sender} if kind == GROUP else {"sender": sender, "group": None}
            say(event="message", text=text, encrypted=encryption == OMEMO, **of_group)
        time.sleep(0.2)


def on_bus():
    """Returns whether a Dino runs that links are given to."""
    asked = ["gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path", "/org/freedesktop/DBus"]
    answer = subprocess.run([*asked, "--method", "org.freedesktop.DBus.NameHasOwner", "im.dino.Dino"], check=True, capture_output=True, text=True)
    return "true" in answer.stdout


class Dino:
    def __init__(self):
        self.program = program()
        if not os.path.exists(DATABASE):
            # the first run creates the database, into which the account is inserted
            first = self.program()
            until(lambda: rows(DATABASE, "SELECT name FROM sqlite_master WHERE name = 'settings'"))
            first.terminate()
            first.wait()
            with sqlite3.connect(DATABASE) as database:
                database.execute("INSERT INTO account (bare_jid, resourcepart, password, alias, enabled) VALUES (?, 'dino', ?, '', 1)", [account, password])
        self.start()

    def start(self):
        # times in its database are seconds
        before = int(time.time())
        until(lambda: time.time() >= before + 1)
        self.running = self.program()
        # otherwise a link would start a Dino of its own
        until(on_bus)
        # it receives its own presence
        until(lambda: rows(DATABASE, "SELECT 1 FROM entity JOIN jid ON jid.id = entity.jid_id WHERE bare_jid = ? AND last_seen > ?", account, before))

    def stop(self):
        self.running.terminate()
        self.running.wait()
        # a program that starts before the name is free takes itself for the second, and only tells the first, which has gone
        until(lambda: not on_bus())

    def open(self, to):
        self.program(f"xmpp:{to}?message").wait()
        until(lambda: rows(DATABASE, CHAT, to))

    def send(self, to, text):
        if (OMEMO,) not in rows(DATABASE, CHAT, to):
            # the lock of the chat, found by its picture
            self.open(to)
            self.stop()
            with sqlite3.connect(DATABASE) as database:
                database.execute(SECRET, [OMEMO, to])
            self.start()
        self.open(to)
        xdotool("mousemove", "700", "400")
        until(lambda: self.type(to, text))

    def type(self, to, text):
        """Types and sends a text; returns whether it was accepted, since the chat may not be open yet."""
        xdotool("key", "ctrl+a")
        xdotool("type", "--delay", "15", text)
        xdotool("key", "Return")
        for _ in range(20):
            if rows(DATABASE, SENT, to, text, OMEMO):
                return True
            time.sleep(0.1)
        return False

    def do(self, command):
        what = command["do"]
        if what == "send":
            self.send(command["to"], command["text"])
            say(event="sent")
        elif what == "joined":
            until(lambda: rows(DATABASE, CHAT, command["group"]))
            say(event="joined")
        elif what == "devices":
            found = rows(OMEMO_DATABASE, "SELECT device_id FROM identity_meta WHERE address_name = ? AND now_active = 1", command["of"])
            say(event="devices", ids=[device for (device,) in found])


def xdotool(*args):
    subprocess.run(["xdotool", *args], check=True, stdout=sys.stderr)


def main():
    prepare()
    try:
        dino = Dino()
        say(event="online")
        threading.Thread(target=watch, daemon=True).start()
        for line in sys.stdin:
            dino.do(json.loads(line))
        dino.stop()
    except Exception as error:
        say(event="failed", body=repr(error))
        raise


if len(sys.argv) > 6:
    main()
else:
    outside()
