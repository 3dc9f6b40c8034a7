// Debian packages, with a check for each. As root, missing ones are installed; otherwise the command is printed.
import { existsSync } from 'node:fs'
import { has, run, say, SetupError } from './steps.mjs'

const library = (name) => ['x86_64', 'aarch64'].some((cpu) => existsSync(`/usr/lib/${cpu}-linux-gnu/${name}`))
const python = (name) => existsSync(`/usr/lib/python3/dist-packages/${name}`)

/** `hard`: the requested program cannot run without it. */
const PACKAGES = {
  compiler: { present: () => has('g++') && has('make') && has('python3'), names: ['g++', 'make', 'python3'], hard: true },
  electron: {
    present: () => ['libgtk-3.so.0', 'libnss3.so', 'libasound.so.2', 'libgbm.so.1', 'libatspi.so.0', 'libXtst.so.6'].every(library),
    names: ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libatspi2.0-0', 'libxtst6'],
    hard: false
  },
  display: { present: () => has('Xvfb') && has('dbus-daemon'), names: ['xvfb', 'dbus'], hard: false },
  chromium: { present: () => has('chromium') || has('google-chrome') || process.env.MNEMO_CHROMIUM !== undefined, names: ['chromium'], hard: true },
  fonts: {
    present: () => existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc') && existsSync('/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf'),
    names: ['fonts-noto-cjk', 'fonts-noto-color-emoji'],
    hard: false
  },
  prosody: { present: () => has('prosody') && has('openssl'), names: ['prosody', 'openssl'], hard: false },
  // OMEMO implementations that share no code with ours
  omemo: {
    present: () => ['oldmemo', 'twomemo', 'xmlschema', 'axolotl'].every(python),
    names: ['python3-oldmemo', 'python3-twomemo', 'python3-xmlschema', 'python3-axolotl'],
    hard: false
  },
  slixmpp: { present: () => python('slixmpp'), names: ['python3-slixmpp'], hard: true },
  serverModules: { present: () => existsSync('/usr/lib/prosody/modules/mod_sasl2_fast'), names: ['prosody-modules'], hard: true },
  faketime: { present: () => has('faketime'), names: ['faketime'], hard: false },
  profanity: { present: () => has('profanity') && has('tmux'), names: ['profanity', 'tmux'], hard: false },
  // widely used clients with OMEMO, run on a display
  gajim: { present: () => has('gajim') && existsSync('/usr/share/gajim/plugins/omemo'), names: ['gajim', 'gajim-omemo', 'xvfb', 'dbus'], hard: false },
  dino: { present: () => has('dino-im') && has('xdotool'), names: ['dino-im', 'xdotool', 'xvfb', 'dbus'], hard: false },
  packers: {
    present: () => has('rpmbuild') && has('dpkg-deb') && (has('7zz') || has('7z')) && has('desktop-file-validate'),
    names: ['rpm', 'dpkg', '7zip', 'desktop-file-utils'],
    hard: false
  },
  // to compile the installer for Windows
  nsis: { present: () => has('makensis') && has('i686-w64-mingw32-ld'), names: ['nsis', 'binutils-mingw-w64-i686'], hard: false },
  xvfb: { present: () => has('Xvfb') && has('dbus-daemon'), names: ['xvfb', 'dbus'], hard: true },
  // desktop services for tests: notifications, a keyring, a window manager, simulated input
  desktop: {
    present: () =>
      has('dunst') &&
      has('gnome-keyring-daemon') &&
      has('openbox') &&
      has('xdotool') &&
      has('import') &&
      has('xclip') &&
      has('xwininfo') &&
      has('Xtigervnc') &&
      library('libunity.so.9') &&
      has('gdbus') &&
      python('dbus') &&
      python('gi') &&
      existsSync('/usr/lib/x86_64-linux-gnu/girepository-1.0/Gtk-3.0.typelib'),
    names: [
      'dunst',
      'gnome-keyring',
      'openbox',
      'xdotool',
      'imagemagick',
      'xclip',
      'python3-dbus',
      'python3-gi',
      'gir1.2-gtk-3.0',
      'libglib2.0-bin',
      'x11-utils',
      'tigervnc-standalone-server',
      'libunity9'
    ],
    hard: false
  }
}

/** Ensures that packages of these kinds are installed. Throws SetupError if a hard one is not available. */
export async function systemPackages(kinds) {
  if (process.platform !== 'linux') return
  const missing = kinds.filter((kind) => !PACKAGES[kind].present())
  if (missing.length === 0) return
  const names = [...new Set(missing.flatMap((kind) => PACKAGES[kind].names))]
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...names]
  if (process.getuid() === 0 && has('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get update', 'apt-get', ['update'], { env })
    await run(`apt-get install ${names.join(' ')}`, command[0], command.slice(1), { env })
    return
  }
  const text = `these system packages are missing: ${names.join(' ')}\n        on Debian: sudo ${command.join(' ')}`
  if (missing.some((kind) => PACKAGES[kind].hard)) throw new SetupError(text)
  say(text)
}
