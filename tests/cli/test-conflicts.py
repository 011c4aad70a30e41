#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conflicts on a terminal: shown, decided, and refused where the decision is none."""

import offices

ID = 'progress:2020:173:2020-08:city'


class Conflicts(offices.Test):

    def setUp(self):
        super().setUp()
        self.hub = self.start_hub()
        self.a = offices.Replica(self.folder, 'a')
        self.b = offices.Replica(self.folder, 'b')
        self.a.connect(self.hub, 'city', create=True)
        self.b.connect(self.hub, 'city')
        self.a.ctl('new', 'progress', 'task=task:2020:173', 'month=2020-08', 'office=city', 'readings.started=9',
                   'overall=已有9个开工建设。')
        self.reconcile()

    def reconcile(self):
        for replica in (self.a, self.b, self.a, self.b):
            replica.ctl('sync')

    def make_conflict(self):
        self.a.ctl('set', ID, 'readings.started=11', 'overall=已有11个开工建设。', 'this_month=开了会。')
        self.b.ctl('set', ID, 'readings.started=10', 'overall=已有10个开工建设。')
        self.reconcile()

    def assert_settled(self, **members):
        self.reconcile()
        for replica in (self.a, self.b):
            self.assertEqual(replica.json('conflicts'), [])
            record = replica.json('show', ID)
            self.assertNotIn('_conflicts', record)
            for member, value in members.items():
                self.assertEqual(record.get(member), value)
        self.assertEqual(self.a.ctl('show', ID, '--json'), self.b.ctl('show', ID, '--json'))

    def test_show(self):
        """What is in dispute, what was there before, both values with whose they are, and what needs no decision."""
        self.assertIn('Nothing is in conflict', self.a.ctl('conflicts'))
        self.make_conflict()
        conflict, = self.a.json('conflicts')
        self.assertEqual((conflict['id'], conflict['space'], conflict['type']), (ID, 'city', 'progress'))
        self.assertEqual(len(conflict['leaves']), 2)
        self.assertEqual([leaf['by'] for leaf in conflict['leaves']], ['bureau', 'bureau'])
        members = {member['member']: member for member in conflict['members']}
        self.assertEqual(sorted(members), ['overall', 'readings/started'])
        self.assertEqual(members['readings/started']['before'], 9)
        self.assertEqual(sorted(value['value'] for value in members['readings/started']['values']), [10, 11])
        self.assertEqual([merged['member'] for merged in conflict['merged']], ['this_month'])
        text = self.a.ctl('conflicts')
        for words in (ID, 'readings/started', '已有11个开工建设。', '1 other difference'):
            self.assertIn(words, text)

    def test_decide(self):
        """A member is decided for a version or a value; what is not in dispute stays."""
        self.make_conflict()
        conflict, = self.a.json('conflicts')
        leaf = conflict['leaves'][0]['rev']
        self.hub.stop()
        self.assertEqual(self.a.ctl('resolve', ID, '--take', leaf, 'readings.started=12').strip(), ID)
        self.assertEqual(self.a.json('conflicts'), [])
        self.hub.start()
        overall = [value['value'] for member in conflict['members'] for value in member['values']
                   if member['member'] == 'overall' and leaf in value['revs']]
        self.assert_settled(readings={'started': 12}, overall=overall[0], this_month='开了会。')

    def test_ours_and_theirs(self):
        self.make_conflict()
        values = {}
        for choice in ('ours', 'theirs'):
            conflict, = self.a.json('conflicts')
            wanted = [leaf['rev'] for leaf in conflict['leaves'] if leaf['ours'] == (choice == 'ours')]
            values[choice] = [value['value'] for value in conflict['members'][0]['values'] if value['revs'] == wanted]
            self.assertEqual(len(values[choice]), 1)
        member = conflict['members'][0]['member']
        other = conflict['members'][1]['member']
        self.assertTrue(self.a.json('resolve', ID, member + '=theirs', other + '=ours')['ok'])
        self.reconcile()
        record = self.b.json('show', ID)
        for step in member.split('/'):
            record = record[step]
        self.assertEqual(record, values['theirs'][0])
        self.assert_settled()

    def test_refused(self):
        """Each wrong decision is named and leaves everything as it was."""
        done = self.a.run('resolve', ID, 'overall=ours')
        self.assertEqual(done.returncode, 1)
        self.assertIn('not in conflict', done.stderr)
        self.make_conflict()
        before = self.a.ctl('show', ID, '--revisions', '--json')
        for arguments, words in (
                (['unheard=ours'], 'not in dispute'),
                (['this_month=ours'], 'readings/started'),
                (['--take', '9-unheard'], 'no version 9-unheard'),
                (['readings.started=viele', 'overall=ours'], 'readings'),
                (['overall=ours'], 'Still to be decided: readings/started'),
                (['overall'], 'MEMBER=VALUE'),
        ):
            done = self.a.run('resolve', ID, *arguments)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertIn(words, done.stderr)
            self.assertEqual(self.a.ctl('show', ID, '--revisions', '--json'), before)
        self.assertEqual(self.a.run('resolve', ID).returncode, 2)
        self.assertEqual(self.a.run('resolve', 'task:2020:999', 'title=ours').returncode, 1)

    def test_deletion(self):
        """One deletes what the other edits: it is asked, and the revision of the deletion deletes."""
        self.a.ctl('delete', ID)
        self.b.ctl('set', ID, 'readings.started=10')
        self.reconcile()
        conflict, = self.b.json('conflicts')
        self.assertEqual((len(conflict['leaves']), len(conflict['deletions'])), (1, 1))
        done = self.a.run('resolve', ID, 'overall=ours')
        self.assertEqual(done.returncode, 1)
        self.b.ctl('resolve', ID, '--take', conflict['deletions'][0]['rev'])
        self.reconcile()
        for replica in (self.a, self.b):
            self.assertEqual(replica.json('conflicts'), [])
            self.assertEqual(replica.run('show', ID).returncode, 1)


if __name__ == '__main__':
    offices.main()
