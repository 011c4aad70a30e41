// SPDX-License-Identifier: GPL-3.0-or-later
// A CouchDB-compatible server that Luoshi's authors did not write: express-pouchdb over LevelDB.
//   node server.js FOLDER [PORT]
// Prints "listening on http://127.0.0.1:PORT" once it is. The administrator is "admin", with the
// password of LUOSHI_PASSWORD or "luoshi". FOLDER is made.
'use strict'

const fs = require('fs')
const path = require('path')
const { createRequire } = require('module')

const modules = process.env.LUOSHI_NPM || path.join(__dirname, '..', '..', '_build', 'npm')
const need = createRequire(path.join(path.resolve(modules), 'package.json'))

// `latest=true` with a revision that it does not know throws where nobody catches it; CouchDB says "missing". The wrap takes
// effect only in the separate pouchdb-* modules, so the bundle is not used here.
const merge = need('pouchdb-merge')
const { latest } = merge
merge.latest = function (rev, metadata) {
  try {
    return latest(rev, metadata)
  } catch (error) {
    return rev
  }
}

const PouchDB = need('pouchdb-core')
  .plugin(need('pouchdb-adapter-leveldb'))
  .plugin(need('pouchdb-adapter-http'))
  .plugin(need('pouchdb-mapreduce'))
  .plugin(need('pouchdb-replication'))
  .plugin(need('pouchdb-find'))

const folder = path.resolve(process.argv[2])
fs.mkdirSync(folder, { recursive: true })

const app = need('express')()
app.use(need('express-pouchdb')(PouchDB.defaults({ prefix: folder + path.sep, adapter: 'leveldb' }), {
  mode: 'fullCouchDB',
  overrideMode: { exclude: ['routes/fauxton'] },
  configPath: path.join(folder, 'config.json'),
  logPath: path.join(folder, 'log.txt')
}))

// A request that breaks it must fail the test that sent it, not all that come after.
process.on('uncaughtException', error => console.error('uncaught:', error.stack || error))
process.on('unhandledRejection', error => console.error('unhandled:', (error && error.stack) || error))

const server = app.listen(Number(process.argv[3] || 0), '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}`
  // It starts without an administrator, and then everybody may do everything.
  const reply = await fetch(url + '/_config/admins/admin', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(process.env.LUOSHI_PASSWORD || 'luoshi')
  })
  if (!reply.ok && reply.status !== 401) {
    console.error('no administrator could be made:', reply.status, await reply.text())
    process.exit(1)
  }
  console.log('listening on ' + url)
})

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => process.exit(0))
}
