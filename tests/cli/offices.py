# SPDX-License-Identifier: GPL-3.0-or-later
"""A hub and replicas as programs, in folders of their own, for the tests beside this file."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.request

CTL = os.environ.get('LUOSHI_CTL', 'luoshictl')
HUB = os.environ.get('LUOSHI_HUB', 'luoshi-hub')
PASSWORD = 'pass word'
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE_ROOT = os.path.dirname(os.path.dirname(HERE))

# Invented text in the shape in which the real tables arrive.
TABLE = '''序号 | 目标任务 | 总体工作进展及8月份进展 |
1 | 11.修缮社区食堂20处。 | 目前,已修缮12处。其余点位正在备料。 |
2 | 27.开通社区“一键求助”。 | 联合三个部门完成联调。 8月以来,共接听求助310件次。 |
3 | 35.更新健身器材。 | 截至目前,更新器材41套。 按照安排,逐处验收。
|
1 | 58.推进邻里互助。 | 建立互助小组75个。'''


def find_table(folder):
    """The real table of August 2020 where it is there, else one of the same shape; the path of a file."""
    samples = os.environ.get('LUOSHI_SAMPLES', os.path.join(SOURCE_ROOT, '..', 'shared', 'samples'))
    path = os.path.join(samples, 'ledger-2020-08.txt')
    if os.path.exists(path):
        return path
    path = os.path.join(folder, 'table-2020-08.txt')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(TABLE)
    return path


def normal_table(text):
    """A table without what is stray: a bar on its own line closes the row before it, blanks beside bars are none."""
    return re.sub(r'[ \t]*\|[ \t]*', '|', re.sub(r'\s*\n\s*\|', ' |', text)).strip()


def environment(home, **extra):
    """What a person's session has, without a keyring and without the tester's own settings."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(('LUOSHI_P', 'DBUS_', 'SECRET_', 'XDG_'))}
    env.update(HOME=home, LC_ALL='C.UTF-8', LUOSHI_PASSWORD=PASSWORD, GIO_USE_PROXY_RESOLVER='dummy')
    env.pop('LANGUAGE', None)
    env.update(extra)
    return {name: value for name, value in env.items() if value is not None}


class Hub:
    """luoshi-hub with one administrator, bureau."""

    def __init__(self, folder):
        self.data = os.path.join(folder, 'hub')
        self.env = environment(folder)
        self.listen = '127.0.0.1:0'
        self.process = None
        subprocess.run([HUB, '--data', self.data, 'user', 'add', 'bureau', '--role', '_admin'], env=self.env,
                       check=True, stdout=subprocess.DEVNULL, timeout=60)

    def start(self):
        """Starts it, at the same port as before; returns once it listens."""
        self.process = subprocess.Popen([HUB, '--data', self.data, 'serve', '--listen', self.listen], env=self.env,
                                        stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            match = re.match(r'listening on (http://(\S+))', line)
            if match:
                self.url, self.listen = match.groups()
                return
        raise AssertionError('the hub ended before it listened')

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        self.process.stdout.read()
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        self.process = None
        if status != 0:
            raise AssertionError('the hub ended with status %d' % status)

    def request(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method,
                                         data=None if body is None else json.dumps(body).encode())
        token = base64.b64encode(('bureau:' + PASSWORD).encode()).decode()
        request.add_header('Authorization', 'Basic ' + token)
        request.add_header('Content-Type', 'application/json')
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as reply:
            return json.load(reply)


class Replica:
    """One office's records, and luoshictl on them."""

    def __init__(self, folder, name):
        self.folder = os.path.join(folder, name)
        self.env = environment(folder)

    def start(self, *args, **extra):
        """luoshictl as a process that was only started."""
        return subprocess.Popen([CTL, '--replica', self.folder, *args], env=dict(self.env, **extra),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)

    def run(self, *args, input=None, env=None):
        """What it did, whether it worked or not."""
        return subprocess.run([CTL, '--replica', self.folder, *args], env=env or self.env, text=True, input=input,
                              stdin=subprocess.DEVNULL if input is None else None, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120)

    def ctl(self, *args, input=None):
        """What it printed; it must have worked."""
        done = self.run(*args, input=input)
        if done.returncode != 0:
            raise AssertionError('luoshictl %s: status %d\n%s%s'
                                 % (' '.join(args), done.returncode, done.stdout, done.stderr))
        return done.stdout

    def json(self, *args):
        return json.loads(self.ctl(*args, '--json'))

    def connect(self, hub, *spaces, create=False):
        self.ctl('init')
        self.ctl('connect', hub.url, '--user', 'bureau')
        self.ctl('spaces', '--create' if create else '--join', *spaces)


class Test(unittest.TestCase):
    """A folder of its own for each test, and a hub where it asks for one."""

    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='luoshi-cli-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start_hub(self, name='server'):
        folder = os.path.join(self.folder, name)
        os.mkdir(folder)
        hub = Hub(folder)
        hub.start()
        self.addCleanup(hub.stop)
        return hub


def main():
    unittest.main(module='__main__', verbosity=2, testRunner=unittest.TextTestRunner(stream=sys.stdout, verbosity=2))
