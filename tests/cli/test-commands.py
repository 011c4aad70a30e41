#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each command of luoshictl: its help, its status, and what it says of bad input."""

import json
import os
import re
import resource
import signal
import subprocess
import time
import unittest

import offices

COMMANDS = ('init', 'check', 'connect', 'spaces', 'sync', 'status', 'list', 'show', 'new', 'set', 'delete', 'history',
            'restore', 'search', 'attach', 'fetch', 'import', 'report', 'sample', 'bundle', 'conflicts', 'resolve')
SAMPLE = os.path.join(offices.SOURCE_ROOT, 'data', 'sample')


class Commands(offices.Test):

    def setUp(self):
        super().setUp()
        self.a = offices.Replica(self.folder, 'a')

    def start(self):
        self.a.ctl('init')
        self.a.ctl('import', offices.find_table(self.folder))
        self.task = self.a.json('list', 'task')[0]['_id']

    def refused(self, *args, status=1, says=(), input=None):
        """The command fails with this status, says these words on standard error, and prints no data."""
        done = self.a.run(*args, input=input)
        self.assertEqual(done.returncode, status, done.stderr)
        for word in says:
            self.assertIn(word, done.stderr)
        self.assertEqual(done.stdout, '')
        self.assertTrue(done.stderr.endswith('\n'))

    def test_help(self):
        """Every command has --help, the list of commands names them all, and both are a success."""
        listed = self.a.ctl('--help')
        for command in COMMANDS:
            self.assertRegex(listed, r'(?m)^  %s ' % command)
            self.assertIn('luoshictl', self.a.ctl(command, '--help'))
        self.assertEqual(set(re.findall(r'(?m)^  ([a-z]+) +[A-Z]', listed)), set(COMMANDS))
        self.assertIn('0.1', self.a.ctl('--version'))

    def test_usage(self):
        """What is used wrongly ends with 2 and changes nothing."""
        self.start()
        for args, says in (
                (('nonsense',), ['nonsense']),
                (('list',), ['missing']),
                (('list', 'nonsense'), ['nonsense', 'project']),
                (('list', 'task', 'more'), ['too many']),
                (('list', 'task', '--where', 'number'), ['number']),
                (('list', 'task', '--limit', 'many'), ['--limit', 'many']),
                (('list', 'task', '--nonsense'), ['--nonsense']),
                (('list', 'project', '--where', 'stage=nonsense'), ['stage']),
                (('new', 'nonsense'), ['nonsense']),
                (('set', self.task), ['missing']),
                (('fetch', self.task, 'a'), ['-o']),
                (('connect', 'nonsense', '--user', 'a'), ['nonsense']),
                (('connect', 'http://127.0.0.1:1'), ['--user']),
                (('report',), ['--month']),
                (('report', '--month', '2020-08', '--format', 'pdf'), ['pdf', 'csv']),
                (('spaces', 'huanggu'), ['--join'])):
            with self.subTest(args):
                self.refused(*args, status=2, says=says)

    def test_no_replica(self):
        """Without a replica a command says what makes one, and makes none by itself."""
        for args in (('list', 'task'), ('status',), ('sync',), ('import', os.devnull), ('check',)):
            self.refused(*args, says=['init'])
        self.assertFalse(os.path.exists(self.a.folder))

    def test_bad_members(self):
        """Bad input names the member and what was expected, and nothing is saved."""
        self.start()
        before = self.a.ctl('list', 'task', '--json')
        for args, says in (
                (('set', self.task, 'due=soon'), ['due', '2020-08-28']),
                (('set', self.task, 'lead=处', 'due=2020-02-30'), ['due']),
                (('set', self.task, 'title='), ['title']),
                (('set', self.task, 'nothing'), ['MEMBER=VALUE']),
                (('set', self.task, 'indicators/0/target=many'), ['indicators/0']),
                (('set', self.task, 'year=2021'), ['year', '2020']),
                (('set', 'task:2020:99999', 'lead=处'), ['task:2020:99999']),
                (('show', 'nothing:here'), ['nothing:here']),
                (('delete', 'task:2020:99999'), ['task:2020:99999']),
                (('new', 'project', '--space', 'city', 'name=站'), ['programme']),
                (('new', 'task', 'year=2020', 'number=many', 'title=甲'), ['number']),
                (('new', 'training', 'on=2020-08-28', 'topic=甲', 'attendances=-1'), ['attendances']),
                (('new', 'training', '--space', 'nowhere', 'on=2020-08-28', 'topic=甲'), ['nowhere']),
                (('list', 'task', '--where', 'nonsense=1'), ['nonsense']),
                (('list', 'task', '--sort', 'nonsense'), ['nonsense']),
                (('report', '--month', '2020-8'), ['2020-8']),
                (('report', '--month', '2031-08'), ['2031']),
                (('attach', self.task, '/nonexistent'), ['/nonexistent']),
                (('fetch', self.task, 'nothing.jpg', '-o', '-'), ['nothing.jpg']),
                (('sync',), ['connect'])):
            with self.subTest(args):
                self.refused(*args, says=says)
        self.refused('new', 'task', '--json', '-', input='{"year":2020,', says=['luoshictl'])
        self.assertEqual(self.a.ctl('list', 'task', '--json'), before)
        self.assertEqual(self.a.json('list', 'training'), [])

    def test_records(self):
        """A record is made, changed by member and path, listed, found, and given back as it was printed."""
        self.start()
        made = self.a.ctl('new', 'training', 'on=2020-08-28', 'topic=养老服务培训', 'mode=online', 'attendances=178').strip()
        self.assertRegex(made, r'^training:[0-9a-f]{32}$')
        self.a.ctl('new', 'training', 'on=2020-07-01', 'topic=业务培训', 'attendances=20')
        self.assertEqual([d['_id'] for d in self.a.json('list', 'training', '--where', 'on>=2020-08-01')], [made])
        self.assertEqual([d['on'] for d in self.a.json('list', 'training', '--sort', '-on')], ['2020-08-28', '2020-07-01'])
        self.assertEqual(len(self.a.json('list', 'training', '--limit', '1')), 1)
        self.assertEqual(len(self.a.json('list', 'training', '--where', 'mode=')), 1)
        self.assertIn(made, [d['_id'] for d in self.a.json('search', '养老')])
        self.assertEqual(self.a.json('search', '没有这样的词'), [])

        printed = self.a.json('show', made)
        self.assertEqual(printed['created_by'], printed['updated_by'])
        copied = json.loads(self.a.ctl('new', 'training', '--json', '-', input=json.dumps(dict(printed, unknown={'a': 1}))))
        again = self.a.json('show', copied['id'])
        self.assertEqual((again['topic'], again['unknown'], again['_rev']), (printed['topic'], {'a': 1}, copied['rev']))

        self.a.ctl('set', copied['id'], 'attendances=', 'eligible=180')
        again = self.a.json('show', copied['id'])
        self.assertNotIn('attendances', again)
        self.assertEqual((again['eligible'], again['unknown']), (180, {'a': 1}))
        same = self.a.ctl('set', copied['id'], 'eligible=180')
        self.assertEqual(self.a.json('show', copied['id'])['_rev'], again['_rev'], same)

        self.a.ctl('delete', copied['id'])
        self.refused('show', copied['id'])
        self.assertEqual(len(self.a.json('list', 'training')), 2)

    def test_at_once(self):
        """Several at work on one replica, on one record even: each edit is there."""
        self.start()
        progress = self.a.json('list', 'progress')[0]['_id']
        for turn in range(5):
            started = [self.a.start('set', progress, 'remarks.第%d处%d=%d' % (n, turn, turn)) for n in range(6)]
            for process in started:
                out, err = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 0, err.decode())
        remarks = self.a.json('show', progress)['remarks']
        self.assertEqual({name for name in remarks if name.startswith('第')},
                         {'第%d处%d' % (n, turn) for n in range(6) for turn in range(5)})
        self.a.ctl('check')

    def limited(self, size, *args):
        """The command where no file may grow beyond so many bytes, as where the disk or a quota is full."""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return subprocess.run([offices.CTL, '--replica', self.a.folder, *args], env=self.a.env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                              preexec_fn=limit)

    def test_disk_full(self):
        """Without room a command says so and changes nothing; with room again all goes on."""
        self.start()
        before = self.a.ctl('list', 'task', '--json')
        photo = os.path.join(self.folder, 'photo.bin')
        with open(photo, 'wb') as file:
            file.write(os.urandom(400000))
        for args in (('set', self.task, 'lead=养老服务处'), ('attach', self.task, photo), ('delete', self.task),
                     ('new', 'training', 'on=2020-08-28', 'topic=业务培训')):
            with self.subTest(args):
                done = self.limited(8192, *args)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, 'disk is full|File too large')
                self.assertEqual(self.a.ctl('list', 'task', '--json'), before)
        self.assertEqual(self.a.json('list', 'training'), [])
        self.a.ctl('check')
        self.a.ctl('attach', self.task, photo)
        self.a.ctl('check')
        report = os.path.join(self.folder, 'report.txt')
        self.a.ctl('report', '--month', '2020-08', '-o', report)
        with open(report, 'rb') as file:
            whole = file.read()
        if len(whole) > 512:
            self.assertEqual(self.limited(512, 'report', '--month', '2020-08', '-o', report).returncode, 1)
            with open(report, 'rb') as file:
                self.assertEqual(file.read(), whole)

    def test_read_only(self):
        """A folder that may not be written is said to be so, in the person's language, and stays as it is."""
        self.start()
        path = os.path.join(self.a.folder, 'luoshi.db')
        with open(path, 'rb') as file:
            before = file.read()
        os.chmod(self.folder, 0o755)
        os.chmod(path, 0o444)
        os.chmod(self.a.folder, 0o555)
        self.addCleanup(os.chmod, self.a.folder, 0o755)
        try:
            for mode in (0o444, 0o666):
                os.chmod(path, mode)
                done = subprocess.run([offices.CTL, '--replica', self.a.folder, 'set', self.task, 'lead=处'],
                                      env=self.a.env, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, timeout=120,
                                      user=65534 if os.getuid() == 0 else None)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, 'Permission denied|protected against writing')
        finally:
            os.chmod(self.a.folder, 0o755)
        with open(path, 'rb') as file:
            self.assertEqual(file.read(), before)

    def test_import_problems(self):
        """What can not be read is reported with its line, and nothing is imported."""
        self.a.ctl('init')
        path = os.path.join(self.folder, 'bad-2020-08.txt')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('序号 | 目标任务 | 完成情况\n1 | 11.修缮。 | 甲\n2 | 没有编号 | 乙\n3 | 13.开通。 | 丙 | 丁\n')
        self.refused('import', path, says=['line 3', '没有编号', 'line 4', 'Nothing was imported'])
        self.assertEqual(self.a.json('list', 'task'), [])
        with open(path, 'w', encoding='gb18030') as file:
            file.write('序号,任务目标,完成情况,存在问题\n1,11.修缮。,甲,缺资金\n')
        nameless = os.path.join(self.folder, 'table.csv')
        os.rename(path, nameless)
        self.refused('import', nameless, says=['--month'])
        self.refused('import', nameless, '--month', '2020-08', '--space', 'nowhere', says=['nowhere'])
        self.assertEqual(self.a.json('import', nameless, '--month', '2020-08'),
                         {'ok': True, 'tasks': {'new': 1, 'changed': 0, 'same': 0},
                          'progress': {'new': 1, 'changed': 0, 'same': 0}})
        progress = self.a.json('show', 'progress:2020:11:2020-08:city')
        self.assertEqual((progress['overall'], progress['remarks']), ('甲', {'存在问题': '缺资金'}))

    def test_sample(self):
        """The sample data loads once; loading again changes nothing."""
        self.a.ctl('init')
        self.a.ctl('sample', '--from', SAMPLE)
        before = self.a.ctl('list', 'project', '--json')
        self.assertIn('0 ', self.a.ctl('sample', '--from', SAMPLE))
        self.assertEqual(self.a.ctl('list', 'project', '--json'), before)
        self.assertGreaterEqual(len(json.loads(before)), 16)
        visits = [d for d in self.a.json('list', 'visit') if '_attachments' in d]
        name = sorted(visits[0]['_attachments'])[0]
        output = os.path.join(self.folder, 'photo')
        self.a.ctl('fetch', visits[0]['_id'], name, '-o', output)
        self.assertEqual(os.path.getsize(output), visits[0]['_attachments'][name]['length'])
        self.a.ctl('check')

    def test_wrong_password(self):
        """A wrong password is said, and the server is not set."""
        hub = self.start_hub()
        self.a.ctl('init')
        done = self.a.run('connect', hub.url, '--user', 'bureau', env=dict(self.a.env, LUOSHI_PASSWORD='wrong'))
        self.assertEqual(done.returncode, 1)
        self.assertNotEqual(done.stderr, '')
        self.assertNotIn('wrong', done.stderr)
        self.assertNotIn('server', self.a.json('status'))

    def test_keyring(self):
        """A keyring keeps the password, and sync finds it there."""
        hub = self.start_hub()
        self.a.ctl('init')
        env = offices.environment(self.folder, SECRET_BACKEND='file', SECRET_FILE_TEST_PASSWORD='test',
                                  SECRET_FILE_TEST_PATH=os.path.join(self.folder, 'keyring'))
        done = self.a.run('connect', hub.url, '--user', 'bureau', env=env)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.a.ctl('spaces', '--create', 'city')
        del env['LUOSHI_PASSWORD']
        done = self.a.run('sync', env=env)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_no_keyring(self):
        """Without a keyring, a session bus or a home nothing hangs, and it is said that the password is not kept."""
        hub = self.start_hub()
        self.a.ctl('init')
        for extra in ({}, {'HOME': None}, {'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent'},
                      {'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent', 'HOME': None}):
            with self.subTest(extra):
                began = time.monotonic()
                done = self.a.run('connect', hub.url, '--user', 'bureau', env=offices.environment(self.folder, **extra))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn('LUOSHI_PASSWORD', done.stderr)
                env = offices.environment(self.folder, LUOSHI_PASSWORD=None, **extra)
                done = self.a.run('sync', env=env)
                self.assertEqual(done.returncode, 1)
                self.assertIn('LUOSHI_PASSWORD', done.stderr)
                self.assertLess(time.monotonic() - began, 60)

    def test_live(self):
        """sync --live sends what is saved while it runs, and ends well when it is interrupted."""
        hub = self.start_hub()
        b = offices.Replica(self.folder, 'b')
        self.start()
        self.a.connect(hub, 'city', create=True)
        b.connect(hub, 'city')
        live = [replica.start('sync', '--live') for replica in (self.a, b)]
        try:
            made = self.a.ctl('new', 'training', 'on=2020-08-28', 'topic=业务培训').strip()
            until = time.monotonic() + 60
            while made not in b.ctl('list', 'training', '--json'):
                self.assertLess(time.monotonic(), until, 'the record did not arrive')
        finally:
            for process in live:
                process.terminate()
        for process in live:
            out, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, err.decode())
            self.assertIn('city: ', out.decode())

    def test_chinese(self):
        """With LANGUAGE=zh_CN help and messages are Chinese."""
        folder = os.environ.get('LUOSHI_LOCALEDIR', '')
        if not os.path.exists(os.path.join(folder, 'zh_CN', 'LC_MESSAGES', 'luoshi.mo')):
            raise unittest.SkipTest('the translations are not installed')
        self.start()
        env = offices.environment(self.folder, LANGUAGE='zh_CN')
        said = self.a.run('--help', env=env).stdout
        self.assertIn('命令', said)
        for command in COMMANDS:
            said = self.a.run(command, '--help', env=env).stdout
            self.assertRegex(said, '[\u4e00-\u9fff]')
            self.assertNotRegex(said, r'(?m)^[A-Z][a-z]+ [a-z]+ .*\.$')
        said = self.a.run('set', self.task, 'due=soon', env=env).stderr
        self.assertIn('due', said)
        self.assertRegex(said, '[\u4e00-\u9fff]')
        self.assertIn('待发送', self.a.run('list', 'task', env=env).stdout)


if __name__ == '__main__':
    offices.main()
