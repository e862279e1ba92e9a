"""A window of GTK 4: a button, a field, a secret field and a box to check. `stage4.py LOG`; what happens to it is written to LOG."""

import sys

import gi

gi.require_version("Gtk", "4.0")
from gi.repository import GLib, Gtk  # noqa: E402

log = sys.argv[1]


def note(text):
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{text}\n")


Gtk.init()
window = Gtk.Window(title="Stage 4")
box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
button = Gtk.Button(label="Save")
button.connect("clicked", lambda _: note("pressed Save"))
entry = Gtk.Entry()
entry.connect("changed", lambda _: note(f"entry {entry.get_text()}"))
secret = Gtk.PasswordEntry()
secret.set_text("Zq7whisper")
check = Gtk.CheckButton(label="Remember")
check.connect("toggled", lambda _: note(f"check {check.get_active()}"))
for each in (Gtk.Label(label="Name"), entry, secret, check, button):
    box.append(each)
window.set_child(box)
loop = GLib.MainLoop()
window.connect("close-request", lambda _: loop.quit())
window.present()
loop.run()
