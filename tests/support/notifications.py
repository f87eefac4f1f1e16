"""A notification server on the session bus, for tests: prints each call as a line of JSON, and clicks when told to.

  notifications.py [refuse]

Reads lines from its standard input: `click ID TOKEN` sends what a click on the notification sends. With `refuse` it owns
the name and never answers.
"""
import json
import sys
import threading

from gi.repository import Gio, GLib

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
XML = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
<signal name="ActivationToken"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""
is_deaf = "refuse" in sys.argv
count = 0


def say(**what):
    print(json.dumps(what), flush=True)


def call(_connection, _sender, _path, _interface, _method, parameters, invocation):
    global count
    app, replaces, icon, summary, body, actions, hints, expires = parameters.unpack()
    if not is_deaf:
        count = replaces or count + 1
        invocation.return_value(GLib.Variant("(u)", (count,)))
    say(id=count, app=app, replaces=replaces, icon=icon, summary=summary, body=body, actions=actions, hints=hints)


def obey(connection):
    for line in sys.stdin:
        words = line.split()
        number = int(words[1])
        signals = [("ActivationToken", words[2]), ("ActionInvoked", "default")]
        for name, word in signals:
            connection.emit_signal(None, PATH, NAME, name, GLib.Variant("(us)", (number, word)))
        connection.flush_sync(None)
    loop.quit()


loop = GLib.MainLoop()
bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], call, None, None)
Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: say(ready=True), None)
threading.Thread(target=obey, args=(bus,), daemon=True).start()
loop.run()
