#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two offices without a common network, a stick between them, and a hub that takes the stick in."""

import os
import subprocess

import offices

PASSPHRASE = 'carried by telephone'


class Stick(offices.Test):

    def setUp(self):
        super().setUp()
        self.a = offices.Replica(self.folder, 'a')
        self.b = offices.Replica(self.folder, 'b')
        for replica in (self.a, self.b):
            replica.env['LUOSHI_PASSPHRASE'] = PASSPHRASE
        self.stick = os.path.join(self.folder, 'stick')
        self.a.ctl('init')
        self.b.ctl('init')

    def carry(self, source, target):
        """What the taking in said; the file is for the target alone."""
        uuid = target.ctl('bundle', 'id').strip()
        self.assertRegex(uuid, '^[0-9a-f]{32}$')
        source.ctl('bundle', 'export', self.stick, '--to', uuid)
        return target.json('bundle', 'import', self.stick)

    def test_both_ways(self):
        """Edits of different members are merged, of the same member kept, on both sides."""
        self.a.ctl('import', offices.find_table(self.folder))
        taken = self.carry(self.a, self.b)
        self.assertTrue(taken['whole'])
        self.assertEqual(self.a.ctl('report', '--month', '2020-08'), self.b.ctl('report', '--month', '2020-08'))

        one, two = sorted(document['_id'] for document in self.a.json('list', 'progress'))[:2]
        self.a.ctl('set', one, 'lamp=red')
        self.b.ctl('set', one, 'overall=of b')
        self.a.ctl('set', two, 'lamp=red')
        self.b.ctl('set', two, 'lamp=green')
        back = self.carry(self.b, self.a)
        self.assertEqual((back['merged'], back['conflicts']), (1, 1))
        there = self.carry(self.a, self.b)
        self.assertFalse(there['whole'])
        self.assertEqual(there['conflicts'], 1)
        self.assertEqual(self.a.ctl('list', 'progress', '--json'), self.b.ctl('list', 'progress', '--json'))
        merged = self.b.json('show', one)
        self.assertEqual((merged['lamp'], merged['overall']), ('red', 'of b'))
        for replica in (self.a, self.b):
            replica.ctl('check')

    def test_hub(self):
        """The hub takes the file in while it serves, and one who is connected to it has the records."""
        self.a.ctl('new', 'training', '--space', 'city', 'on=2020-06-17', 'topic=on the stick')
        self.a.ctl('bundle', 'export', self.stick, '--to', 'all')
        hub = self.start_hub()
        c = offices.Replica(self.folder, 'c')
        c.connect(hub, 'city', create=True)
        done = subprocess.run([offices.HUB, '--data', hub.data, 'bundle', 'import', self.stick],
                              env=dict(hub.env, LUOSHI_PASSPHRASE=PASSPHRASE), stdout=subprocess.PIPE, text=True,
                              timeout=120)
        self.assertEqual(done.returncode, 0)
        c.ctl('sync')
        self.assertEqual([document['topic'] for document in c.json('list', 'training')], ['on the stick'])

    def test_refused(self):
        """A wrong passphrase, a foreign file, another's file and a wrong word are each said, and change nothing."""
        self.a.ctl('new', 'training', '--space', 'city', 'on=2020-06-17', 'topic=here')
        self.a.ctl('bundle', 'export', self.stick, '--to', 'all')
        wrong = self.b.run('bundle', 'import', self.stick, env=dict(self.b.env, LUOSHI_PASSPHRASE='something else'))
        self.assertEqual(wrong.returncode, 1)
        self.assertIn('passphrase', wrong.stderr)
        foreign = self.b.run('bundle', 'import', offices.__file__)
        self.assertEqual(foreign.returncode, 1)
        self.assertIn('no exchange file', foreign.stderr)
        own = self.a.run('bundle', 'import', self.stick)
        self.assertEqual(own.returncode, 1)
        short = self.a.run('bundle', 'export', self.stick, '--to', 'all',
                           env=dict(self.a.env, LUOSHI_PASSPHRASE='short'))
        self.assertEqual(short.returncode, 1)
        self.assertIn('8', short.stderr)
        for words in (['export', self.stick], ['export', self.stick, '--to', 'b'], ['import'], ['carry', 'x']):
            self.assertEqual(self.a.run('bundle', *words).returncode, 2, words)
        self.assertEqual(self.b.json('list', 'training'), [])
        missing = self.b.run('bundle', 'import', os.path.join(self.folder, 'nothing'))
        self.assertEqual(missing.returncode, 1)
        self.assertIn('nothing', missing.stderr)


if __name__ == '__main__':
    offices.main()
