#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGKILL at random moments of a pull and of a push: nothing is lost and nothing is there twice."""

import json
import os
import random
import shutil
import time

import offices

DOCUMENTS = int(os.environ.get('LUOSHI_KILL_DOCUMENTS', '10000'))
KILLS = 20


def record(i):
    return {'_id': 'training:%032x' % i, 'type': 'training', 'on': '2020-%02d-%02d' % (i % 12 + 1, i % 28 + 1),
            'topic': '第%d期业务培训' % i, 'district': 'huanggu', 'attendances': i % 300,
            'created_at': '2020-08-28T01:00:00Z', 'created_by': 'bureau',
            'updated_at': '2020-08-28T01:00:00Z', 'updated_by': 'bureau'}


class Kill(offices.Test):

    def setUp(self):
        super().setUp()
        seed = int(os.environ.get('LUOSHI_SEED', str(random.randrange(1 << 31))))
        print('LUOSHI_SEED=%d' % seed, flush=True)
        self.random = random.Random(seed)
        self.killed_at = []
        self.moved = []

    def load(self, name):
        """A replica that was never at a server, with every record."""
        replica = offices.Replica(self.folder, name)
        folder = os.path.join(self.folder, 'records')
        os.mkdir(folder)
        with open(os.path.join(folder, 'records.jsonl'), 'w', encoding='utf-8') as file:
            for i in range(DOCUMENTS):
                file.write(json.dumps(dict(record(i), space='huanggu'), ensure_ascii=False) + '\n')
        replica.ctl('init')
        replica.ctl('sample', '--from', folder)
        return replica

    def kill_once(self, replica, longest, count):
        """Whether a sync was killed before it ended by itself; count says how far the records had come."""
        delay = self.random.uniform(0, longest)
        process = replica.start('sync')
        time.sleep(delay)
        ended = process.poll() is not None
        process.kill()
        out, err = process.communicate(timeout=60)
        if ended and process.returncode != 0:
            raise AssertionError('a sync failed: %s%s' % (out.decode(), err.decode()))
        if not ended:
            self.killed_at.append(round(delay, 2))
            self.moved.append(count())
        return not ended

    def assert_whole(self, hub, replica):
        """The replica and the hub hold every record once, in the same revision."""
        for command in ('sync', 'check'):
            replica.ctl(command)
        listed = replica.json('list', 'training')
        self.assertEqual([d['_id'] for d in listed], ['training:%032x' % i for i in range(DOCUMENTS)])
        self.assertFalse([d['_id'] for d in listed if '_conflicts' in d])
        for i in (0, DOCUMENTS // 2, DOCUMENTS - 1):
            self.assertEqual(listed[i]['topic'], '第%d期业务培训' % i)
        rows = hub.request('GET', '/luoshi-huanggu/_all_docs')['rows']
        self.assertEqual({row['id']: row['value']['rev'] for row in rows if not row['id'].startswith('_')},
                         {d['_id']: d['_rev'] for d in listed})
        space = [s for s in replica.json('status')['spaces'] if s['space'] == 'huanggu'][0]
        self.assertEqual((space['documents'], space['pending'], space['conflicts'], space['refused']),
                         (DOCUMENTS, 0, 0, 0))

    def say_how(self, places):
        print('killed at %s s with %s records moved, %d %s' % (self.killed_at, self.moved, self.rounds, places), flush=True)
        self.assertTrue([n for n in self.moved if 0 < n < DOCUMENTS], 'no kill fell into the transfer')

    def test_pull(self):
        hub = self.start_hub()
        office = offices.Replica(self.folder, 'office')
        office.connect(hub, 'city', 'huanggu', create=True)
        for first in range(0, DOCUMENTS, 1000):
            last = min(first + 1000, DOCUMENTS)
            hub.request('POST', '/luoshi-huanggu/_bulk_docs', {'docs': [record(i) for i in range(first, last)]})

        began = time.monotonic()
        office.ctl('sync')
        longest = (time.monotonic() - began) * 0.6

        self.rounds = 0
        while len(self.killed_at) < KILLS:
            self.rounds += 1
            replica = offices.Replica(self.folder, 'round-%d' % self.rounds)
            replica.connect(hub, 'city', 'huanggu')
            def here():
                return [s for s in replica.json('status')['spaces'] if s['space'] == 'huanggu'][0]['documents']

            while len(self.killed_at) < KILLS and self.kill_once(replica, longest, here):
                pass
            self.assert_whole(hub, replica)
            shutil.rmtree(replica.folder)
        self.say_how('replicas')

    def test_push(self):
        office = self.load('office')
        longest = None
        self.rounds = 0
        while len(self.killed_at) < KILLS:
            self.rounds += 1
            hub = self.start_hub('server-%d' % self.rounds)
            replica = offices.Replica(self.folder, 'round-%d' % self.rounds)
            shutil.copytree(office.folder, replica.folder)
            replica.ctl('connect', hub.url, '--user', 'bureau')
            replica.ctl('spaces', '--create', 'city', 'huanggu')
            if longest is None:
                began = time.monotonic()
                replica.ctl('sync')
                longest = (time.monotonic() - began) * 0.6
            def there():
                return hub.request('GET', '/luoshi-huanggu')['doc_count']

            while len(self.killed_at) < KILLS and self.kill_once(replica, longest, there):
                pass
            self.assert_whole(hub, replica)
            hub.stop()
        self.say_how('hubs')


if __name__ == '__main__':
    offices.main()
