"""The window as a screen reader and a person without a mouse find it: names, roles, and where Tab leads.

Runs in a private D-Bus session, with the system's Python, under X: dbus-run-session python3 accessible.py PROGRAM.
Reads the tree through AT-SPI and sends keys with xdotool: clicks through AT-SPI do nothing before Qt 6.5.
Prints what is wrong, a line each; its status is 0 if nothing is.
"""

import os
import subprocess
import sys
import tempfile
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# What people act on.
INTERACTIVE = {
    Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.RADIO_BUTTON, Atspi.Role.TEXT,
    Atspi.Role.ENTRY, Atspi.Role.SPIN_BUTTON, Atspi.Role.SLIDER, Atspi.Role.MENU_ITEM, Atspi.Role.CHECK_MENU_ITEM,
    Atspi.Role.PAGE_TAB, Atspi.Role.COMBO_BOX, Atspi.Role.LIST, Atspi.Role.CHART, Atspi.Role.PROGRESS_BAR,
}
# Of these, what is not reached by Tab: it shows something, or is reached by the arrows of a menu.
PASSIVE = {Atspi.Role.PROGRESS_BAR, Atspi.Role.MENU_ITEM, Atspi.Role.CHECK_MENU_ITEM}
LIMIT = 30.0
faults = []


class Node:
    """What one object of the tree says of itself, read once."""

    def __init__(self, accessible):
        self.accessible = accessible
        self.role = accessible.get_role()
        self.name = accessible.get_name() or ""
        self.description = accessible.get_description() or ""
        states = accessible.get_state_set()
        has = states.contains
        self.is_showing = has(Atspi.StateType.SHOWING) and has(Atspi.StateType.VISIBLE)
        self.is_focused = has(Atspi.StateType.FOCUSED)
        self.is_focusable = has(Atspi.StateType.FOCUSABLE)

    def __str__(self):
        return f"{self.role.value_nick} {self.name!r}"

    @property
    def key(self):
        return (self.role.value_nick, self.name)


def walk(accessible, into_lists=False, depth=0):
    """All objects below one, it included, and the lines of lists only if asked for: there may be many. Those that vanish
    meanwhile are left out."""
    try:
        accessible.clear_cache()
        node = Node(accessible)
        yield node
        if node.role == Atspi.Role.LIST and not into_lists:
            return
        children = [accessible.get_child_at_index(i) for i in range(accessible.get_child_count())]
    except GLib.Error:
        return
    for child in children:
        if child is not None and depth < 40:
            yield from walk(child, into_lists, depth + 1)


def wait_for(what, look):
    """The first true answer of `look`."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        try:
            found = look()
        except GLib.Error:
            found = None
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit("\n".join([*faults, f"no {what} within {LIMIT:.0f} s"]))


def application():
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(i)
        if child is not None and child.get_name() == "kymograph":
            return child
    return None


def showing(root):
    return [node for node in walk(root) if node.is_showing]


def interactive(root):
    return [node for node in showing(root) if node.role in INTERACTIVE]


def names(root):
    return {node.name for node in showing(root)}


def key(*keys):
    subprocess.run(["xdotool", "key", "--clearmodifiers", *keys], check=True)


def check_names(where, nodes):
    if not nodes:
        faults.append(f"{where}: nothing to act on")
    for node in nodes:
        if not node.name.strip():
            parent = node.accessible.get_parent()
            faults.append(f"{where}: a {node} below {parent.get_name() if parent else None!r} has no name")


def check_has(where, root, wanted):
    for name in sorted(set(wanted) - names(root)):
        faults.append(f"{where}: nothing is called {name!r}")


def focused(root):
    # The innermost: a window says of itself that it has the focus as well.
    with_focus = [node for node in showing(root) if node.is_focused and node.role != Atspi.Role.FRAME]
    return with_focus[-1] if with_focus else None


def check_tab(where, root, nodes, off=()):
    """Tab goes round once and meets all of `nodes` that can be acted on; `off` is what cannot, at present.

    Qt 6.4 does not tell AT-SPI what is disabled.
    """
    wanted = {node.key for node in nodes if node.role not in PASSIVE and node.name not in off}
    met = []
    while len(met) < 80:
        before = focused(root)
        key("Tab")
        after = wait_for("focus", lambda: focused(root)) if len(nodes) == 1 else next_focus(root, before)
        if after.key in met:
            break
        met.append(after.key)
    if "--tree" in sys.argv:
        print(where, "by Tab:", *(f"{role} {name!r}" for role, name in met), sep="\n  ")
    for lost in sorted(wanted - set(met)):
        faults.append(f"{where}: Tab does not reach {lost[0]} {lost[1]!r}; it went {met}")


def moved(root, before):
    now = focused(root)
    return now if now and (before is None or now.key != before.key) else None


def next_focus(root, before):
    return wait_for(f"focus that moves on from {before}", lambda: moved(root, before))


def focus_on(root, name):
    for _ in range(60):
        now = focused(root)
        if now and now.name == name:
            return
        key("Tab")
        next_focus(root, now)
    faults.append(f"Tab does not reach {name!r}")


def report(root):
    for node in showing(root):
        print(f"  {node}{' *' if node.is_focused else ''} {node.description}")


def check(program, home):
    environment = dict(
        os.environ, QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", QT_QUICK_CONTROLS_STYLE="Fusion",
        HOME=home, XDG_CONFIG_HOME=home, XDG_DATA_HOME=home, LC_ALL="C.UTF-8",
    )
    window = subprocess.Popen([program, "sine", "--worker-ms", "5", "--receiver-ms", "2"], env=environment, cwd=home)
    try:
        app = wait_for("application in the tree", application)
        wait_for("window", lambda: [n for n in showing(app) if n.role == Atspi.Role.FRAME])
        # Without a window manager nobody else gives it the focus. Under Wayland it is the compositor's window that needs it.
        is_wayland = os.environ.get("QT_QPA_PLATFORM") == "wayland"
        window_is = ["--class", "weston"] if is_wayland else ["--name", "Kymograph$"]
        subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", *window_is, "windowfocus"], check=True)
        wait_for("focus in the window", lambda: focused(app))
        look(app, window)
        window.wait(LIMIT)
        if window.returncode != 0:
            faults.append(f"the window ended with {window.returncode}")
    finally:
        window.kill()


def look(app, window):
    if "--tree" in sys.argv:
        report(app)
    check_names("window", interactive(app))
    check_has("window", app, {
        "Start threads", "Stop threads", "Pause", "Settings of the job", "Menu", "Home: show all data and follow it",
        "Save the figure as PNG, SVG or PDF", "Follow: keep showing the newest data", "Figure of sine", "worker: ready",
        "Control: Find", "Worker: Copy all lines", "Receiver: Clear", "Worker: messages",
    })

    key("F5")

    def charts():
        return [node for node in showing(app) if node.role == Atspi.Role.CHART]

    wait_for("curve in the figure's description", lambda: any("last value" in n.description for n in charts()))
    lines = wait_for("lines in the panes", lambda: [
        n for n in walk(app, into_lists=True) if n.is_showing and n.role == Atspi.Role.LIST_ITEM and "orker" in n.name
    ])
    if not any(part in lines[0].name for part in "0123456789"):
        faults.append(f"a line is read without its time: {lines[0]}")
    wait_for("end of the job", lambda: "Restart threads" in names(app))
    check_names("window after the job", interactive(app))
    off = {"Stop threads", "Pause", "Back to the previous view", "Forward to the next view"}
    check_tab("window", app, interactive(app), off)
    if "--tree" in sys.argv:
        report(app)

    for where, opening, wanted in [
        ("menu", ("F10",), {"New figure window", "Full screen", "Theme", "Distinguish curves by", "About Kymograph", "Quit"}),
        ("save dialog", ("ctrl+s",), {"File to save to", "Browse…", "Save", "Cancel"}),
        ("list of keys", ("F1",), {"Close"}),
    ]:
        look_into(app, where, lambda opening=opening: key(*opening), wanted)
    for where, button, wanted in [
        ("settings", "Settings of the job", {"Worker: Iterations", "Receiver: Interval", "Receiver: Objects in a batch", "Defaults"}),
        ("subplots", "Configure subplots", {"One subplot for each series", "Legend", "Left margin", "Tight layout"}),
        ("follow", "How much to show while following", {"All data", "The last samples:"}),
    ]:
        def press(button=button):
            focus_on(app, button)
            key("space")
        look_into(app, where, press, wanted)
    key("ctrl+q")


def look_into(app, where, opening, wanted):
    """Opens a popup, looks at its names, goes through it with Tab, and leaves it with Escape."""
    before = names(app)
    opening()
    fresh = wanted - before
    wait_for(f"{where} ({sorted(fresh)})", lambda: fresh & names(app))
    # It fades in.
    wait_for(f"{where}, all of it", lambda: wanted <= names(app) or time.sleep(0.3))
    if "--tree" in sys.argv:
        print(where)
        report(app)
    inside = [node for node in interactive(app) if node.name not in before or not node.name.strip()]
    check_names(where, inside)
    check_tab(where, app, inside)
    key("Escape")
    wait_for(f"end of {where}", lambda: not fresh & names(app))


def main():
    with tempfile.TemporaryDirectory() as home:
        check(sys.argv[1], home)
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
