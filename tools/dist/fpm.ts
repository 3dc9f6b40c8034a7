#!/usr/bin/env node
/**
 * Replacement of fpm for electron-builder (CUSTOM_FPM_PATH) where fpm's own build cannot be downloaded: makes a .deb with dpkg-deb(1) and an .rpm
 * with rpmbuild(8), from the same folders, scripts and texts. Supports the options that electron-builder passes, and refuses others.
 * https://fpm.readthedocs.io/en/latest/cli-reference.html
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

const text = { type: 'string' } as const
const list = { type: 'string', multiple: true } as const
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { ...text, short: 's' },
    to: { ...text, short: 't' },
    depends: { ...list, short: 'd' },
    'deb-recommends': list,
    force: { type: 'boolean' },
    debug: { type: 'boolean' },
    log: text,
    architecture: text,
    'after-install': text,
    'after-remove': text,
    description: text,
    version: text,
    iteration: text,
    package: text,
    name: text,
    maintainer: text,
    vendor: text,
    url: text,
    category: text,
    license: text,
    'deb-priority': text,
    'deb-compression': text,
    'rpm-summary': text,
    'rpm-os': text,
    'rpm-compression': text
  }
})

type Name = { [K in keyof typeof values]-?: NonNullable<(typeof values)[K]> extends string ? K : never }[keyof typeof values]

/** Value of a required option. */
function given(name: Name): string {
  const value = values[name]
  if (value === undefined) throw new Error(`fpm: --${name} is missing`)
  return value
}

function run(program: string, args: string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (error !== undefined) throw new Error(`Need executable '${program}': ${error.message}`)
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}`)
}

/** Copies each `source=/place` argument under the root; a source with a trailing slash is a folder whose contents go to that place. */
function fill(root: string): void {
  for (const argument of positionals) {
    const at = argument.lastIndexOf('=/')
    if (at === -1) throw new Error(`fpm: ${argument} has no target path`)
    const target = join(root, argument.slice(at + 1))
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 })
    cpSync(argument.slice(0, at), target, { recursive: true, verbatimSymlinks: true })
  }
}

/** All files and folders under the root, as paths from the root with a leading slash. */
function entries(root: string): { path: string; folder: boolean; size: number }[] {
  return readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name)
    return { path: path.slice(root.length), folder: entry.isDirectory(), size: entry.isFile() ? statSync(path).size : 0 }
  })
}

/** Control file, deb-control(5): further lines of a field begin with a blank, and an empty one is a dot. */
function debControl(root: string): string {
  const [synopsis = '', ...more] = given('description').split('\n')
  const kib = Math.ceil(entries(root).reduce((sum, { size }) => sum + size, 0) / 1024)
  const fields: [string, string | undefined][] = [
    ['Package', given('name')],
    ['Version', values.iteration === undefined ? given('version') : `${given('version')}-${values.iteration}`],
    ['License', values.license],
    ['Vendor', values.vendor],
    ['Architecture', given('architecture')],
    ['Maintainer', given('maintainer')],
    ['Installed-Size', String(kib)],
    ['Depends', values.depends?.join(', ')],
    ['Recommends', values['deb-recommends']?.join(', ')],
    ['Section', values.category],
    ['Priority', values['deb-priority']],
    ['Homepage', values.url],
    ['Description', [synopsis, ...more.map((line) => ` ${line.trim() === '' ? '.' : line.trim()}`)].join('\n')]
  ]
  return fields.map(([name, value]) => (value === undefined || value === '' ? '' : `${name}: ${value}\n`)).join('')
}

function makeDeb(root: string, file: string): void {
  const control = debControl(root)
  mkdirSync(join(root, 'DEBIAN'), { mode: 0o755 })
  writeFileSync(join(root, 'DEBIAN/control'), control)
  for (const [option, script] of [['after-install', 'postinst'], ['after-remove', 'postrm']] as const) {
    const from = values[option]
    if (from !== undefined) writeFileSync(join(root, 'DEBIAN', script), readFileSync(from), { mode: 0o755 })
  }
  const compression = values['deb-compression'] ?? 'xz'
  // gzip is for trials, which are made often: quickly rather than small
  const how = compression === 'gz' ? ['-Zgzip', '-z1'] : [`-Z${compression}`]
  run('dpkg-deb', [...how, '--root-owner-group', '--build', root, file])
}

/** Architecture names of rpm; electron-builder passes Debian's. */
const MACHINES: Record<string, string> = { amd64: 'x86_64', arm64: 'aarch64' }
const PAYLOADS: Record<string, string> = { none: 'w0.gzdio', gz: 'w1.gzdio', gzip: 'w1.gzdio', xz: 'w6.xzdio', xzmt: 'w6T0.xzdio', zstd: 'w19.zstdio' }

/** A script of the package for the spec file, where a per cent sign begins a macro. */
function scriptlet(section: string, from: string | undefined): string {
  return from === undefined ? '' : `%${section}\n${readFileSync(from, 'utf8').replaceAll('%', '%%')}\n`
}

function makeRpm(root: string, work: string, file: string): void {
  const files = entries(root).map(({ path, folder }) => `${folder ? '%dir ' : ''}"${path.replaceAll('%', '%%')}"`)
  // system folders belong to other packages
  const own = files.filter((line) => !/^%dir "\/(opt|usr|usr\/share|usr\/share\/(applications|icons.*|mime.*))"$/.test(line))
  const compression = values['rpm-compression'] ?? 'xz'
  const payload = PAYLOADS[compression]
  if (payload === undefined) throw new Error(`fpm: unknown compression ${compression}`)
  const spec = [
    '%define __os_install_post %{nil}',
    '%define _build_id_links none',
    '%global debug_package %{nil}',
    `%define _binary_payload ${payload}`,
    // rpm(8): a dash separates version and release
    `Name: ${given('name')}`,
    `Version: ${given('version').replaceAll('-', '~')}`,
    `Release: ${values.iteration ?? '1'}`,
    `Summary: ${values['rpm-summary'] ?? given('name')}`,
    `License: ${values.license ?? 'unknown'}`,
    `Group: ${values.category ?? 'default'}`,
    `URL: ${given('url')}`,
    `Vendor: ${given('vendor')}`,
    `Packager: ${given('maintainer')}`,
    'AutoReqProv: no',
    ...(values.depends ?? []).map((name) => `Requires: ${name}`),
    '%description',
    given('description').replaceAll('%', '%%'),
    scriptlet('post', values['after-install']),
    scriptlet('postun', values['after-remove']),
    '%files',
    '%defattr(-,root,root,-)',
    ...own
  ].join('\n')
  writeFileSync(join(work, 'package.spec'), `${spec}\n`)
  run('rpmbuild', ['-bb', '--quiet', '--target', MACHINES[given('architecture')] ?? given('architecture'), '--define', `_topdir ${work}/rpmbuild`, '--buildroot', root, join(work, 'package.spec')])
  const made = readdirSync(join(work, 'rpmbuild/RPMS'), { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.rpm'))
  if (made === undefined) throw new Error('rpmbuild made no package')
  cpSync(join(work, 'rpmbuild/RPMS', made), file)
}

const work = mkdtempSync(join(tmpdir(), 'mnemo-fpm-'))
try {
  const root = join(work, 'root')
  mkdirSync(root, { mode: 0o755 })
  fill(root)
  const file = given('package')
  const made = join(work, basename(file))
  const type = given('to')
  if (type === 'deb') makeDeb(root, made)
  else if (type === 'rpm') makeRpm(root, work, made)
  else throw new Error(`fpm: unknown package type ${type}`)
  // atomic; the folder of the packages may be on another disk
  cpSync(made, `${file}.part`)
  renameSync(`${file}.part`, file)
} finally {
  rmSync(work, { recursive: true, force: true })
}
