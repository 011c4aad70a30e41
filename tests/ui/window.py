# SPDX-License-Identifier: GPL-3.0-or-later
"""The real window, driven through accessibility and the keyboard: what the tests and the screenshots share.

Runs inside an X server and a session bus of its own (run-under-xvfb). Nothing sleeps for a fixed time: everything is asked for
again until it is there or the time is up.
"""

import os
import subprocess
import sys
import time

os.environ.setdefault('GDK_BACKEND', 'x11')
import pyatspi  # noqa: E402

PATIENCE = 60 * float(os.environ.get('LUOSHI_PATIENCE', '1'))


class NotThere(Exception):
    """What was waited for did not come."""


def wait(what, condition, patience=None):
    """Gives the first true answer of condition()."""
    end = time.monotonic() + (patience or PATIENCE)
    while True:
        try:
            answer = condition()
        except Exception as error:  # an object that went away meanwhile
            answer = None
            last = error
        else:
            last = None
        if answer:
            return answer
        if time.monotonic() > end:
            raise NotThere(f'{what} (last: {last})')
        time.sleep(0.05)


def environment(**more):
    """A clean place for a program: Chinese, no settings of the machine, a keyring in a file."""
    variables = dict(os.environ)
    variables.update({
        'GDK_BACKEND': 'x11', 'GSK_RENDERER': 'cairo', 'GSETTINGS_BACKEND': 'memory', 'GTK_A11Y': 'atspi',
        'LANG': 'C.UTF-8', 'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'zh_CN', 'TZ': 'Asia/Shanghai',
        'GIO_USE_PROXY_RESOLVER': 'dummy', 'NO_AT_BRIDGE': '0',
    })
    # Unwinding slowly at each allocation makes a window under the address sanitizer take minutes to start; without it a leak of a
    # library can not be told from ours, so leaks are the business of the tests of the parts.
    if 'ASAN_OPTIONS' in variables:
        variables['ASAN_OPTIONS'] += ':fast_unwind_on_malloc=1:detect_leaks=0'
    # LANGUAGE is not looked at in the C locale itself; C.UTF-8 will do for messages.
    variables.pop('LC_ALL')
    variables.update({name: str(value) for name, value in more.items()})
    return variables


def walk(node, depth=0):
    """Every object below node that is not hidden, node first."""
    yield node
    if depth > 40:
        return
    for index in range(node.childCount):
        child = node.getChildAtIndex(index)
        if child is not None:
            yield from walk(child, depth + 1)


def shown(node):
    """GTK 4.8 says "visible" of every widget that is not hidden, also on a page of a stack that is not in front: name the page."""
    return node.getState().contains(pyatspi.STATE_VISIBLE)


def is_sensitive(node):
    return node.getState().contains(pyatspi.STATE_SENSITIVE)


def text_of(node):
    text = node.queryText()
    return text.getText(0, text.characterCount)


class Window:
    """One running window on one replica."""

    def __init__(self, program, replica, *arguments, **variables):
        self.before = set(self.ids())
        self.process = subprocess.Popen([program, '--replica', replica, *arguments],
                                        env=environment(**variables), stdin=subprocess.DEVNULL)
        self.application = wait('the program on the accessibility bus', self.find_application)
        self.id = wait('the window', self.find_window)

    @staticmethod
    def ids():
        found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--class', 'luoshi'], capture_output=True, text=True)
        return found.stdout.split()

    def find_application(self):
        if self.process.poll() is not None:
            raise SystemExit(f'the program ended with {self.process.returncode}')
        desktop = pyatspi.Registry.getDesktop(0)
        for index in range(desktop.childCount):
            application = desktop.getChildAtIndex(index)
            if application is not None and application.get_process_id() == self.process.pid:
                return application
        return None

    def find_window(self):
        new = [window for window in self.ids() if window not in self.before]
        return new[-1] if new else None

    def close(self):
        """Closes the window as a person does and waits until everything is saved and the program has ended."""
        self.key('ctrl+q')
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    # Keyboard, pointer and pictures

    def xdotool(self, *arguments):
        subprocess.run(['xdotool', *arguments], check=True, stdout=subprocess.DEVNULL)

    def key(self, *keys):
        windows = self.ids() or [self.id]
        self.xdotool('windowfocus', '--sync', self.id if self.id in windows else windows[-1])
        self.xdotool('key', '--clearmodifiers', *keys)

    def type(self, text):
        self.xdotool('type', '--delay', '5', text)

    def resize(self, width, height):
        self.xdotool('windowsize', '--sync', self.id, str(width), str(height))
        self.xdotool('windowmove', self.id, '0', '0')

    def scroll(self, x, y, steps):
        """Turns the wheel at a place of the window; steps below 0 scroll up."""
        self.xdotool('mousemove', str(x), str(y))
        self.xdotool('click', '--repeat', str(abs(steps)), '--delay', '20', '5' if steps > 0 else '4')

    def dialog(self):
        """The window that stands before this one."""
        return wait('a dialog', lambda: [window for window in self.ids() if window != self.id])[-1]

    def picture(self, path, window=None):
        subprocess.run(['import', '-window', window or self.id, path], check=True)

    def settle(self, window=None):
        """Waits until two pictures in a row are the same."""
        def picture():
            return subprocess.run(['import', '-window', window or self.id, '-depth', '8', 'rgb:-'], capture_output=True,
                                  check=True).stdout
        last = [picture()]

        def same():
            time.sleep(0.25)
            now = picture()
            equal = now == last[0]
            last[0] = now
            return equal
        try:
            wait('a window at rest', same, 10)
        except NotThere:
            print('the window does not come to rest', file=sys.stderr)

    def wait_alone(self):
        """Waits until no other window of the program is open. GTK 4.8 crashes when the children of a window are asked for while it is
        being destroyed, so nothing is looked for until then."""
        wait('the dialog to close', lambda: self.ids() == [self.id])

    # Objects; within: the class name of a page ("LuoTasksPage"), because hidden pages are there as well

    def roots(self, within):
        if within is None:
            return [self.application]
        return [node for node in walk(self.application) if node.name == within]

    def all(self, role=None, name=None, contains=None, within=None):
        found = []
        for root in self.roots(within):
            for node in walk(root):
                try:
                    if role is not None and node.getRoleName() != role:
                        continue
                    if name is not None and node.name != name:
                        continue
                    if contains is not None and contains not in node.name:
                        continue
                    if shown(node):
                        found.append(node)
                except Exception:
                    continue
        return found

    def find(self, role=None, name=None, contains=None, within=None, patience=None):
        return wait(f'{role} "{name or contains}"', lambda: self.all(role, name, contains, within), patience)[0]

    def gone(self, role=None, name=None, contains=None, within=None):
        wait(f'{role} "{name or contains}" to go', lambda: not self.all(role, name, contains, within))

    def wait_text(self, text, within=None, patience=None):
        """Waits for a label that shows the text."""
        wait(f'the text "{text}"', lambda: self.all('label', None, text, within), patience)

    def press(self, name=None, contains=None, role=None, within=None):
        """Does what a button, a row or a check box does."""
        def act():
            for node in self.all(role, name, contains, within):
                try:
                    action = node.queryAction()
                except NotImplementedError:
                    continue
                if action.nActions > 0 and node.getState().contains(pyatspi.STATE_SENSITIVE) and action.doAction(0):
                    return True
            return False
        wait(f'something to press: "{name or contains}"', act)

    def select(self, name=None, contains=None, within=None):
        """Selects a row of a list; rows have no actions of their own."""
        def act():
            for node in self.all('list item', name, contains, within):
                parent = node.parent
                return parent.querySelection().selectChild(node.getIndexInParent())
            return False
        wait(f'a row to select: "{name or contains}"', act)

    def write(self, text, name=None, contains=None, within=None):
        """Puts text into an entry."""
        def put():
            for node in self.all(None, name, contains, within):
                try:
                    editable = node.queryEditableText()
                except NotImplementedError:
                    continue
                if editable.setTextContents(text) and text_of(node) == text:
                    return True
            return False
        wait(f'an entry "{name or contains}"', put)

    def tree(self):
        """The objects in words, for a person who looks for a fault."""
        lines = []

        def add(node, depth):
            try:
                lines.append(f'{"  " * depth}{node.getRoleName()} "{node.name}"{"" if shown(node) else " (hidden)"}')
            except Exception:
                return
            for index in range(node.childCount):
                child = node.getChildAtIndex(index)
                if child is not None and depth < 40:
                    add(child, depth + 1)
        add(self.application, 0)
        return '\n'.join(lines)
