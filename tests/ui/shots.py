#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of every page, wide and narrow: shots.py LUOSHI LUOSHICTL SAMPLE OUTPUT, inside run-under-xvfb."""

import json
import os
import subprocess
import sys
import tempfile
import time

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
    if not only or 'welcome' in only:
        take_welcome(luoshi, output)


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


if __name__ == '__main__':
    start = time.monotonic()
    main()
    print(f'pictures taken in {time.monotonic() - start:.0f} seconds')
