export const NS = {
  carbons: 'urn:xmpp:carbons:2',
  delay: 'urn:xmpp:delay',
  disco: 'http://jabber.org/protocol/disco#info',
  forward: 'urn:xmpp:forward:0',
  mam: 'urn:xmpp:mam:2',
  muc: 'http://jabber.org/protocol/muc',
  mucUser: 'http://jabber.org/protocol/muc#user',
  receipts: 'urn:xmpp:receipts',
  roster: 'jabber:iq:roster',
  rsm: 'http://jabber.org/protocol/rsm',
  stableId: 'urn:xmpp:sid:0',
  dataForm: 'jabber:x:data',
  hints: 'urn:xmpp:hints'
} as const
