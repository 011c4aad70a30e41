#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of a record through the real window: test-history.py LUOSHI LUOSHICTL SAMPLE, inside run-under-xvfb.

What must hold: edits of a record are named with what was there before, an earlier state is read and made the record's again, and
that can be undone. (What is taken back before it was sent leaves no trace; tests/store has what is sent.)
"""

import json
import os
import sys
import tempfile

from programs import control
from window import Window, wait

number = 0


def step(text):
    global number
    number += 1
    print(f'ok {number} - {text}', flush=True)


def main():
    luoshi, luoshictl, sample = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        replica = os.path.join(folder, 'replica')
        control(luoshictl, replica, 'init')
        control(luoshictl, replica, 'sample', '--from', sample)
        project = next(project['_id'] for project in json.loads(control(luoshictl, replica, 'list', 'project', '--json'))
                       if not project.get('operator'))
        control(luoshictl, replica, 'set', project, 'operator=和康养老服务有限公司')
        window = Window(luoshi, replica, '--record', project)
        try:
            window.resize(1280, 800)
            job(window, luoshictl, replica, project)
            status = window.close()
            if status != 0:
                raise SystemExit(f'the window ended with {status}')
            step('the window ends')
        except BaseException:
            if os.environ.get('LUOSHI_SHOW_TREE'):
                window.picture(os.environ['LUOSHI_SHOW_TREE'] + '.png')
                with open(os.environ['LUOSHI_SHOW_TREE'], 'w', encoding='utf-8') as tree:
                    tree.write(window.tree())
            raise
        finally:
            window.kill()
    print(f'1..{number}', flush=True)


def job(window, luoshictl, replica, project):
    def operator():
        return json.loads(control(luoshictl, replica, 'show', project, '--json')).get('operator')

    window.wait_text('1次修改', within='LuoHistoryView')
    window.press(contains='查看修改历史', within='LuoHistoryView')
    window.wait_text('（空） → 和康养老服务有限公司', within='LuoHistoryView')
    step('an edit is shown with what was there before')

    window.press(name='建立时的内容', role='push button', within='LuoHistoryView')
    window.press(name='恢复', role='push button')
    wait('the first state to be the record again', lambda: operator() is None)
    window.gone(role='push button', name='恢复')
    step('an earlier state is made the record’s again')

    window.key('ctrl+z')
    wait('the edit to be there again', lambda: operator() == '和康养老服务有限公司')
    step('which can be undone')


if __name__ == '__main__':
    main()
