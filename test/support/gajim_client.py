"""Gajim with its own profile, a signed-in account, its OMEMO plugin and the plugin test/support/gajim-hands.

Arguments: address, password, port, certificate, folder of its profile.
"""
import json
import os
import shutil
import sqlite3
import sys

from gajim.common.settings import CREATE_SQL

jid, password, port, certificate, profile = sys.argv[1:6]
user, domain = jid.split("/")[0].split("@")
if not os.path.exists(profile):
    for folder in ("plugins", "cert_store"):
        os.makedirs(os.path.join(profile, folder))
    here = os.path.dirname(os.path.abspath(__file__))
    shutil.copytree(os.path.join(here, "gajim-hands"), os.path.join(profile, "plugins", "hands"))
    shutil.copy(certificate, os.path.join(profile, "cert_store", "server"))
    database = sqlite3.connect(os.path.join(profile, "settings.sqlite"))
    database.executescript(CREATE_SQL)
    settings = {"use_keyring": False, "check_for_update": False}
    account = {
        "account_label": user,
        "active": True,
        "autoconnect": True,
        "name": user,
        "hostname": domain,
        "password": password,
        "savepass": True,
        "resource": "gajim",
        "use_custom_host": True,
        "custom_host": "127.0.0.1",
        "custom_port": int(port),
        "custom_type": "START TLS",
    }
    database.execute("UPDATE settings SET settings = ? WHERE name = 'app'", [json.dumps(settings)])
    database.execute("UPDATE settings SET settings = ? WHERE name = 'plugins'", [json.dumps({"omemo": {"active": True}, "hands": {"active": True}})])
    database.execute("INSERT INTO account_settings VALUES (?, ?)", ["account", json.dumps({"account": account, "contact": {}, "group_chat": {}})])
    database.commit()
    database.close()
# Gajim prints other things to the usual descriptors
os.dup2(1, 3)
os.dup2(2, 1)
os.execvp("dbus-run-session", ["dbus-run-session", "--", "gajim", "-s", "-c", profile])
