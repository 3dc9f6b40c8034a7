"""Desktop services without a small program in Debian, on the session bus: the watcher of tray icons, login1's sleep signal,
the file manager, and a launcher that reports changes of an app's icon.

Reads one command per line: {"do": "tray"}, {"do": "click"}, {"do": "sleep", "asleep": true}; answers each with a line of JSON.
https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/ , https://www.freedesktop.org/software/systemd/man/org.freedesktop.login1.html ,
https://www.freedesktop.org/wiki/Specifications/file-manager-interface/ , https://wiki.ubuntu.com/Unity/LauncherAPI
"""
import json
import sys

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

WATCHER = 'org.kde.StatusNotifierWatcher'
ITEM = 'org.kde.StatusNotifierItem'
PROPERTIES = 'org.freedesktop.DBus.Properties'
items = []


def say(**words):
    print(json.dumps(words), flush=True)


class Watcher(dbus.service.Object):
    @dbus.service.method(WATCHER, in_signature='s', sender_keyword='sender')
    def RegisterStatusNotifierItem(self, service, sender=None):
        # either an object path of the sender, or a bus name
        items.append((sender, service) if service.startswith('/') else (service, '/StatusNotifierItem'))
        say(event='registered')

    @dbus.service.method(WATCHER, in_signature='s')
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.method(PROPERTIES, in_signature='ss', out_signature='v')
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(PROPERTIES, in_signature='s', out_signature='a{sv}')
    def GetAll(self, interface):
        return {'IsStatusNotifierHostRegistered': True, 'ProtocolVersion': dbus.Int32(0), 'RegisteredStatusNotifierItems': dbus.Array([], signature='s')}


class Login(dbus.service.Object):
    @dbus.service.signal('org.freedesktop.login1.Manager', signature='b')
    def PrepareForSleep(self, asleep):
        pass

    @dbus.service.method('org.freedesktop.login1.Manager', in_signature='ssss', out_signature='h')
    def Inhibit(self, what, who, why, mode):
        return dbus.types.UnixFd(open('/dev/null'))


class FileManager(dbus.service.Object):
    @dbus.service.method('org.freedesktop.FileManager1', in_signature='ass')
    def ShowItems(self, uris, startup):
        say(event='shown', uris=[str(uri) for uri in uris])


def on_launcher(app, properties):
    say(event='launcher', **{str(name).replace('-', '_'): float(value) if isinstance(value, float) else int(value) for name, value in properties.items() if isinstance(value, (int, float))})


def answer(command):
    if command['do'] == 'sleep':
        login.PrepareForSleep(command['asleep'])
        return say(event='slept')
    name, path = items[-1]
    item = bus.get_object(name, path)
    if command['do'] == 'click':
        item.Activate(0, 0, dbus_interface=ITEM)
        return say(event='clicked')
    shown = item.GetAll(ITEM, dbus_interface=PROPERTIES)
    tip = shown.get('ToolTip')
    menu = dbus.Interface(bus.get_object(name, shown['Menu']), 'com.canonical.dbusmenu')
    _, (_, _, entries) = menu.GetLayout(0, -1, dbus.Array([], signature='s'))
    say(event='tray', tip=str(tip[2]) if tip else str(shown.get('Title', '')), menu=[str(entry[1].get('label', '')) for entry in entries], pixels=len(shown.get('IconPixmap', [])), icon=str(shown.get('IconName', '')))


def on_input(stream, condition):
    line = sys.stdin.readline()
    if line == '':
        loop.quit()
        return False
    try:
        answer(json.loads(line))
    except Exception as error:
        say(event='error', text=str(error))
    return True


DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
names = [dbus.service.BusName(name, bus, do_not_queue=True) for name in (WATCHER, 'org.freedesktop.login1', 'org.freedesktop.FileManager1', 'com.canonical.Unity')]
bus.add_signal_receiver(on_launcher, signal_name='Update', dbus_interface='com.canonical.Unity.LauncherEntry')
watcher = Watcher(bus, '/StatusNotifierWatcher')
login = Login(bus, '/org/freedesktop/login1')
manager = FileManager(bus, '/org/freedesktop/FileManager1')
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, on_input)
say(event='ready')
loop.run()
