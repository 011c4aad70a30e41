#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two offices and a stick, one of them at the window: test-exchange.py LUOSHI LUOSHICTL SAMPLE, inside run-under-xvfb.

What must hold: what the window exported the other office can take in, and the answer that comes back on the stick is shown by the
window; a wrong passphrase is said at the dialog and changes nothing.
"""

import json
import os
import subprocess
import sys
import tempfile

from window import Window, environment, wait

PASSPHRASE = '八个字以上的口令'
TOPIC = '另一处补录的培训'


def control(program, replica, *arguments):
    done = subprocess.run([program, '--replica', replica, *arguments], env=environment(LUOSHI_PASSPHRASE=PASSPHRASE),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f'luoshictl {arguments} ended with {done.returncode}: {done.stderr}')
    return done.stdout


def choose_file(window, path):
    """Types the path into the file chooser, as a person does who knows it."""
    dialogs = set(window.ids())
    window.press(contains='选择…', role='push button')
    chooser = wait('the file chooser', lambda: [new for new in window.ids() if new not in dialogs])[-1]

    def typed():
        if chooser in window.ids():
            window.xdotool('windowfocus', '--sync', chooser)
            # The first stroke opens the place where a path is typed; in a name that is proposed it takes its place.
            window.xdotool('key', '--clearmodifiers', 'ctrl+l')
            window.xdotool('key', '--clearmodifiers', 'ctrl+a')
            window.type(path)
            window.xdotool('key', '--clearmodifiers', 'Return')
        return window.all('label', contains=os.path.basename(path))
    wait('the chosen file', typed)


def main():
    luoshi, luoshictl, sample = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        a, b = os.path.join(folder, 'a'), os.path.join(folder, 'b')
        there, back = os.path.join(folder, 'there.luoshix'), os.path.join(folder, 'back.luoshix')
        control(luoshictl, a, 'init')
        control(luoshictl, a, 'sample', '--from', sample)
        control(luoshictl, b, 'init')
        window = Window(luoshi, a)
        try:
            window.resize(1280, 800)
            window.find('push button', contains='同步状态：仅在本机')

            window.key('ctrl+shift+s')
            choose_file(window, there)
            window.write(PASSPHRASE, name='口令')
            window.write(PASSPHRASE, name='再输一遍口令')
            window.press(name='导出', role='push button')
            window.wait_alone()
            control(luoshictl, b, 'bundle', 'import', there)
            for type in ('task', 'progress', 'project', 'training', 'visit'):
                ours, theirs = (control(luoshictl, replica, 'list', type, '--json') for replica in (a, b))
                assert ours == theirs, type
            print('ok 1 - what the window exported is taken in elsewhere', flush=True)

            control(luoshictl, b, 'new', 'training', '--space', 'city', 'on=2020-08-27', 'topic=' + TOPIC)
            control(luoshictl, b, 'bundle', 'export', back, '--to', control(luoshictl, a, 'bundle', 'id').strip())
            window.key('ctrl+o')
            choose_file(window, back)
            window.write('另外八个字的口令', name='口令')
            window.press(name='导入', role='push button')
            window.wait_text('口令与交换文件封装时的不同')
            assert len(json.loads(control(luoshictl, a, 'search', TOPIC, '--json'))) == 0
            print('ok 2 - a wrong passphrase is said and changes nothing', flush=True)

            window.write(PASSPHRASE, name='口令')
            window.press(name='导入', role='push button')
            window.wait_alone()
            window.key('alt+4')
            window.find('list item', contains=TOPIC, within='LuoTrainingPage')
            print('ok 3 - what came back on the stick is shown', flush=True)
            if window.close() != 0:
                raise SystemExit('the window did not end well')
        except BaseException:
            if os.environ.get('LUOSHI_SHOW_TREE'):
                subprocess.run(["import", "-window", "root", os.environ["LUOSHI_SHOW_TREE"] + ".png"])
                open(os.environ["LUOSHI_SHOW_TREE"], "w").write(window.tree())
            raise
        finally:
            window.kill()
    print('1..3', flush=True)


main()
