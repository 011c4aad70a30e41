#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two offices and a hub: the main job from the imported table to the merged and the conflicting edit."""

import os
import re

import offices

TYPES = ('task', 'progress', 'project', 'training', 'visit')


class TwoOffices(offices.Test):

    def setUp(self):
        super().setUp()
        self.hub = self.start_hub()
        self.a = offices.Replica(self.folder, 'a')
        self.b = offices.Replica(self.folder, 'b')
        self.table = offices.find_table(self.folder)
        self.a.ctl('init')
        self.a.ctl('import', self.table)
        self.a.connect(self.hub, 'city', 'huanggu', create=True)
        self.a.ctl('sync')
        self.b.connect(self.hub, 'city', 'huanggu')
        self.b.ctl('sync')
        self.progress = sorted(document['_id'] for document in self.a.json('list', 'progress'))

    def reconcile(self):
        """Until both know of what the other merged."""
        for replica in (self.a, self.b, self.a, self.b):
            replica.ctl('sync')

    def assert_equal_replicas(self):
        for type in TYPES:
            self.assertEqual(self.a.ctl('list', type, '--json'), self.b.ctl('list', type, '--json'))
        for replica in (self.a, self.b):
            replica.ctl('check')

    def test_table(self):
        """B prints the table that A imported, row for row."""
        with open(self.table, encoding='utf-8') as file:
            wanted = offices.normal_table(file.read())
        printed = [replica.ctl('report', '--month', '2020-08') for replica in (self.a, self.b)]
        self.assertEqual(offices.normal_table(printed[1]).rstrip('|'), wanted.rstrip('|'))
        self.assertEqual(printed[0], printed[1])
        output = os.path.join(self.folder, 'report.csv')
        self.b.ctl('report', '--month', '2020-08', '--format', 'csv', '-o', output)
        again = self.b.json('import', output, '--month', '2020-08')
        self.assertEqual(again['tasks']['new'] + again['tasks']['changed'], 0)
        self.assertEqual(again['progress']['new'] + again['progress']['changed'], 0)
        self.assert_equal_replicas()

    def test_edits_offline(self):
        """With the hub stopped both edit different records and different members of one; then both hold both."""
        one, shared, other = self.progress[:3]
        self.hub.stop()
        done = self.a.run('sync')
        self.assertNotEqual(done.returncode, 0)
        self.assertNotEqual(done.stderr, '')

        self.a.ctl('set', one, 'readings.count=12')
        self.a.ctl('set', shared, 'remarks/存在问题=部分选址未定')
        self.b.ctl('set', other, 'readings.count=34')
        self.b.ctl('set', shared, 'state=submitted')
        project = self.b.ctl('new', 'project', '--space', 'huanggu', 'name=新站', 'programme=care-station',
                             'funds/provincial/allocated_fen=669.6万元', 'stages/confirmed/on=2020-03-12').strip()
        city = [space for space in self.a.json('status')['spaces'] if space['space'] == 'city'][0]
        self.assertEqual(city['pending'], 2)

        self.hub.start()
        self.reconcile()
        self.assert_equal_replicas()
        for replica in (self.a, self.b):
            self.assertEqual(replica.json('show', one)['readings'], {'count': 12})
            self.assertEqual(replica.json('show', other)['readings'], {'count': 34})
            merged = replica.json('show', shared)
            self.assertEqual(merged['remarks'], {'存在问题': '部分选址未定'})
            self.assertEqual(merged['state'], 'submitted')
            self.assertNotIn('_conflicts', merged)
            self.assertEqual(replica.json('show', project)['funds'][0]['allocated_fen'], 669600000)
            self.assertEqual(sum(space['pending'] for space in replica.json('status')['spaces']), 0)

    def test_same_member(self):
        """Both edit the same member: both values are on both sides, and both sides say so."""
        shared = self.progress[0]
        self.a.ctl('set', shared, 'this_month=事情正在办。')
        self.reconcile()
        self.hub.stop()
        self.a.ctl('set', shared, 'this_month=甲处说了一件事。')
        self.b.ctl('set', shared, 'this_month=乙处说了另一件事。')
        self.hub.start()
        self.reconcile()
        self.assert_equal_replicas()
        for replica in (self.a, self.b):
            document = replica.json('show', shared)
            self.assertEqual(len(document['_conflicts']), 1)
            listed = [d for d in replica.json('list', 'progress') if d['_id'] == shared][0]
            self.assertEqual(listed, document)
            versions = replica.json('show', shared, '--revisions')
            self.assertEqual({leaf['this_month'] for leaf in versions['leaves'] if not leaf.get('_deleted')},
                             {'甲处说了一件事。', '乙处说了另一件事。'})
            shown = replica.ctl('show', shared)
            for said in ('In conflict', '甲处说了一件事。', '乙处说了另一件事。'):
                self.assertIn(said, shown)
            lines = [line for line in replica.ctl('list', 'progress').splitlines() if line.startswith(shared)]
            self.assertIn('in conflict', lines[0])
            city = [space for space in replica.json('status')['spaces'] if space['space'] == 'city'][0]
            self.assertEqual((city['conflicts'], city['in_conflict']), (1, [shared]))

    def test_history(self):
        """What each office changed is known to both, and an earlier state comes back as an edit of its own."""
        shared = self.progress[0]
        before = self.a.json('show', shared)
        self.a.ctl('set', shared, 'remarks/存在问题=部分选址未定')
        self.reconcile()
        self.b.ctl('set', shared, 'remarks/存在问题=', 'state=submitted')
        self.reconcile()
        entries = self.a.json('history', shared)['entries']
        self.assertEqual(entries, self.b.json('history', shared)['entries'])
        self.assertEqual(entries[0]['changes']['/state'], ['draft', 'submitted'])
        self.assertEqual(entries[1]['changes']['/remarks'], [None, {'存在问题': '部分选址未定'}])
        self.assertIn('state: draft → submitted', self.a.ctl('history', shared))
        self.a.ctl('restore', shared, entries[1]['id'])
        self.reconcile()
        for replica in (self.a, self.b):
            now = replica.json('show', shared)
            self.assertEqual((now['remarks'], now['state']), ({'存在问题': '部分选址未定'}, 'draft'))
            self.assertEqual(len(replica.json('history', shared)['entries']), 3)
            self.assertEqual(sum(space['pending'] for space in replica.json('status')['spaces']), 0)
        self.a.ctl('restore', '--before', shared, entries[1]['id'])
        now = self.a.json('show', shared)
        for stamp in ('_rev', 'updated_at', 'updated_by'):
            now.pop(stamp, None)
            before.pop(stamp, None)
        self.assertEqual(now, before)
        self.assertNotEqual(self.a.run('delete', entries[0]['id']).returncode, 0)
        self.assertNotEqual(self.a.run('set', entries[0]['id'], 'by=others').returncode, 0)
        self.reconcile()
        self.assert_equal_replicas()

    def test_attachment(self):
        """A file kept with a record by A is the same file when B fetches it."""
        task = self.a.json('list', 'task')[0]['_id']
        path = os.path.join(self.folder, '照片.bin')
        data = os.urandom(300000)
        with open(path, 'wb') as file:
            file.write(data)
        self.a.ctl('attach', task, path)
        self.reconcile()
        fetched = os.path.join(self.folder, 'fetched.bin')
        self.b.ctl('fetch', task, '照片.bin', '-o', fetched)
        with open(fetched, 'rb') as file:
            self.assertEqual(file.read(), data)
        self.assert_equal_replicas()

    def test_delete(self):
        """What A deletes is gone at B as well."""
        record = self.a.ctl('new', 'training', '--space', 'huanggu', 'on=2020-08-28', 'topic=业务培训').strip()
        self.reconcile()
        self.assertEqual(self.b.json('show', record)['district'], 'huanggu')
        self.a.ctl('delete', record)
        self.reconcile()
        self.assertNotEqual(self.b.run('show', record).returncode, 0)
        self.assert_equal_replicas()

    def test_delete_in_conflict(self):
        """A record in conflict is not deleted by its shown version alone: it is said how, and then it is gone on both sides."""
        shared = self.progress[0]
        self.a.ctl('set', shared, 'this_month=事情正在办。')
        self.reconcile()
        self.a.ctl('set', shared, 'this_month=甲处说了一件事。')
        self.b.ctl('set', shared, 'this_month=乙处说了另一件事。')
        self.reconcile()
        done = self.a.run('delete', shared)
        self.assertEqual(done.returncode, 1)
        self.assertIn('contradict', done.stderr)
        self.assertIn('--all-versions', done.stderr)
        self.assertEqual(len(self.a.json('show', shared)['_conflicts']), 1)
        self.a.ctl('delete', '--all-versions', shared)
        self.reconcile()
        for replica in (self.a, self.b):
            self.assertNotEqual(replica.run('show', shared).returncode, 0)
            self.assertNotIn(shared, [d['_id'] for d in replica.json('list', 'progress')])
        self.assert_equal_replicas()

    def test_status_tells_when(self):
        """status tells when each space was last reconciled, in a process of its own and without the server."""
        self.hub.stop()
        for space in self.a.json('status')['spaces']:
            self.assertRegex(space['last_settled'], r'^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$')
        said = self.a.ctl('status')
        self.assertNotIn('never', said)
        self.assertEqual(len(re.findall(r'last reconciled: 20\d\d-', said)), 2)
        c = offices.Replica(self.folder, 'c')
        c.ctl('init')
        self.assertIn('never', c.ctl('status'))
        self.assertNotIn('last_settled', c.json('status')['spaces'][0])
        self.hub.start()

    def test_sync_says_what(self):
        """sync prints for each space what was received and sent."""
        self.a.ctl('set', self.progress[0], 'readings.count=1')
        done = self.a.json('sync')
        self.assertTrue(done['ok'])
        city = [space for space in done['spaces'] if space['space'] == 'city'][0]
        self.assertEqual((city['pushed'], city['pulled'], city['refused'], city['pending']), (1, 0, 0, 0))
        self.assertIn('city: received 1, sent 0', self.b.ctl('sync'))


if __name__ == '__main__':
    offices.main()
