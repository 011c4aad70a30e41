#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of every page, wide and narrow: shots.py LUOSHI LUOSHICTL SAMPLE OUTPUT, inside run-under-xvfb."""

import os
import subprocess
import sys
import tempfile
import time

from window import Window, environment

PAGES = ['overview', 'tasks', 'projects', 'training', 'visits', 'report']
SIZES = [(1280, 800), (360, 720)]


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
        for width, height in SIZES:
            take(luoshi, replica, output, width, height, only)
    take_welcome(luoshi, output, only)


def look_like_a_desktop():
    """The font and the window buttons that GNOME would give; a bare X server has none of its own."""
    folder = os.path.join(os.environ['XDG_CONFIG_HOME'], 'gtk-4.0')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'settings.ini'), 'w', encoding='utf-8') as settings:
        settings.write('[Settings]\ngtk-font-name=Noto Sans CJK SC 11\ngtk-decoration-layout=:close\n')


def take(luoshi, replica, output, width, height, only):
    window = Window(luoshi, replica)
    try:
        window.resize(width, height)
        for number, page in enumerate(PAGES):
            if only and page not in only:
                continue
            window.key(f'alt+{number + 1}')
            window.settle()
            window.picture(os.path.join(output, f'{page}-{width}.png'))
            if page in ('tasks', 'projects', 'training', 'visits'):
                take_record(window, output, page, width)
    finally:
        window.kill()


def take_record(window, output, page, width):
    """Opens the record that a person would look at first."""
    if width < 600 or page in ('projects', 'visits'):
        window.xdotool('mousemove', '--window', window.id, '150' if width < 600 else '400', '330', 'click', '1')
        window.settle()
        window.picture(os.path.join(output, f'{page}-record-{width}.png'))
    window.press(contains='编辑', role='push button')
    window.settle()
    window.picture(os.path.join(output, f'{page}-form-{width}.png'))
    window.press(contains='完成', role='push button')
    window.settle()


def take_welcome(luoshi, output, only):
    if only and 'welcome' not in only:
        return
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
