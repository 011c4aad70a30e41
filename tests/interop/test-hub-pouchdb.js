// SPDX-License-Identifier: GPL-3.0-or-later
// PouchDB, as its authors publish it, as a client of luoshi-hub.
'use strict'

const support = require('./support.js')
const need = support.needModules()
const { test, before, after } = require('node:test')
const assert = require('node:assert/strict')
const crypto = require('crypto')
const path = require('path')

const PouchDB = need('pouchdb')
const Local = PouchDB.defaults({ prefix: support.folder + path.sep })
const auth = { username: 'admin', password: support.PASSWORD }

let hub

before(async () => {
  hub = await support.startHub('hub')
})
after(async () => {
  if (hub) assert.equal(await hub.stop(), 0, 'the hub ends cleanly')
})

const remote = name => new PouchDB(`${hub.url}/luoshi-${name}`, { auth })

test('there is no anonymous access, and a wrong password is refused', async () => {
  await remote('closed').info()
  for (const options of [{ skip_setup: true }, { skip_setup: true, auth: { username: 'admin', password: 'wrong' } }]) {
    await assert.rejects(new PouchDB(`${hub.url}/luoshi-closed`, options).get('a'), error => error.status === 401)
  }
})

test('a session cookie is given and works', async () => {
  await remote('session').info()
  const wrong = await fetch(hub.url + '/_session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'admin', password: 'wrong' })
  })
  assert.equal(wrong.status, 401)
  const reply = await fetch(hub.url + '/_session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'admin', password: support.PASSWORD })
  })
  assert.equal(reply.status, 200)
  const cookie = reply.headers.get('set-cookie').split(';')[0]
  assert.match(cookie, /^AuthSession=/)
  const signedIn = new PouchDB(hub.url + '/luoshi-session', {
    skip_setup: true,
    fetch: (url, options) => {
      options.headers.set('Cookie', cookie)
      return PouchDB.fetch(url, options)
    }
  })
  await signedIn.put({ _id: 'a', by: 'cookie' })
  assert.equal((await signedIn.get('a')).by, 'cookie')
})

test('put, get, update, conflict, remove', async () => {
  const db = remote('documents')
  const first = await db.put({ _id: 'task:2020:73', type: 'task', title: '推进试点', target: 9007199254740991 })
  assert.match(first.rev, /^1-[0-9a-f]{32}$/)
  const second = await db.put({ _id: 'task:2020:73', _rev: first.rev, type: 'task', title: '推进试点,二期' })
  await assert.rejects(db.put({ _id: 'task:2020:73', _rev: first.rev, title: 'late' }), error => error.status === 409)
  assert.equal((await db.get('task:2020:73')).title, '推进试点,二期')
  assert.equal((await db.get('task:2020:73', { rev: second.rev }))._rev, second.rev)
  await db.remove('task:2020:73', second.rev)
  await assert.rejects(db.get('task:2020:73'), error => error.status === 404 && error.reason === 'deleted')
  await assert.rejects(db.get('never'), error => error.status === 404 && error.reason === 'missing')
})

test('bulk writes, listing and changes', async () => {
  const db = remote('bulk')
  const documents = Array.from({ length: 300 }, (_, place) => ({ _id: `doc-${String(place).padStart(4, '0')}`, place }))
  const written = await db.bulkDocs(documents)
  assert.ok(written.every(row => row.ok))
  const all = await db.allDocs({ include_docs: true, startkey: 'doc-0100', limit: 5 })
  assert.deepEqual(all.rows.map(row => row.doc.place), [100, 101, 102, 103, 104])
  assert.equal((await db.allDocs({ keys: ['doc-0007', 'none'] })).rows[1].error, 'not_found')
  const changes = await db.changes({ since: 0, limit: 100 })
  assert.equal(changes.results.length, 100)
  const rest = await db.changes({ since: changes.last_seq })
  assert.equal(rest.results.length, 200)
  const info = await db.info()
  assert.equal(info.doc_count, 300)
})

test('replicates both ways with deletions and conflicts', async () => {
  const there = remote('both')
  const here = new Local('both')
  await here.bulkDocs(Array.from({ length: 150 }, (_, place) => ({ _id: `here-${place}`, text: '居家养老服务中心' + place })))
  await there.bulkDocs(Array.from({ length: 150 }, (_, place) => ({ _id: `there-${place}`, text: '社区服务站' + place })))
  const first = await here.sync(there)
  assert.equal(first.push.docs_written, 150)
  assert.equal(first.pull.docs_written, 150)
  assert.equal(first.push.doc_write_failures + first.pull.doc_write_failures, 0)

  await here.put({ ...await here.get('there-3'), text: 'from here' })
  await there.put({ ...await there.get('there-3'), text: 'from there' })
  await there.remove(await there.get('here-5'))
  await here.sync(there)
  const [ours, theirs] = await Promise.all([here, there].map(db => db.get('there-3', { conflicts: true })))
  assert.deepEqual(ours, theirs)
  assert.equal(ours._conflicts.length, 1)
  const loser = await there.get('there-3', { rev: ours._conflicts[0] })
  assert.deepEqual([ours.text, loser.text].sort(), ['from here', 'from there'])
  await assert.rejects(here.get('here-5'), error => error.reason === 'deleted')

  const again = await here.sync(there)
  assert.equal(again.push.docs_written + again.pull.docs_written, 0, 'a checkpoint stands, nothing is sent twice')
})

// PouchDB adds a member of its own to the buffer it gives.
const same = (given, expected) => assert.ok(Buffer.compare(Buffer.from(given), expected) === 0, 'the same bytes')

test('attachments travel whole', async () => {
  const there = remote('attachments')
  const here = new Local('attachments')
  const photo = crypto.randomBytes(300000)
  const text = Buffer.from('现场督导记录\n'.repeat(500))
  await here.put({ _id: 'visit:1', type: 'visit' })
  await here.putAttachment('visit:1', 'photo.jpg', (await here.get('visit:1'))._rev, photo, 'image/jpeg')
  await there.put({ _id: 'visit:2', type: 'visit', _attachments: { 'notes.txt': { content_type: 'text/plain', data: text.toString('base64') } } })
  await here.sync(there)
  same(await there.getAttachment('visit:1', 'photo.jpg'), photo)
  same(await here.getAttachment('visit:2', 'notes.txt'), text)
  const stub = (await there.get('visit:1'))._attachments['photo.jpg']
  assert.equal(stub.length, photo.length)
  assert.equal(stub.digest, 'md5-' + crypto.createHash('md5').update(photo).digest('base64'))

  // An edit of the document alone keeps the attachment.
  await there.put({ ...await there.get('visit:1'), note: 'edited' })
  await here.sync(there)
  same(await here.getAttachment('visit:1', 'photo.jpg'), photo)
})

test('live replication hands on an edit without being asked', async () => {
  const there = remote('live')
  const here = new Local('live')
  await there.put({ _id: 'first' })
  const sync = here.sync(there, { live: true, retry: true })
  try {
    const arrived = id => new Promise((resolve, reject) => {
      const feed = here.changes({ since: 0, live: true })
      const timer = setTimeout(() => { feed.cancel(); reject(new Error(id + ' did not arrive')) }, 30000)
      feed.on('change', change => {
        if (change.id !== id) return
        clearTimeout(timer)
        feed.cancel()
        resolve()
      })
    })
    await arrived('first')
    const pulled = arrived('second')
    await remote('live').put({ _id: 'second' })
    await pulled

    const since = (await there.info()).update_seq
    const watched = new Promise((resolve, reject) => {
      const feed = there.changes({ since, live: true, heartbeat: 5000 })
      const timer = setTimeout(() => { feed.cancel(); reject(new Error('third was not pushed')) }, 30000)
      feed.on('change', change => {
        if (change.id !== 'third') return
        clearTimeout(timer)
        feed.cancel()
        resolve()
      })
    })
    await here.put({ _id: 'third' })
    await watched
  } finally {
    sync.cancel()
  }
})

test('a database can be deleted and made again', async () => {
  const db = remote('again')
  await db.put({ _id: 'old' })
  await db.destroy()
  const anew = remote('again')
  await assert.rejects(anew.get('old'), error => error.status === 404)
  assert.equal((await anew.info()).doc_count, 0)
})
