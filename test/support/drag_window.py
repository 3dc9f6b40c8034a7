"""Window to drag files out of and into: the only argument is the file to drag out. Prints a line of JSON
when something is held over it or dropped on it, and when another program would accept the dragged file."""
import json
import sys

import gi

gi.require_version('Gdk', '3.0')
gi.require_version('Gtk', '3.0')
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

FILES = [Gtk.TargetEntry.new('text/uri-list', 0, 0)]
file = sys.argv[1]
LOOK_MS = 20


def on_begin(_widget, context):
    def look():
        if context.get_selected_action() == 0:
            return True
        print(json.dumps({'event': 'accepted'}), flush=True)
        return False

    GLib.timeout_add(LOOK_MS, look)


window = Gtk.Window(title='drag window')
window.set_default_size(200, 200)
window.move(1060, 660)
box = Gtk.EventBox()
box.add(Gtk.Label(label='here'))
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, FILES, Gdk.DragAction.COPY)
box.connect('drag-begin', on_begin)
box.connect('drag-data-get', lambda _w, _c, data, _i, _t: data.set_uris([GLib.filename_to_uri(file)]))
box.drag_dest_set(Gtk.DestDefaults.ALL, FILES, Gdk.DragAction.COPY)
box.connect('drag-data-received', lambda _w, _c, _x, _y, data, _i, _t: print(json.dumps({'event': 'dropped', 'uris': data.get_uris()}), flush=True))
box.connect('drag-motion', lambda _w, _c, _x, _y, _t: print(json.dumps({'event': 'over'}), flush=True))
window.add(box)
window.connect('destroy', Gtk.main_quit)
window.show_all()
window.present()
print(json.dumps({'event': 'ready'}), flush=True)
Gtk.main()
