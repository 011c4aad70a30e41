// SPDX-License-Identifier: GPL-3.0-or-later
// The unchanged client against express-pouchdb, a server that we did not write.
'use strict'

const support = require('./support.js')
support.needModules()
const { test, before, after } = require('node:test')
const assert = require('node:assert/strict')
const crypto = require('crypto')
const fs = require('fs')
const path = require('path')

let peer

before(async () => {
  peer = await support.startPeer('peer')
  // Every replica has the space of the city.
  await support.ask(peer, 'PUT', '/luoshi-city')
})
after(async () => {
  if (peer) await peer.stop()
})

// One database a test: the peer must not be asked to delete and make one again.
async function desk (name, space, create) {
  const replica = support.replica(name)
  await replica.ctl('init')
  await replica.ctl('connect', peer.url, '--user', 'admin')
  await replica.ctl('spaces', create ? '--create' : '--join', space)
  return replica
}

const makeProject = async (replica, space, name, ...more) =>
  (await replica.ctl('new', 'project', '--space', space, `name=${name}`, 'programme=home-care-pilot', 'district=huanggu', ...more)).trim()

const database = space => `/luoshi-${space}`
const document = (space, id) => `${database(space)}/${encodeURIComponent(id)}`

test('both ways: made, edited and deleted on either side', async () => {
  const a = await desk('both-a', 'both', true)
  const ids = []
  for (const name of ['三台子社区居家养老服务中心', '华山社区居家养老服务中心', '长江社区居家养老服务中心']) {
    ids.push(await makeProject(a, 'both', name))
  }
  await a.ctl('sync')
  const there = await support.ask(peer, 'GET', document('both', ids[0]))
  assert.equal(there.name, '三台子社区居家养老服务中心')
  assert.equal(there.type, 'project')

  // Another client of the server edits one, deletes one and makes one, with a member that we do not know.
  const future = { plan: [1.10, { deep: '保留' }], big: '9007199254740993' }
  await support.ask(peer, 'PUT', document('both', ids[0]), { ...there, operator: '街道办事处', future })
  const gone = await support.ask(peer, 'GET', document('both', ids[1]))
  await support.ask(peer, 'DELETE', document('both', ids[1]) + '?rev=' + gone._rev)
  await support.ask(peer, 'PUT', document('both', 'project:00000000000000000000000000000001'),
    { type: 'project', name: '塔湾社区居家养老服务中心', programme: 'home-care-pilot', district: 'huanggu' })
  await a.ctl('delete', ids[2])
  await a.ctl('sync')

  const listed = await a.json('list', 'project', '--space', 'both')
  assert.deepEqual(listed.map(each => each.name).sort(), ['三台子社区居家养老服务中心', '塔湾社区居家养老服务中心'].sort())
  const edited = await a.json('show', ids[0])
  assert.equal(edited.operator, '街道办事处')
  assert.deepEqual(edited.future, future)
  await assert.rejects(support.ask(peer, 'GET', document('both', ids[2])), error => error.status === 404)

  // An edit here keeps what only the other client knows.
  await a.ctl('set', ids[0], 'operator=区民政局')
  await a.ctl('sync')
  const kept = await support.ask(peer, 'GET', document('both', ids[0]))
  assert.equal(kept.operator, '区民政局')
  assert.deepEqual(kept.future, future)

  const b = await desk('both-b', 'both', false)
  await b.ctl('sync')
  assert.deepEqual(await b.json('list', 'project'), await a.json('list', 'project'))
  await a.ctl('check')
})

test('attachments both ways', async () => {
  const a = await desk('photos-a', 'photos', true)
  const photo = crypto.randomBytes(200000)
  const file = path.join(support.folder, 'photo.jpg')
  fs.writeFileSync(file, photo)
  const id = (await a.ctl('new', 'visit', '--space', 'photos', 'kind=call', 'on=2020-08-06', 'district=huanggu')).trim()
  await a.ctl('attach', id, file)
  await a.ctl('sync')
  const there = await support.ask(peer, 'GET', document('photos', id) + '?attachments=true')
  assert.deepEqual(Buffer.from(there._attachments['photo.jpg'].data, 'base64'), photo)
  assert.equal(there._attachments['photo.jpg'].digest, 'md5-' + crypto.createHash('md5').update(photo).digest('base64'))

  const notes = Buffer.from('督导记录\n'.repeat(2000))
  const stub = await support.ask(peer, 'GET', document('photos', id))
  stub._attachments['notes.txt'] = { content_type: 'text/plain', data: notes.toString('base64') }
  await support.ask(peer, 'PUT', document('photos', id), stub)

  const b = await desk('photos-b', 'photos', false)
  for (const each of [a, b]) {
    await each.ctl('sync')
    for (const [name, content] of [['photo.jpg', photo], ['notes.txt', notes]]) {
      const out = path.join(support.folder, 'out')
      await each.ctl('fetch', id, name, '-o', out)
      assert.deepEqual(fs.readFileSync(out), content, name)
    }
  }
  await b.ctl('check')
})

test('different members of one record: both edits are kept', async () => {
  const a = await desk('merge-a', 'merge', true)
  const id = await makeProject(a, 'merge', '五三社区居家养老服务中心')
  await a.ctl('sync')
  const b = await desk('merge-b', 'merge', false)
  await b.ctl('sync')

  await a.ctl('set', id, 'operator=街道办事处')
  await b.ctl('set', id, 'subdistrict=五三街道')
  for (const each of [a, b, a, b]) await each.ctl('sync')
  const [here, other] = await Promise.all([a.json('show', id), b.json('show', id)])
  assert.deepEqual(here, other)
  assert.equal(here.operator, '街道办事处')
  assert.equal(here.subdistrict, '五三街道')
  const there = await support.ask(peer, 'GET', document('merge', id) + '?conflicts=true')
  assert.equal(there.operator, '街道办事处')
  assert.equal(there.subdistrict, '五三街道')
  assert.equal(there._conflicts, undefined, 'the merged leaf stands alone')
})

test('the same member: both values are kept on every side', async () => {
  const a = await desk('conflict-a', 'conflict', true)
  const id = await makeProject(a, 'conflict', '东湖社区居家养老服务中心')
  await a.ctl('sync')
  const b = await desk('conflict-b', 'conflict', false)
  await b.ctl('sync')

  await a.ctl('set', id, 'operator=甲')
  await b.ctl('set', id, 'operator=乙')
  // A conflict that waits for a person is no failure to reconcile, but sync may say so by its status.
  for (const each of [a, b, a, b]) await each.tried('sync')

  const there = await support.ask(peer, 'GET', document('conflict', id) + '?conflicts=true')
  assert.equal(there._conflicts.length, 1)
  const loser = await support.ask(peer, 'GET', document('conflict', id) + '?rev=' + there._conflicts[0])
  assert.deepEqual([there.operator, loser.operator].sort(), ['乙', '甲'].sort())
  for (const each of [a, b]) {
    const shown = await each.json('show', id)
    assert.equal(shown._rev, there._rev, 'the same winner everywhere')
    assert.match(await each.ctl('show', id, '--revisions'), new RegExp(there._conflicts[0]))
  }
})

test('five hundred records, and nothing is sent twice', async () => {
  const a = await desk('many-a', 'many', true)
  const documents = Array.from({ length: 500 }, (_, place) => ({
    _id: 'training:' + String(place).padStart(32, '0'),
    type: 'training',
    on: '2020-08-14',
    topic: '通办平台线上课程' + place,
    district: 'huanggu'
  }))
  const written = await support.ask(peer, 'POST', database('many') + '/_bulk_docs', { docs: documents })
  assert.equal(written.length, 500)
  await a.ctl('sync')
  assert.equal((await a.json('list', 'training', '--space', 'many', '--limit', '1000')).length, 500)
  const before = (await support.ask(peer, 'GET', database('many'))).update_seq
  await a.ctl('sync')
  assert.equal((await support.ask(peer, 'GET', database('many'))).update_seq, before)
})
