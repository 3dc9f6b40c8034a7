"""OMEMO device derived from libsignal, for tests: Debian's python3-axolotl, which Gajim's OMEMO uses, with the JSON lines of omemo_peer.py."""
import base64
import json
import os
import sys
import xml.etree.ElementTree as ET

from axolotl.ecc.djbec import DjbECPublicKey
from axolotl.identitykey import IdentityKey
from axolotl.protocol.ciphertextmessage import CiphertextMessage
from axolotl.protocol.prekeywhispermessage import PreKeyWhisperMessage
from axolotl.protocol.whispermessage import WhisperMessage
from axolotl.sessionbuilder import SessionBuilder
from axolotl.sessioncipher import SessionCipher
from axolotl.state.prekeybundle import PreKeyBundle
from axolotl.tests.inmemoryaxolotlstore import InMemoryAxolotlStore
from axolotl.util.keyhelper import KeyHelper
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NS = "eu.siacs.conversations.axolotl"
DEVICE = 31415
SIGNED = 1
store = InMemoryAxolotlStore()
bundles = {}


def b64(data):
    return base64.b64encode(bytes(data)).decode()


def inside(element):
    return base64.b64decode(element.text)


def public(element):
    return DjbECPublicKey(inside(element)[1:])


def own_bundle():
    identity = store.getIdentityKeyPair()
    signed = KeyHelper.generateSignedPreKey(identity, SIGNED)
    store.storeSignedPreKey(SIGNED, signed)
    root = ET.Element("bundle", xmlns=NS)
    ET.SubElement(root, "signedPreKeyPublic", signedPreKeyId=str(SIGNED)).text = b64(signed.getKeyPair().getPublicKey().serialize())
    ET.SubElement(root, "signedPreKeySignature").text = b64(signed.getSignature())
    ET.SubElement(root, "identityKey").text = b64(identity.getPublicKey().serialize())
    keys = ET.SubElement(root, "prekeys")
    for record in KeyHelper.generatePreKeys(1, 100):
        store.storePreKey(record.getId(), record)
        ET.SubElement(keys, "preKeyPublic", preKeyId=str(record.getId())).text = b64(record.getKeyPair().getPublicKey().serialize())
    return ET.tostring(root, encoding="unicode")


def publish(jid, device, text):
    bundle = ET.fromstring(text)
    find = lambda name: bundle.find("{%s}%s" % (NS, name))
    pre_key = find("prekeys")[0]
    signed = find("signedPreKeyPublic")
    bundles[jid] = (device, PreKeyBundle(
        device, device, int(pre_key.get("preKeyId")), public(pre_key), int(signed.get("signedPreKeyId")), public(signed),
        inside(find("signedPreKeySignature")), IdentityKey(public(find("identityKey"))),
    ))


def cipher(jid):
    return SessionCipher(store, store, store, store, jid, bundles[jid][0])


def encrypt(text, jid):
    device, bundle = bundles[jid]
    if not store.containsSession(jid, device):
        SessionBuilder(store, store, store, store, jid, device).processPreKeyBundle(bundle)
    key, iv = os.urandom(16), os.urandom(12)
    sealed = AESGCM(key).encrypt(iv, text.encode(), None)
    message = cipher(jid).encrypt(key + sealed[-16:])
    root = ET.Element("encrypted", xmlns=NS)
    header = ET.SubElement(root, "header", sid=str(DEVICE))
    first = {"prekey": "true"} if message.getType() == CiphertextMessage.PREKEY_TYPE else {}
    ET.SubElement(header, "key", rid=str(device), **first).text = b64(message.serialize())
    ET.SubElement(header, "iv").text = b64(iv)
    ET.SubElement(root, "payload").text = b64(sealed[:-16])
    return ET.tostring(root, encoding="unicode")


def decrypt(text, jid):
    root = ET.fromstring(text)
    header, payload = root.find("{%s}header" % NS), root.find("{%s}payload" % NS)
    element = next(key for key in header.findall("{%s}key" % NS) if key.get("rid") == str(DEVICE))
    if element.get("prekey") == "true":
        key = cipher(jid).decryptPkmsg(PreKeyWhisperMessage(serialized=inside(element)), textMsg=False)
    else:
        key = cipher(jid).decryptMsg(WhisperMessage(serialized=inside(element)), textMsg=False)
    if payload is None:
        return None
    return AESGCM(key[:16]).decrypt(inside(header.find("{%s}iv" % NS)), inside(payload) + key[16:], None).decode()


def answer(command):
    if "publish" in command:
        publish(command["publish"], command["device"], command["bundle"])
        return {}
    if "encrypt" in command:
        return {"message": encrypt(command["encrypt"], command["to"])}
    return {"text": decrypt(command["decrypt"], command["from"])}


print(json.dumps({"device": DEVICE, "bundle": own_bundle()}), flush=True)
for line in sys.stdin:
    try:
        result = answer(json.loads(line))
    except Exception as error:  # the test judges which error it is
        result = {"refused": type(error).__name__, "detail": str(error)}
    print(json.dumps(result), flush=True)
