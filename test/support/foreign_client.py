"""Foreign XMPP client (slixmpp), with commands and reports as JSON lines."""
import asyncio
import json
import logging
import sys

import slixmpp

logging.basicConfig(level=logging.ERROR)


def say(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


class Foreign(slixmpp.ClientXMPP):
    def __init__(self, jid, password, ca):
        super().__init__(jid, password)
        self.ca_certs = ca
        self.register_plugin("xep_0030")
        self.register_plugin("xep_0045")
        self.register_plugin("xep_0199")
        self.register_plugin("xep_0085")
        self.register_plugin("xep_0184")
        self.register_plugin("xep_0308")
        self.register_plugin("xep_0333")
        self.register_plugin("xep_0359")
        self.register_plugin("xep_0424")
        self.register_plugin("xep_0444")
        self.register_plugin("xep_0461")
        self.add_event_handler("session_start", self.start)
        self.add_event_handler("message", self.received)
        self.add_event_handler("message_correction", lambda m: say(event="correction", body=m["body"], id=m["replace"]["id"]))
        self.add_event_handler("reactions", lambda m: say(event="reactions", values=list(m["reactions"].get_values()), id=m["reactions"]["id"]))
        self.add_event_handler("message_retract", lambda m: say(event="retraction", id=m["retract"]["id"]))
        self.add_event_handler("receipt_received", lambda m: say(event="receipt", id=m["receipt"]))
        self.add_event_handler("marker_displayed", lambda m: say(event="displayed", id=m["displayed"]["id"]))
        self.add_event_handler("chatstate_composing", lambda m: say(event="composing", sender=str(m["from"])))
        self.add_event_handler("failed_auth", lambda _: say(event="failed"))

    async def start(self, _):
        self.send_presence()
        await self.get_roster()
        say(event="online")

    def received(self, message):
        if message["body"]:
            mentions = [r.get("uri") for r in message.xml.findall("{urn:xmpp:reference:0}reference")]
            say(event="message", mentions=mentions, type=message["type"], sender=str(message["from"]), body=message["body"], id=message["id"])

    async def command(self, command):
        what = command["do"]
        if what == "join":
            await self.plugin["xep_0045"].join_muc_wait(command["room"], command["nick"], maxstanzas=0)
            say(event="joined")
        elif what == "send":
            kind = "groupchat" if command.get("group") else "chat"
            for index, body in enumerate(command["bodies"]):
                self.send_message(mto=command["to"], mbody=body, mtype=kind)
                if index % 50 == 49:
                    await asyncio.sleep(0)
            # the server answers it after everything sent before
            await self.plugin["xep_0199"].send_ping(self.boundjid.host, timeout=60)
            say(event="sent")
        elif what == "correct":
            message = self.make_message(mto=command["to"], mbody=command["body"], mtype="chat")
            message["replace"]["id"] = command["id"]
            message.send()
            say(event="done")
        elif what == "react":
            self.plugin["xep_0444"].send_reactions(slixmpp.JID(command["to"]), command["id"], command["emoji"])
            say(event="done")
        elif what == "raw":
            self.send_raw(command["xml"])
            say(event="done")
        elif what == "quit":
            await self.disconnect()
            asyncio.get_event_loop().stop()


async def commands(client):
    loop = asyncio.get_event_loop()
    reader = asyncio.StreamReader(limit=64 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while True:
        line = await reader.readline()
        if not line:
            loop.stop()
            return
        try:
            await client.command(json.loads(line))
        except Exception as error:
            say(event="failed", body=repr(error))


def main():
    jid, password, port, ca = sys.argv[1:5]
    client = Foreign(jid, password, ca)
    client.connect(("127.0.0.1", int(port)))
    loop = asyncio.get_event_loop()
    task = loop.create_task(commands(client))
    loop.run_forever()
    task.cancel()


main()
