"""Gajim plugin for tests: acts in Gajim's own windows as a person would. Commands and events are JSON lines (test/support/foreign.ts).

In:  {"do": "send", "to": jid, "text": text}      encrypted with OMEMO, through the chat's field     out: {"event": "sent"}
     {"do": "join", "group": jid}                 out: {"event": "joined"}
     {"do": "devices", "of": jid}                 devices known to Gajim            out: {"event": "devices", "ids": [...]}
Out: {"event": "message", "sender": jid, "group": jid or null, "text": text, "encrypted": true or false}
"""
import json
import os
import sys
import traceback

from gi.repository import GLib
from nbxmpp.protocol import JID

from gajim.common import app, ged
from gajim.common.modules.contacts import GroupchatContact
from gajim.plugins import GajimPlugin


def say(**event):
    os.write(3, (json.dumps(event) + "\n").encode())


# instead of a window with the error
sys.excepthook = lambda kind, error, trace: say(event="failed", body="".join(traceback.format_exception(kind, error, trace)))


class Hands(GajimPlugin):
    def init(self):
        self.config_dialog = None
        self.gui_extension_points = {}
        self.events_handlers = {
            "signed-in": (ged.POSTGUI, lambda _: say(event="online")),
            "message-received": (ged.POSTGUI, self.received),
            "gc-message-received": (ged.POSTGUI, self.received),
            "mam-message-received": (ged.POSTGUI, self.received),
        }

    def activate(self):
        channel = GLib.IOChannel.unix_new(0)
        GLib.io_add_watch(channel, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, self.heard)

    def deactivate(self):
        pass

    def heard(self, _channel, _condition):
        line = sys.stdin.readline()
        if line == "":
            app.app.quit()
            return False
        try:
            self.command(json.loads(line))
        except Exception as error:
            say(event="failed", body=repr(error))
        return True

    def received(self, event):
        properties = event.properties
        text = getattr(event, "msgtxt", None) or properties.body
        if not text:
            return
        group = properties.jid.bare if properties.type.is_groupchat else None
        say(event="message", sender=str(properties.jid if group else properties.jid.bare), group=group, text=text, encrypted=properties.encrypted is not None)

    def command(self, command):
        account = app.settings.get_active_accounts()[0]
        client = app.get_client(account)
        omemo = client.get_module("OMEMO")
        what = command["do"]
        if what == "send":
            jid = JID.from_string(command["to"])
            contact = client.get_module("Contacts").get_contact(jid)
            kind = "groupchat" if isinstance(contact, GroupchatContact) else "contact"
            app.window.add_chat(account, jid, kind, select=True)
            app.window.select_chat(account, jid)
            contact.settings.set("encryption", "OMEMO")
            self.type(omemo, account, jid, command["text"], kind == "groupchat")
        elif what == "join":
            client.get_module("MUC").join(command["group"], nick=command["nick"])
            self.when(lambda: omemo.is_omemo_groupchat(command["group"]), lambda: say(event="joined"))
        elif what == "devices":
            say(event="devices", ids=list(omemo.backend.get_devices(command["of"])))

    def when(self, fact, then):
        """Polls until `fact` holds, since Gajim sends no event."""

        def look():
            if not fact():
                return True
            then()
            return False

        if look():
            GLib.timeout_add(100, look)

    def type(self, omemo, account, jid, text, is_group):
        chat = app.window.get_control()
        field = app.window._chat_page.get_chat_stack()._message_action_box.msg_textview

        def ready():
            # a person would wait as well: Gajim reports that it is requesting keys, and sends nothing
            people = omemo.backend.get_muc_members(str(jid)) if is_group else [str(jid)]
            missing = [one for one in people if omemo.are_keys_missing(one) or omemo.backend.devices_without_sessions(one)]
            for one in people:
                if not omemo.backend.get_devices(one, without_self=True):
                    omemo.request_devicelist(one)
            return chat.contact is not None and chat.contact.jid == jid and people and not missing

        def send():
            field.get_buffer().set_text(text)
            app.window.lookup_action("send-message").activate(None)
            self.when(lambda: field.get_text() == "", lambda: say(event="sent"))

        self.when(ready, send)
