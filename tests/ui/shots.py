#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of every page, wide and narrow: shots.py LUOSHI LUOSHICTL SAMPLE OUTPUT, inside run-under-xvfb."""

import json
import os
import subprocess
import sys
import tempfile
import time

from programs import Hub, control
from window import Window, environment

PAGES = ['overview', 'tasks', 'projects', 'training', 'visits', 'report']
SIZES = [(1280, 800), (360, 720)]

# What a person would look at: the record of each type with the most to see.
RECORDS = {
    'tasks': ('task', lambda record: record['number'] == 195),
    'projects': ('project', lambda record: record['name'].startswith('三台子社区')),
    'training': ('training', lambda record: 'covered' in record),
    'visits': ('visit', lambda record: record.get('photos')),
}


def project_of(luoshictl, replica):
    listed = json.loads(control(luoshictl, replica, 'list', 'project', '--json'))
    return next(project for project in sorted(listed, key=lambda project: project['_id'])
                if any('used_fen' in line for line in project.get('funds', [])))


def edits_here(luoshictl, replica):
    project = project_of(luoshictl, replica)
    line = next(line['key'] for line in project['funds'] if 'used_fen' in line)
    return [('set', PROGRESS, 'readings.centres=18', 'remarks.存在问题=部分点位用地手续尚未办结。',
             'overall=全市新建区域性居家养老服务中心18个，其他点位将于近期陆续进场施工。'),
            ('set', project['_id'], f'funds/{line}/used_fen=81.5万元', 'operator=和康养老服务有限公司')]


def edits_there(luoshictl, replica):
    project = project_of(luoshictl, replica)
    line = next(line['key'] for line in project['funds'] if 'used_fen' in line)
    return [('set', PROGRESS, 'readings.centres=17',
             'overall=全市新建区域性居家养老服务中心17个。改造社区养老服务站117个，均已投入使用。'),
            ('set', project['_id'], f'funds/{line}/used_fen=80万元', 'community=')]


# A progress with two members in dispute, and a project.
PROGRESS = 'progress:2020:195:2020-08:city'
CONFLICTING = (edits_here, edits_there)


def main():
    luoshi, luoshictl, sample, output = sys.argv[1:5]
    only = sys.argv[5:]
    os.makedirs(output, exist_ok=True)
    look_like_a_desktop()
    with tempfile.TemporaryDirectory() as folder:
        replica = os.path.join(folder, 'replica')
        for arguments in (['init'], ['sample', '--from', sample]):
            subprocess.run([luoshictl, '--replica', replica, *arguments], check=True, stdout=subprocess.DEVNULL,
                           env=environment())
        take_pages(luoshi, replica, output, only)
        for page in RECORDS:
            if not only or page in only:
                take_record(luoshi, luoshictl, replica, output, page)
        if not only or 'history' in only:
            take_history(luoshi, luoshictl, replica, output)
        if not only or 'visit' in only:
            take_visit(luoshi, replica, output)
        if not only or 'figures' in only:
            take_figures(luoshi, luoshictl, replica, output)
    if not only or 'welcome' in only:
        take_welcome(luoshi, output)
    if not only or 'conflicts' in only:
        take_conflicts(luoshi, luoshictl, sample, output)


def look_like_a_desktop():
    """The font and the window buttons that GNOME would give; a bare X server has none of its own."""
    folder = os.path.join(os.environ['XDG_CONFIG_HOME'], 'gtk-4.0')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'settings.ini'), 'w', encoding='utf-8') as settings:
        settings.write('[Settings]\ngtk-font-name=Noto Sans CJK SC 11\ngtk-decoration-layout=:close\n')


def take_pages(luoshi, replica, output, only):
    window = Window(luoshi, replica)
    try:
        for width, height in SIZES:
            window.resize(width, height)
            for number, page in enumerate(PAGES):
                if not only or page in only:
                    window.key(f'alt+{number + 1}')
                    window.settle()
                    window.picture(os.path.join(output, f'{page}-{width}.png'))
    finally:
        window.kill()


def take_record(luoshi, luoshictl, replica, output, page):
    kind, wanted = RECORDS[page]
    listed = subprocess.run([luoshictl, '--replica', replica, 'list', kind, '--json'], check=True, capture_output=True,
                            text=True, env=environment())
    record = next(record for record in json.loads(listed.stdout) if wanted(record))
    window = Window(luoshi, replica, '--record', record['_id'])
    try:
        for width, height in SIZES:
            window.resize(width, height)
            window.settle()
            window.picture(os.path.join(output, f'{page}-record-{width}.png'))
            window.key('ctrl+e')
            window.settle()
            window.picture(os.path.join(output, f'{page}-form-{width}.png'))
            window.key('ctrl+e')
            window.settle()
    finally:
        window.kill()


def take_history(luoshi, luoshictl, replica, output):
    """What was edited in a project, opened; and an earlier state of it."""
    project = project_of(luoshictl, replica)
    for setting in edits_here(luoshictl, replica)[1][2:]:
        control(luoshictl, replica, 'set', project['_id'], setting)
    window = Window(luoshi, replica, '--record', project['_id'])
    try:
        for number, (width, height) in enumerate(SIZES):
            window.resize(width, height)
            if number == 0:
                window.press(contains='查看修改历史', within='LuoHistoryView')
            window.settle()
            window.scroll(width - 100, height - 200, 60)
            window.settle()
            window.picture(os.path.join(output, f'history-{width}.png'))
            window.press(contains='建立时的内容', role='push button', within='LuoHistoryView')
            window.settle()
            window.picture(os.path.join(output, f'history-state-{width}.png'), window.dialog())
            window.key('Escape')
            window.settle()
    finally:
        window.kill()


def take_visit(luoshi, replica, output):
    """A visit that was started from the plan of the day."""
    window = Window(luoshi, replica)
    try:
        for number, (width, height) in enumerate(SIZES):
            window.resize(width, height)
            if number == 0:
                window.key('alt+5')
                window.press(contains='开始走访：', role='push button')
                window.press(name='卫生间缺少扶手', within='LuoVisitForm')
            window.settle()
            window.picture(os.path.join(output, f'visit-start-{width}.png'))
    finally:
        window.kill()


def take_figures(luoshi, luoshictl, replica, output):
    """A figure of the text that contradicts its reading, with the ways to mend it, in the editor and in the report; and a draft from
    the records."""
    subprocess.run([luoshictl, '--replica', replica, 'set', 'progress:2020:195:2020-08:city',
                    'overall=全市建成区域性居家养老服务中心15个、改造社区养老服务站121个。'], check=True, env=environment(),
                   stdout=subprocess.DEVNULL)
    window = Window(luoshi, replica, '--record', 'task:2020:195')
    try:
        for width, height in SIZES:
            window.resize(width, height)
            window.find('push button', contains='改为 117', within='LuoTasksPage')
            window.scroll(width * 2 // 3, height // 2, 6 if width > 600 else 8)
            window.settle()
            window.picture(os.path.join(output, f'figures-{width}.png'))
    finally:
        window.kill()
    window = Window(luoshi, replica)
    try:
        for width, height in SIZES:
            window.resize(width, height)
            window.key('alt+6')
            window.settle()
            window.picture(os.path.join(output, f'figures-report-{width}.png'))
    finally:
        window.kill()
    window = Window(luoshi, replica, '--record', 'task:2020:188')
    try:
        for width, height in SIZES:
            window.resize(width, height)
            window.press(name='由台账起草', role='push button', within='LuoTasksPage')
            dialog = window.dialog()
            window.settle(dialog)
            window.picture(os.path.join(output, f'proposal-{width}.png'), dialog)
            window.xdotool('windowfocus', '--sync', dialog)
            window.xdotool('key', 'Escape')
            window.wait_alone()
    finally:
        window.kill()


def take_welcome(luoshi, output):
    with tempfile.TemporaryDirectory() as folder:
        window = Window(luoshi, os.path.join(folder, 'replica'))
        try:
            for width, height in SIZES:
                window.resize(width, height)
                window.settle()
                window.picture(os.path.join(output, f'welcome-{width}.png'))
        finally:
            window.kill()


def take_conflicts(luoshi, luoshictl, sample, output):
    """Two offices have changed the same records differently; the hub that brought them together lies beside the other programs."""
    with tempfile.TemporaryDirectory() as folder:
        a, b = os.path.join(folder, 'a'), os.path.join(folder, 'b')
        hub = Hub(os.environ.get('LUOSHI_HUB') or os.path.join(os.path.dirname(luoshictl), 'luoshi-hub'),
                  os.path.join(folder, 'hub'))
        try:
            control(luoshictl, a, 'init')
            control(luoshictl, a, 'sample', '--from', sample)
            spaces = [space['space'] for space in json.loads(control(luoshictl, a, 'status', '--json'))['spaces']]
            control(luoshictl, b, 'init')
            for replica, how in ((a, '--create'), (b, '--join')):
                control(luoshictl, replica, 'connect', hub.url, '--user', 'bureau')
                control(luoshictl, replica, 'spaces', how, *spaces)
                control(luoshictl, replica, 'sync')
            for replica, edits in ((a, CONFLICTING[0]), (b, CONFLICTING[1])):
                for arguments in edits(luoshictl, replica):
                    control(luoshictl, replica, *arguments)
            for replica in (b, a):
                control(luoshictl, replica, 'sync')
        finally:
            hub.stop()
        window = Window(luoshi, a)
        try:
            for width, height in SIZES:
                window.resize(width, height)
                window.key('alt+7')
                window.settle()
                window.picture(os.path.join(output, f'conflicts-{width}.png'))
                if width < 600:
                    window.key('Down', 'Return')
                    window.settle()
                    window.picture(os.path.join(output, f'conflicts-record-{width}.png'))
        finally:
            window.kill()


if __name__ == '__main__':
    start = time.monotonic()
    main()
    print(f'pictures taken in {time.monotonic() - start:.0f} seconds')
