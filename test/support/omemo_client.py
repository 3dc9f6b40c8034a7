"""Foreign client with OMEMO on a server: Debian's slixmpp with python3-oldmemo or python3-twomemo. Commands and events are JSON lines.

Arguments: address, password, port, certificate, file of its state, 'axolotl' or 'omemo:2'.
In:  {"do": "send", "to": jid, "text": text, "id": id}     out: {"event": "sent"}; in omemo:2 also with "content": xml instead of a text
     {"do": "hold", "to": jid, "text": text, "count": n}   out: {"event": "held", "xml": stanza}: the last of n messages, encrypted and not sent
     {"do": "burst", "to": jid, "text": text, "count": n}  out: {"event": "burst", "ms": time}; sends "text 0", "text 1" and so on, from number "start"
     {"do": "replace", "to": jid, "times": n}     out: {"event": "replaced"}; begins n sessions with each device by empty messages
     {"do": "narrow"}                             out: {"event": "done"}; uses only the first prekey of each bundle from now on
     {"do": "raw", "xml": stanza}                 out: {"event": "done"}
     {"do": "devices", "of": jid}                 out: {"event": "devices", "ids": [...]}
Out: {"event": "message", "sender": jid, "id": id, "text": text or null, "content": xml, "refused": name, "encrypted": true or false,
      "begins": true where it begins a session}
"""
import asyncio
import json
import logging
import os
import sys
import time
import xml.etree.ElementTree as ET

import slixmpp
from slixmpp.exceptions import IqError
from slixmpp.xmlstream.handler import CoroutineCallback
from slixmpp.xmlstream.matcher import MatchXPath

from omemo import SessionManager, TrustLevel
from omemo.storage import Just, Nothing, Storage

logging.basicConfig(level=logging.ERROR)
version = sys.argv[6]
IS_OLD = version == "axolotl"
if IS_OLD:
    import oldmemo.etree as elements
    from oldmemo import Oldmemo as Backend
    from oldmemo.oldmemo import NAMESPACE as NS
else:
    import twomemo.etree as elements
    from twomemo import Twomemo as Backend
    from twomemo.twomemo import NAMESPACE as NS
LIST = NS + (".devicelist" if IS_OLD else ":devices")
LIST_TAG = "list" if IS_OLD else "devices"
SCE = "urn:xmpp:sce:1"
client = None


def say(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


class File(Storage):
    """State that survives the process."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.due = False
        self.kept = json.load(open(path)) if os.path.exists(path) else {}

    async def _load(self, key):
        return Just(self.kept[key]) if key in self.kept else Nothing()

    async def _store(self, key, value):
        self.kept[key] = value
        self.save()

    async def _delete(self, key):
        self.kept.pop(key, None)
        self.save()

    def save(self):
        """Soon: messages come in hundreds."""
        if not self.due:
            self.due = True
            asyncio.get_event_loop().call_later(0.3, self.write)

    def write(self):
        self.due = False
        with open(self.path, "w") as file:
            json.dump(self.kept, file)


def place(device):
    """Returns the node and item of a bundle."""
    return (f"{NS}.bundles:{device}", "current") if IS_OLD else (f"{NS}:bundles", str(device))


def sealed_text(command, sender):
    """Returns the text to encrypt for a message."""
    if IS_OLD:
        return command["text"]
    content = command.get("content")
    if content is None:
        content = ET.tostring(body_of(command["text"]), encoding="unicode")
    return (
        f"<envelope xmlns='{SCE}'><content>{content}</content><time stamp='2026-01-01T00:00:00Z'/><rpad>0123</rpad>"
        f"<from jid='{command.get('from', sender)}'/><to jid='{command['to']}'/></envelope>"
    )


def body_of(text):
    body = ET.Element("{jabber:client}body")
    body.text = text
    return body


def opened(plain):
    """Returns the decrypted text and content."""
    if plain is None:
        return {"text": None}
    if IS_OLD:
        return {"text": plain.decode()}
    envelope = ET.fromstring(plain.decode())
    content = envelope.find("{%s}content" % SCE)
    body = content.find("{jabber:client}body")
    return {
        "text": None if body is None else body.text,
        "content": ET.tostring(content, encoding="unicode"),
        "affixes": {child.tag.split("}")[1]: child.attrib.get("jid", child.text or "") for child in envelope if child is not content},
    }


async def publish(node, payload, item="current", many=False):
    form = client["xep_0004"].make_form("submit")
    form.add_field(var="FORM_TYPE", ftype="hidden", value="http://jabber.org/protocol/pubsub#publish-options")
    form.add_field(var="pubsub#access_model", value="open")
    form.add_field(var="pubsub#persist_items", value="true")
    if many:
        form.add_field(var="pubsub#max_items", value="max")
    await client["xep_0060"].publish(client.boundjid.bare, node, id=item, payload=payload, options=form)


async def keep_many(node):
    form = client["xep_0004"].make_form("submit")
    form.add_field(var="FORM_TYPE", ftype="hidden", value="http://jabber.org/protocol/pubsub#node_config")
    for name, value in (("access_model", "open"), ("persist_items", "true"), ("max_items", "100")):
        form.add_field(var=f"pubsub#{name}", value=value)
    try:
        await client["xep_0060"].create_node(client.boundjid.bare, node, config=form)
    except IqError:
        pass  # it exists already


async def items(jid, node, item=None):
    try:
        answer = await client["xep_0060"].get_items(slixmpp.JID(jid), node, item_ids=None if item is None else [item])
    except IqError as error:
        if error.condition == "item-not-found":
            return None
        raise
    payloads = [item["payload"] for item in answer["pubsub"]["items"]]
    return payloads[-1] if payloads else None


class Manager(SessionManager):
    @staticmethod
    async def _upload_bundle(bundle):
        node, item = place(bundle.device_id)
        try:
            await publish(node, elements.serialize_bundle(bundle), item, not IS_OLD)
        except IqError:
            # ejabberd does not support that option
            await keep_many(node)
            await publish(node, elements.serialize_bundle(bundle), item)

    @staticmethod
    async def _download_bundle(namespace, bare_jid, device_id):
        payload = await items(bare_jid, *place(device_id))
        if client.narrow and bare_jid != client.boundjid.bare:
            keys = payload.find("{%s}prekeys" % NS)
            for key in sorted(keys, key=lambda one: int(one.get("preKeyId") or one.get("id")))[1:]:
                keys.remove(key)
        return elements.parse_bundle(payload, bare_jid, device_id)

    @staticmethod
    async def _delete_bundle(namespace, device_id):
        node, item = place(device_id)
        await client["xep_0060"].retract(client.boundjid.bare, node, item)

    @staticmethod
    async def _upload_device_list(namespace, device_list):
        await publish(LIST, elements.serialize_device_list(device_list))

    @staticmethod
    async def _download_device_list(namespace, bare_jid):
        payload = await items(bare_jid, LIST)
        return {} if payload is None else elements.parse_device_list(payload)

    async def _evaluate_custom_trust_level(self, device):
        return TrustLevel.TRUSTED

    async def _make_trust_decision(self, undecided, identifier):
        raise RuntimeError("all devices are trusted")

    @staticmethod
    async def _send_message(message, bare_jid):
        client.send_encrypted(message, bare_jid)


class Client(slixmpp.ClientXMPP):
    def __init__(self, jid, password, ca, path):
        super().__init__(jid, password)
        self.ca_certs = ca
        self.storage = File(path)
        self.manager = None
        self.narrow = False
        for plugin in ["xep_0004", "xep_0030", "xep_0060", "xep_0115", "xep_0163", "xep_0199", "xep_0280", "xep_0359"]:
            self.register_plugin(plugin)
        self["xep_0030"].add_feature(LIST + "+notify")
        self.order = asyncio.Lock()
        self.add_event_handler("session_start", self.start_session)
        self.add_event_handler("message", self.received_plain)
        # slixmpp reports no message without a body
        self.register_handler(CoroutineCallback("encrypted", MatchXPath("{jabber:client}message/{%s}encrypted" % NS), self.received))
        self.add_event_handler("carbon_received", lambda m: self.received(m["carbon_received"]))
        self.add_event_handler("carbon_sent", lambda m: self.received(m["carbon_sent"]))
        self.add_event_handler("failed_auth", lambda _: say(event="failed", body="password"))

    async def start_session(self, _):
        try:
            self.manager = await Manager.create([Backend(self.storage)], self.storage, self.boundjid.bare, "foreign", "trusted")
            await self.manager.after_history_sync()
            self["xep_0280"].enable()
            self.send_presence()
            await self.get_roster()
            own, _ = await self.manager.get_own_device_information()
            say(event="online", ids=[own.device_id])
        except Exception as error:
            say(event="failed", body=repr(error))

    def send_encrypted(self, message, to, name=None):
        self.encrypted_stanza(message, to, name).send()

    def encrypted_stanza(self, message, to, name=None):
        stanza = self.make_message(mto=slixmpp.JID(to), mtype="chat")
        stanza["id"] = name or self.new_id()
        stanza["origin_id"]["id"] = stanza["id"]
        stanza.append(elements.serialize_message(message))
        stanza.append(ET.fromstring("<store xmlns='urn:xmpp:hints'/>"))
        return stanza

    async def seal(self, command, text):
        """The stanzas of a message: one."""
        said = {NS: sealed_text({**command, "text": text}, self.boundjid.bare).encode()}
        messages, errors = await self.manager.encrypt(frozenset([command["to"]]), said)
        return [self.encrypted_stanza(message, command["to"], command.get("id")) for message in messages], errors

    async def received_plain(self, stanza):
        if stanza.xml.find("{%s}encrypted" % NS) is None:
            await self.received(stanza)

    async def received(self, stanza):
        event = stanza.xml.find(".//{http://jabber.org/protocol/pubsub#event}items")
        async with self.order:
            if event is not None:
                payload = event.find(".//{%s}%s" % (NS, LIST_TAG))
                if event.get("node") == LIST and payload is not None and self.manager is not None:
                    await self.manager.update_device_list(NS, stanza["from"].bare, elements.parse_device_list(payload))
                return
            encrypted = stanza.xml.find("{%s}encrypted" % NS)
            if encrypted is None:
                if stanza["body"]:
                    say(event="message", sender=stanza["from"].bare, text=stanza["body"], encrypted=False)
                return
            try:
                sender = stanza["from"].bare
                if IS_OLD:
                    message = await elements.parse_message(encrypted, sender, self.boundjid.bare, self.manager)
                else:
                    message = elements.parse_message(encrypted, sender)
                plain, _, _ = await self.manager.decrypt(message)
                begins = any(exchange is not None for _, exchange in message.keys)
                beside = [child.tag for child in stanza.xml]
                say(event="message", sender=sender, id=stanza["id"], encrypted=True, begins=begins, beside=beside, **opened(plain))
            except Exception as error:
                say(event="message", sender=stanza["from"].bare, text=None, refused=type(error).__name__, detail=str(error), encrypted=True)

    async def command(self, command):
        what = command["do"]
        if what == "send":
            async with self.order:
                await self.manager.refresh_device_list(NS, command["to"])
                stanzas, errors = await self.seal(command, command.get("text"))
                for stanza in stanzas:
                    stanza.send()
            await self.plugin["xep_0199"].send_ping(self.boundjid.host, timeout=60)
            say(event="sent", errors=[repr(error) for error in errors])
        elif what == "hold":
            async with self.order:
                await self.manager.refresh_device_list(NS, command["to"])
                for _ in range(command.get("count", 1)):
                    stanzas, _ = await self.seal(command, command["text"])
            say(event="held", xml=str(stanzas[0]))
        elif what == "burst":
            started = time.monotonic()
            for i in range(command.get("start", 0), command.get("start", 0) + command["count"]):
                async with self.order:
                    stanzas, errors = await self.seal(command, f"{command['text']} {i}")
                for stanza in stanzas:
                    stanza.send()
                # others have their turn
                await asyncio.sleep(0)
            await self.plugin["xep_0199"].send_ping(self.boundjid.host, timeout=600)
            say(event="burst", ms=(time.monotonic() - started) * 1000)
        elif what == "replace":
            async with self.order:
                await self.manager.refresh_device_list(NS, command["to"])
                for device in await self.manager.get_device_information(command["to"]):
                    for _ in range(command["times"]):
                        await self.manager.replace_sessions(device)
            await self.plugin["xep_0199"].send_ping(self.boundjid.host, timeout=60)
            say(event="replaced")
        elif what == "narrow":
            self.narrow = True
            say(event="done")
        elif what == "devices":
            payload = await items(command["of"], LIST)
            say(event="devices", ids=[] if payload is None else list(elements.parse_device_list(payload)))
        elif what == "raw":
            self.send_raw(command["xml"])
            say(event="done")


async def commands():
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
    global client
    jid, password, port, ca, path = sys.argv[1:6]
    client = Client(jid, password, ca, path)
    client.connect(("127.0.0.1", int(port)))
    loop = asyncio.get_event_loop()
    task = loop.create_task(commands())
    loop.run_forever()
    task.cancel()
    client.storage.write()


main()
