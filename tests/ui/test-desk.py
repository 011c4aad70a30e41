#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conflict desk through the real window: test-desk.py LUOSHI LUOSHICTL LUOSHI-HUB, inside run-under-xvfb.

What must hold: two conflicting edits arrive, a person sees both with what was there before, picks one and writes the other, and
both replicas hold the same record with no conflict; the badge comes and goes with it. A record that another deleted is kept.
"""

import json
import os
import sys
import tempfile

from programs import Hub, control
from window import Window, is_sensitive, wait

ID = 'progress:2020:173:2020-08:city'
OTHER = 'progress:2020:174:2020-08:city'
UNITED = '一期已有11个开工建设。二期已录入项目库。'

number = 0


def step(text):
    global number
    number += 1
    print(f'ok {number} - {text}', flush=True)


def main():
    luoshi, luoshictl, hub_program = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        a, b = os.path.join(folder, 'a'), os.path.join(folder, 'b')
        hub = Hub(hub_program, os.path.join(folder, 'hub'))
        window = None
        try:
            prepare(luoshictl, a, b, hub)
            window = Window(luoshi, a, LUOSHI_PASSWORD='secret')
            window.resize(1280, 800)
            job(window, luoshictl, a, b)
            status = window.close()
            if status != 0:
                raise SystemExit(f'the window ended with {status}')
            step('the window ends')
        except BaseException:
            if window is not None and os.environ.get('LUOSHI_SHOW_TREE'):
                window.picture(os.environ['LUOSHI_SHOW_TREE'] + '.png')
                with open(os.environ['LUOSHI_SHOW_TREE'], 'w', encoding='utf-8') as tree:
                    tree.write(window.tree())
            raise
        finally:
            if window is not None:
                window.kill()
            hub.stop()
    print(f'1..{number}', flush=True)


def prepare(luoshictl, a, b, hub):
    """Both hold two records; what A wrote of them is not sent yet, what B wrote is on the server."""
    for replica, spaces in ((a, '--create'), (b, '--join')):
        control(luoshictl, replica, 'init')
        control(luoshictl, replica, 'connect', hub.url, '--user', 'bureau')
        control(luoshictl, replica, 'spaces', spaces, 'city')
    for task in ('173', '174'):
        control(luoshictl, a, 'new', 'progress', f'task=task:2020:{task}', 'month=2020-08', 'office=city',
                'readings.started=9', 'overall=一期已有9个开工建设。')
    control(luoshictl, a, 'sync')
    control(luoshictl, b, 'sync')
    control(luoshictl, a, 'set', ID, 'readings.started=11', 'overall=一期已有11个开工建设。', 'this_month=召开推进会。')
    control(luoshictl, b, 'set', ID, 'readings.started=10', 'overall=一期已有10个开工建设。二期已录入项目库。')
    control(luoshictl, a, 'set', OTHER, 'readings.started=12')
    control(luoshictl, b, 'delete', OTHER)
    control(luoshictl, b, 'sync')


def job(window, luoshictl, a, b):
    window.wait_text('冲突')
    wait('two records in conflict', lambda: len(json.loads(control(luoshictl, a, 'conflicts', '--json'))) == 2)
    window.key('alt+7')
    window.select(contains='2 处待决定', within='LuoConflictsPage')
    window.find('radio button', contains='完成值', within='LuoConflictChoice')
    window.wait_text('一期已有9个开工建设。', within='LuoConflictChoice')
    window.find(contains='另有 1 处不同的修改已自动合并', within='LuoConflictView')
    save = window.find('push button', name='保存决定', within='LuoConflictView')
    assert not is_sensitive(save)
    step('a conflict that arrives is shown with every version')

    # The value stands last: a date may have the same figure before it.
    eleven = wait('the value 11', lambda: [node.name for node in window.all('radio button', within='LuoConflictChoice')
                                           if node.name.endswith(' · 11')])
    window.press(name=eleven[0], role='radio button', within='LuoConflictChoice')
    assert not is_sensitive(save)
    window.write('', contains='或写成：总体工作进展', within='LuoConflictChoice')
    window.write(UNITED, contains='或写成：总体工作进展', within='LuoConflictChoice')
    wait('the decision to be complete', lambda: is_sensitive(save))
    window.press(name='保存决定', role='push button', within='LuoConflictView')
    wait('the decision to be saved', lambda: len(json.loads(control(luoshictl, a, 'conflicts', '--json'))) == 1)
    step('one is picked, the other is written')

    window.select(contains='1 处待决定', within='LuoConflictsPage')
    window.press(contains='保留记录', role='radio button', within='LuoConflictChoice')
    window.press(name='保存决定', role='push button', within='LuoConflictView')
    wait('the second decision', lambda: json.loads(control(luoshictl, a, 'conflicts', '--json')) == [])
    step('a record that another deleted is kept')

    def agree():
        control(luoshictl, b, 'sync')
        return all(control(luoshictl, a, 'show', record, '--json') == control(luoshictl, b, 'show', record, '--json')
                   for record in (ID, OTHER))
    wait('both to hold the same', agree)
    for replica in (a, b):
        record = json.loads(control(luoshictl, replica, 'show', ID, '--json'))
        assert record['readings'] == {'started': 11}, record
        assert record['overall'] == UNITED, record
        assert record['this_month'] == '召开推进会。', record
        assert '_conflicts' not in record, record
        assert json.loads(control(luoshictl, replica, 'conflicts', '--json')) == []
        assert json.loads(control(luoshictl, replica, 'show', OTHER, '--json'))['readings'] == {'started': 12}
    window.wait_text('没有待决定的冲突', within='LuoConflictsPage')
    step('both replicas hold the same records and no conflict')


if __name__ == '__main__':
    main()
