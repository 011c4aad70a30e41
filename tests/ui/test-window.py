#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job through the real window: test-window.py LUOSHI LUOSHICTL LUOSHI-HUB SAMPLE, inside run-under-xvfb.

What must hold: a person who starts without a network edits the progress of a task and makes a project; both are saved at once and
counted as waiting; once a server is connected everything is reconciled, and a second replica holds both edits. An edit that is taken
back is gone, a record that was deleted comes back.
"""

import json
import os
import sys
import tempfile

from programs import Hub, control
from window import Window, wait

OVERALL = '全市新建区域性居家养老服务中心十八个。'
PROJECT = '测试社区居家养老服务站'
PROGRESS = 'progress:2020:195:2020-08:city'
SPACES = ('city heping shenhe tiexi huanggu dadong hunnan shenbei yuhong sujiatun liaozhong xinmin kangping '
          'faku').split()


number = 0


def step(text):
    global number
    number += 1
    print(f'ok {number} - {text}', flush=True)


def main():
    luoshi, luoshictl, hub_program, sample = sys.argv[1:5]
    with tempfile.TemporaryDirectory() as folder:
        a, b = os.path.join(folder, 'a'), os.path.join(folder, 'b')
        control(luoshictl, a, 'init')
        control(luoshictl, a, 'sample', '--from', sample)
        hub = Hub(hub_program, os.path.join(folder, 'hub'))
        window = None
        try:
            control(luoshictl, b, 'init')
            control(luoshictl, b, 'connect', hub.url, '--user', 'bureau')
            control(luoshictl, b, 'spaces', '--create', *SPACES)
            window = Window(luoshi, a)
            window.resize(1280, 800)
            job(window, luoshictl, a, b, hub)
            status = window.close()
            if status != 0:
                raise SystemExit(f'the window ended with {status}')
            step('the window ends when everything is saved')
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


def job(window, luoshictl, a, b, hub):
    window.find('push button', contains='同步状态：仅在本机')
    step('starts without a server')

    window.press(contains='皇姑区，已建成：3 个项目', role='push button', within='LuoOverviewPage')
    window.find('push button', contains='条件：皇姑区', within='LuoProjectsPage')
    window.find('push button', contains='条件：已建成', within='LuoProjectsPage')
    window.wait_text('3 条记录')
    step('a number of the overview opens its records and the list says which')

    window.key('alt+2')
    window.select(contains='195 · ', within='LuoTasksPage')
    window.wait_text('195 · 新建服务中心、改造服务站', within='LuoTasksPage')
    window.write('全市改造社区养老服务站121个。', name='总体工作进展', within='LuoProgressEditor')
    window.wait_text('改造社区养老服务站：文中“121”与8月读数', within='LuoProgressEditor')
    window.press(name='把文中“121”改为 117', within='LuoProgressEditor')
    window.gone('push button', contains='改为 117', within='LuoProgressEditor')
    wait('the text to be mended',
         lambda: json.loads(control(luoshictl, a, 'show', PROGRESS, '--json'))['overall'] == '全市改造社区养老服务站117个。')
    step('a figure that contradicts its reading is marked and mended')

    window.write(OVERALL, name='总体工作进展', within='LuoProgressEditor')
    window.wait_text('已保存在本机', within='LuoProgressEditor')
    saved = json.loads(control(luoshictl, a, 'show', PROGRESS, '--json'))
    assert saved['overall'] == OVERALL, saved
    step('the progress of a task is edited and saved at once')

    window.key('alt+3')
    window.key('ctrl+n')
    window.find(contains='填写后自动保存', within='LuoProjectsPage')
    window.write(PROJECT, name='名称', within='LuoRecordForm')
    window.wait_text('已保存在本机', within='LuoRecordForm')
    window.press(name='完成')
    window.wait_text(PROJECT, within='LuoProjectView')
    step('a project is made')

    window.key('ctrl+e')
    window.write('abc', contains='面积', within='LuoRecordForm')
    window.wait_text('应为数字', within='LuoRecordForm')
    window.wait_text('未保存', within='LuoRecordForm')
    window.write('620', contains='面积', within='LuoRecordForm')
    window.wait_text('已保存在本机', within='LuoRecordForm')
    projects = json.loads(control(luoshictl, a, 'list', 'project', '--json'))
    assert [project['site'] for project in projects if project.get('name') == PROJECT] == [{'area_m2': 620}], projects
    window.press(name='完成')
    step('wrong input is marked at its field and not saved')

    visit(window, luoshictl, a)

    window.find('push button', contains='待发送')
    step('what waits to be sent is counted')

    window.key('ctrl+r')
    window.write(hub.url, name='服务器地址')
    window.write('bureau', name='用户名')
    window.write('secret', name='密码')
    window.press(name='连接', role='push button')
    window.wait_alone()
    window.find('push button', contains='同步状态：已同步')
    step('a server is connected and everything is reconciled')

    control(luoshictl, b, 'sync')
    there = json.loads(control(luoshictl, b, 'show', PROGRESS, '--json'))
    assert there['overall'] == OVERALL, there
    projects = json.loads(control(luoshictl, b, 'list', 'project', '--json'))
    assert [project for project in projects if project.get('name') == PROJECT], 'the project is not there'
    step('the second replica holds both edits')

    window.press(contains='删除此记录', role='push button')
    wait('the project to be deleted', lambda: PROJECT not in control(luoshictl, a, 'list', 'project', '--json'))
    window.key('ctrl+z')
    wait('the project to be back', lambda: PROJECT in control(luoshictl, a, 'list', 'project', '--json'))
    step('a deletion is taken back')


def visit(window, luoshictl, a):
    """A site with an overdue finding is visited: started in one tap, the finding ticked off, a phrase chosen, done."""
    def visits():
        return {record['_id']: record for record in json.loads(control(luoshictl, a, 'list', 'visit', '--json'))}

    before = visits()
    window.key('alt+5')
    window.press(contains='开始走访：三台子社区', role='push button', within='LuoVisitDayView')
    window.press(name='已整改: 消防通道被建材占用', within='LuoVisitForm')
    window.press(name='卫生间缺少扶手', within='LuoVisitForm')
    window.wait_text('已保存在本机', within='LuoVisitForm')
    window.press(name='完成走访', role='push button', within='LuoVisitForm')
    window.find('list item', contains='三台子社区', within='LuoVisitDayView')

    def is_there():
        now = visits()
        new = [record for name, record in now.items() if name not in before]
        old = [record for record in now.values() if record.get('community') == '三台子社区' and record not in new]
        return (len(new) == 1 and new[0]['problems_found'] == 1 and new[0]['questions_answered'] == 0
                and new[0]['findings'][0]['text'] == '卫生间缺少扶手' and new[0]['findings'][0]['due'] == '2020-09-07'
                and [finding.get('solved_on') for finding in old[0]['findings'] if finding['key'] == 'exit'] == ['2020-08-31'])
    wait('the visit and what it ticked off', is_there)
    step('a visit is started from the plan, ticks off what was found last time and is done')
    window.key('alt+3')


if __name__ == '__main__':
    main()
