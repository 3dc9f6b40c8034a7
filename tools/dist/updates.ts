/**
 * Updates of a release: the address where its copies check for updates, and the signatures of the announcements.
 * MNEMO_UPDATES_URL is the folder on the server (https), MNEMO_UPDATES_PAGE the download page, MNEMO_UPDATES_KEY the private key (Ed25519, PEM:
 * `openssl genpkey -algorithm ed25519`). Without the first, a build never checks for updates.
 */
import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface UpdateServer {
  url: string
  page: string
  key: KeyObject
}

/** Update server from the environment; null if there is none. Throws if it is incomplete or not secure. */
export function updateServer(env: NodeJS.ProcessEnv): UpdateServer | null {
  const { MNEMO_UPDATES_URL: url = '', MNEMO_UPDATES_PAGE: page = '', MNEMO_UPDATES_KEY: pem = '' } = env
  if (url === '' && page === '' && pem === '') return null
  for (const [name, value] of [['MNEMO_UPDATES_URL', url], ['MNEMO_UPDATES_PAGE', page]] as const)
    if (!value.startsWith('https://')) throw new Error(`${name} is not an https URL: updates need all of MNEMO_UPDATES_URL, MNEMO_UPDATES_PAGE and MNEMO_UPDATES_KEY.`)
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('MNEMO_UPDATES_KEY is not an Ed25519 key.')
  return { url, page, key }
}

/** Writes the file that src/main/updates/source.ts reads into the packed app's resources. */
export function writeSource(resources: string, { url, page, key }: UpdateServer): void {
  writeFileSync(join(resources, 'updates.json'), JSON.stringify({ url, page, key: createPublicKey(key).export({ type: 'spki', format: 'pem' }) }))
}

/** Signs each announcement in `folder`; returns the signature files. */
export function signAnnouncements(folder: string, { key }: UpdateServer): string[] {
  return readdirSync(folder)
    .filter((name) => /^(latest|beta)(-(mac|linux)(-\w+)?)?\.yml$/.test(name))
    .map((name) => {
      const file = join(folder, `${name}.sig`)
      writeFileSync(file, `${sign(null, readFileSync(join(folder, name)), key).toString('base64')}\n`)
      return file
    })
}

/** Section of CHANGELOG.md for `version`, or for unreleased changes; '' if there is none. */
export function notesOf(changelog: string, version: string): string {
  const parts = changelog.split(/^## /m).slice(1)
  const part = parts.find((one) => one.replace(/^\[/, '').startsWith(version)) ?? parts.find((one) => /^(\[?unreleased|not released)/i.test(one)) ?? ''
  return part.split('\n').slice(1).join('\n').trim()
}
