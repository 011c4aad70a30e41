// SPDX-License-Identifier: GPL-3.0-or-later
// PouchDB at the same work, in a process of its own; prints { seconds, cpu, rss, … } as JSON.
//   node pouch.js pull URL FOLDER BATCH | push FILE URL FOLDER BATCH | local FOLDER WORD…
'use strict'

const fs = require('fs')
const path = require('path')
const { createRequire } = require('module')

const PouchDB = createRequire(path.join(path.resolve(process.env.LUOSHI_NPM), 'package.json'))('pouchdb')
PouchDB.plugin(createRequire(path.join(path.resolve(process.env.LUOSHI_NPM), 'package.json'))('pouchdb-find'))

// PouchDB leaves LevelDB's `sync` at its default, false: a document that it has confirmed may not survive a power cut. With this it
// does, which is what a save of ours is comparable with.
let synchronise = false
const LevelDown = createRequire(require.resolve('pouchdb', { paths: [path.resolve(process.env.LUOSHI_NPM)] }))('leveldown')
const { _batch } = LevelDown.prototype
LevelDown.prototype._batch = function (operations, options, callback) {
  return _batch.call(this, operations, { ...options, sync: synchronise }, callback)
}

async function signIn (url) {
  const { origin } = new URL(url)
  const reply = await fetch(origin + '/_session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'admin', password: process.env.LUOSHI_PASSWORD })
  })
  if (!reply.ok) throw new Error('sign-in: ' + reply.status)
  const cookie = reply.headers.get('set-cookie').split(';')[0]
  return new PouchDB(url, {
    skip_setup: true,
    fetch: (address, options) => {
      options.headers.set('Cookie', cookie)
      return PouchDB.fetch(address, options)
    }
  })
}

// BATCH "default" leaves PouchDB its own.
const batch = size => size === 'default' ? {} : { batch_size: Number(size) }

async function timed (work) {
  const cpu = process.cpuUsage()
  const start = process.hrtime.bigint()
  const result = await work()
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const used = process.cpuUsage(cpu)
  return { seconds, cpu: (used.user + used.system) / 1e6, rss: process.resourceUsage().maxRSS * 1024, result }
}

const median = list => list.sort((a, b) => a - b)[list.length >> 1]

async function milliseconds (times, work) {
  const taken = []
  for (let turn = 0; turn < times; turn++) {
    const start = process.hrtime.bigint()
    await work(turn)
    taken.push(Number(process.hrtime.bigint() - start) / 1e6)
  }
  return median(taken)
}

async function main ([command, ...args]) {
  if (command === 'pull') {
    const [url, folder, size] = args
    const there = await signIn(url)
    const here = new PouchDB(folder)
    await here.info()
    const { result, ...figures } = await timed(() => here.replicate.from(there, batch(size)))
    return { ...figures, written: result.docs_written }
  }
  if (command === 'push') {
    const [file, url, folder, size] = args
    const here = new PouchDB(folder)
    const lines = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)
    for (let place = 0; place < lines.length; place += 2000) {
      await here.bulkDocs(lines.slice(place, place + 2000).map(line => JSON.parse(line)))
    }
    const there = await signIn(url)
    const { result, ...figures } = await timed(() => here.replicate.to(there, batch(size)))
    return { ...figures, written: result.docs_written }
  }
  if (command === 'local') {
    const [folder, ...words] = args
    const here = new PouchDB(folder)
    const some = (await here.allDocs({ startkey: 'project:', limit: 200, include_docs: true })).rows.map(row => row.doc)
    const put = async turn => {
      some[turn]._rev = (await here.put({ ...some[turn], operator: 'bench' })).rev
    }
    const save = await milliseconds(some.length, put)
    synchronise = true
    const saveSynced = await milliseconds(some.length, put)
    synchronise = false
    await here.createIndex({ index: { fields: ['type', 'updated_at'] } })
    const find = { selector: { type: 'project', updated_at: { $gte: null } }, sort: [{ type: 'desc' }, { updated_at: 'desc' }], limit: 50 }
    await here.find(find)
    const list = await milliseconds(20, () => here.find(find))
    const search = {}
    for (const word of words) {
      // It has no text index: a person's search reads until the page is full.
      search[word] = await milliseconds(3, () => here.find({ selector: { type: 'progress', overall: { $regex: word } }, limit: 50 }))
    }
    await here.close()
    return { save, saveSynced, list, search }
  }
  throw new Error('unknown: ' + command)
}

main(process.argv.slice(2)).then(figures => {
  console.log(JSON.stringify(figures))
  process.exit(0)
}, error => {
  console.error(error)
  process.exit(1)
})
