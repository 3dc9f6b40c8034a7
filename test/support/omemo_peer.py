"""Foreign OMEMO device for tests: Debian's python3-oldmemo or python3-twomemo, controlled by JSON lines.

Arguments: its account; 'axolotl' or 'omemo:2'. In:  {"publish": jid, "device": id, "bundle": xml}     announces another person's device
                             {"encrypt": text, "to": jid}                      out: {"message": xml}
                             {"decrypt": xml, "from": jid}                     out: {"text": text or null} or {"refused": name of the error}
The first line of output is its own device: {"device": id, "bundle": xml}. Messages that it sends by itself are in "sent" of the next answer.
"""
import asyncio
import json
import sys
import xml.etree.ElementTree as ET

from omemo import SessionManager, TrustLevel
from omemo.storage import Just, Nothing, Storage

own, version = sys.argv[1:3]
if version == "axolotl":
    import oldmemo.etree as elements
    from oldmemo import Oldmemo as Backend
    from oldmemo.oldmemo import NAMESPACE
else:
    import twomemo.etree as elements
    from twomemo import Twomemo as Backend
    from twomemo.twomemo import NAMESPACE
devices, bundles, sent = {}, {}, []


class Memory(Storage):
    def __init__(self):
        super().__init__()
        self.kept = {}

    async def _load(self, key):
        return Just(self.kept[key]) if key in self.kept else Nothing()

    async def _store(self, key, value):
        self.kept[key] = value

    async def _delete(self, key):
        self.kept.pop(key, None)


class Peer(SessionManager):
    @staticmethod
    async def _upload_bundle(bundle):
        bundles[own, bundle.device_id] = bundle

    @staticmethod
    async def _download_bundle(namespace, bare_jid, device_id):
        return bundles[bare_jid, device_id]

    @staticmethod
    async def _delete_bundle(namespace, device_id):
        bundles.pop((own, device_id), None)

    @staticmethod
    async def _upload_device_list(namespace, device_list):
        devices[own] = device_list

    @staticmethod
    async def _download_device_list(namespace, bare_jid):
        return devices.get(bare_jid, {})

    async def _evaluate_custom_trust_level(self, device):
        return TrustLevel.TRUSTED

    async def _make_trust_decision(self, undecided, identifier):
        raise RuntimeError("all devices are trusted")

    @staticmethod
    async def _send_message(message, bare_jid):
        sent.append({"to": bare_jid, "message": text_of(elements.serialize_message(message))})


def text_of(element):
    return ET.tostring(element, encoding="unicode")


async def answer(peer, command):
    if "publish" in command:
        jid, device = command["publish"], command["device"]
        bundles[jid, device] = elements.parse_bundle(ET.fromstring(command["bundle"]), jid, device)
        devices[jid] = {**devices.get(jid, {}), device: None}
        await peer.update_device_list(NAMESPACE, jid, devices[jid])
        return {}
    if "encrypt" in command:
        messages, errors = await peer.encrypt(frozenset([command["to"]]), {NAMESPACE: command["encrypt"].encode()})
        if errors:
            raise RuntimeError(errors)
        return {"message": text_of(elements.serialize_message(next(iter(messages))))}
    element = ET.fromstring(command["decrypt"])
    if version == "axolotl":
        message = await elements.parse_message(element, command["from"], own, peer)
    else:
        message = elements.parse_message(element, command["from"])
    plain, _, _ = await peer.decrypt(message)
    return {"text": None if plain is None else plain.decode()}


async def main():
    storage = Memory()
    peer = await Peer.create([Backend(storage)], storage, own, None, "trusted")
    await peer.after_history_sync()
    device = next(iter(devices[own]))
    print(json.dumps({"device": device, "bundle": text_of(elements.serialize_bundle(bundles[own, device]))}), flush=True)
    for line in sys.stdin:
        try:
            result = await answer(peer, json.loads(line))
        except Exception as error:  # the test judges which error it is
            result = {"refused": type(error).__name__, "detail": str(error)}
        result["sent"] = sent[:]
        sent.clear()
        print(json.dumps(result), flush=True)


asyncio.run(main())
