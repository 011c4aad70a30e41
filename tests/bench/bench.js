// SPDX-License-Identifier: GPL-3.0-or-later
// ./dev bench: one line a figure, with PouchDB doing the same work against the same hub in the same run, or with the bare cost.
//   node bench.js --build FOLDER [--sizes 10000,100000] [--only pull,push,couch,local,start,live]
// It never fails a build: what could not be measured is said in its line.
'use strict'

const { spawn, execFileSync } = require('child_process')
const fs = require('fs')
const http = require('http')
const os = require('os')
const path = require('path')
const { documents } = require('./documents.js')

const options = {}
for (let place = 2; place < process.argv.length; place += 2) options[process.argv[place].replace(/^--/, '')] = process.argv[place + 1]
const build = path.resolve(options.build || '_build/bench')
const sizes = (options.sizes || '10000,100000').split(',').map(Number)
const only = options.only ? options.only.split(',') : ['pull', 'push', 'couch', 'local', 'start', 'live']
const modules = path.resolve(process.env.LUOSHI_NPM || path.join(__dirname, '..', '..', '_build', 'npm'))

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'luoshi-bench-'))
const environment = {
  ...process.env,
  LUOSHI_PASSWORD: 'luoshi',
  LUOSHI_NPM: modules,
  SECRET_BACKEND: 'file',
  SECRET_FILE_TEST_PATH: path.join(folder, 'keyring'),
  SECRET_FILE_TEST_PASSWORD: 'bench',
  GIO_USE_PROXY_RESOLVER: 'dummy',
  GSETTINGS_BACKEND: 'memory',
  LANG: 'C.UTF-8'
}
const children = new Set()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  fs.rmSync(folder, { recursive: true, force: true })
})

const WORDS = ['养老', '区域性', '敬老院']
const BATCHES = ['1000', 'default']
// There is no CouchDB package to measure in the same run.
const COUCHDB_BULK_DOCS = 14500
const COUCHDB_BULK_GET = 26500
// As many requests at once as a pull has.
const AT_ONCE = '8'

// --- Reporting ---

const number = value => value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 })
const mib = bytes => number(bytes / 1048576) + ' MiB'

function report (what, ours, theirs, ratio, goal) {
  console.log([what, ours, theirs, ratio, goal && 'goal: ' + goal].filter(Boolean).join(' | '))
}

// --- Running programs ---

// Resolves with what it printed, how long it took, its processor time and its greatest resident size.
function run (program, args, extra = {}) {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint()
    const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', extra.quiet ? 'ignore' : 'inherit'] })
    let said = ''
    let rss = 0
    let ticks = 0
    children.add(child)
    const look = () => {
      try {
        const status = fs.readFileSync(`/proc/${child.pid}/status`, 'latin1').match(/VmHWM:\s+(\d+)/)
        if (status) rss = Math.max(rss, Number(status[1]) * 1024)
        const stat = fs.readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(') ')[1].split(' ')
        ticks = Number(stat[11]) + Number(stat[12])
      } catch (error) {
        // It has ended.
      }
    }
    const timer = setInterval(look, 10)
    child.stdout.on('data', data => { said += data })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearInterval(timer)
      children.delete(child)
      const seconds = Number(process.hrtime.bigint() - start) / 1e9
      if (code === 0) resolve({ said, seconds, rss, cpu: ticks / 100 })
      else reject(new Error(`${path.basename(program)} ${args.slice(0, 4).join(' ')}: ended with ${code === null ? signal : code}`))
    })
  })
}

// Starts a program that says where it listens. Resolves with its URL and what is done with it.
function startServer (program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    children.add(child)
    child.on('error', reject)
    child.on('exit', () => { children.delete(child); reject(new Error(path.basename(program) + ' ended')) })
    child.stdout.on('data', data => {
      said += data
      const match = said.match(/^listening on (http:\S+)/m)
      if (match) {
        resolve({
          url: match[1],
          child,
          memory: () => Number(fs.readFileSync(`/proc/${child.pid}/status`, 'latin1').match(/VmHWM:\s+(\d+)/)[1]) * 1024,
          stop: () => new Promise(ended => { child.on('exit', ended); child.kill('SIGTERM') })
        })
      }
    })
  })
}

function startHub (name) {
  const data = path.join(folder, name)
  execFileSync('luoshi-hub', ['--data', data, 'user', 'add', 'admin', '--role', '_admin'], { env: environment, stdio: 'ignore' })
  return startServer('luoshi-hub', ['--data', data, 'serve', '--listen', '127.0.0.1:0'])
}

// The third-party server of the interop tests: express-pouchdb over LevelDB.
const startExpress = name => startServer(process.execPath, [path.join(__dirname, '..', 'interop', 'server.js'), path.join(folder, name)])

const authorization = 'Basic ' + Buffer.from('admin:luoshi').toString('base64')

async function ask (hub, method, where, body) {
  const reply = await fetch(hub.url + where, {
    method, headers: { Authorization: authorization, 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : body && JSON.stringify(body)
  })
  if (!reply.ok) throw new Error(`${method} ${where}: ${reply.status} ${await reply.text()}`)
  return reply.json()
}

const ctl = (replica, ...args) => run('luoshictl', ['--replica', path.join(folder, replica), ...args])
const store = (...args) => run(path.join(build, 'tests', 'bench', 'bench-store'), args)
const pouch = async (...args) => JSON.parse((await run(process.execPath, [path.join(__dirname, 'pouch.js'), ...args])).said)

const requests = async (...args) => JSON.parse((await run(path.join(build, 'tests', 'bench', 'bench-requests'), args)).said)

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

// Sends bytes and takes the answer without looking into it. fetch() would add some five milliseconds of its own to each thousand.
function post (server, where, bytes) {
  return new Promise((resolve, reject) => {
    const request = http.request(server.url + where, {
      method: 'POST', agent, headers: { Authorization: authorization, 'Content-Type': 'application/json', 'Content-Length': bytes.length }
    }, reply => {
      reply.resume()
      reply.on('end', () => reply.statusCode < 300 ? resolve() : reject(new Error(`POST ${where}: ${reply.statusCode}`)))
      reply.on('error', reject)
    })
    request.on('error', reject)
    request.end(bytes)
  })
}

// Makes a database and saves the documents in it, a thousand a request. Resolves with the seconds that the server took.
async function load (server, database, count) {
  let batch = []
  let loading = 0
  const send = async () => {
    const body = Buffer.from(JSON.stringify({ docs: batch }))
    const start = process.hrtime.bigint()
    await post(server, `${database}/_bulk_docs`, body)
    loading += Number(process.hrtime.bigint() - start) / 1e9
    batch = []
  }
  await ask(server, 'PUT', database)
  for (const each of documents(count)) {
    batch.push(each)
    if (batch.length === 1000) await send()
  }
  if (batch.length) await send()
  return loading
}

// Our whole pull, by a replica that has nothing yet.
async function pullBy (replica, server, space) {
  await ctl(replica, 'init')
  await ctl(replica, 'connect', server.url, '--user', 'admin')
  await ctl(replica, 'spaces', '--join', space)
  return ctl(replica, 'sync')
}

// The better of PouchDB's batch sizes.
async function bestPouch (work) {
  let best = null
  for (const size of BATCHES) {
    const figures = { ...await work(size), size }
    if (!best || figures.seconds < best.seconds) best = figures
  }
  return best
}

function reportTransfer (what, count, ours, theirs, hub) {
  const ratio = theirs.seconds / ours.seconds
  report(`${what} of ${number(count)} documents`,
    `${number(ours.seconds)} s, ${number(count / ours.seconds)}/s, processor ${number(ours.cpu)} s, client ${mib(ours.rss)}, hub ${mib(hub.memory())}`,
    `PouchDB (batch ${theirs.size}) ${number(theirs.seconds)} s, ${number(count / theirs.seconds)}/s, processor ${number(theirs.cpu)} s, ${mib(theirs.rss)}`,
    `${number(ratio)} times as fast, ${number(theirs.cpu / Math.max(ours.cpu, 0.01))} times less processor`,
    'at least 5 times, aiming at 8; client at most 64 MiB')
}

// --- The measurements ---

async function pull (hub, count) {
  const space = `pull${count}`
  const loading = await load(hub, `/luoshi-${space}`, count)
  report(`hub _bulk_docs of 1,000 (${number(count)} documents)`, `${number(count / loading)}/s`, 'one client that sends and waits',
    `${number(count / loading / COUCHDB_BULK_DOCS)} times CouchDB 3.5’s ${number(COUCHDB_BULK_DOCS)}/s, measured before on two such processors`,
    'at least 4 times')

  const got = await requests('get', `${hub.url}/luoshi-${space}`, '1')
  if (got.documents !== count) throw new Error(`${got.documents} of ${count} documents are there`)
  report(`hub _bulk_get of 1,000 (${number(count)} documents)`, `${number(count / got.seconds)}/s, ${number(got.bytes / got.seconds / 1e6)} MB/s`,
    'one client that asks and waits',
    `${number(count / got.seconds / COUCHDB_BULK_GET)} times CouchDB 3.5’s ${number(COUCHDB_BULK_GET)}/s, measured before on two such processors`,
    'at least 4 times')

  const ours = await pullBy(`pulled${count}`, hub, space)
  const theirs = await bestPouch(size => pouch('pull', `${hub.url}/luoshi-${space}`, path.join(folder, `pouch-pull-${count}-${size}`), size))
  if (theirs.written !== count) throw new Error(`PouchDB pulled ${theirs.written} of ${count}`)
  reportTransfer('pull', count, ours, theirs, hub)
}

async function push (hub, count) {
  const space = `push${count}`
  const file = path.join(folder, `push-${count}.jsonl`)
  const lines = []
  for (const each of documents(count, 2)) lines.push(JSON.stringify(each))
  fs.writeFileSync(file, lines.join('\n') + '\n')

  const replica = `pushed${count}`
  await ctl(replica, 'init')
  await store('fill', path.join(folder, replica), space, file)
  await ctl(replica, 'connect', hub.url, '--user', 'admin')
  await ctl(replica, 'spaces', '--create', space)
  const ours = await ctl(replica, 'sync')
  const there = await ask(hub, 'GET', `/luoshi-${space}`)
  if (there.doc_count !== count) throw new Error(`${there.doc_count} of ${count} documents arrived`)

  const theirs = await bestPouch(async size => {
    const database = `/luoshi-${space}-pouch-${size}`
    await ask(hub, 'PUT', database)
    return pouch('push', file, hub.url + database, path.join(folder, `pouch-push-${count}-${size}`), size)
  })
  if (theirs.written !== count) throw new Error(`PouchDB pushed ${theirs.written} of ${count}`)
  reportTransfer('push', count, ours, theirs, hub)
}

// There is no CouchDB package to pull from, so it is express-pouchdb that the bare requests and the pull ask.
async function couch (hub, count) {
  const server = await startExpress(`express${count}`)
  try {
    const space = `couch${count}`
    await ask(server, 'PUT', '/luoshi-city')
    await load(server, `/luoshi-${space}`, count)
    const bare = []
    const ours = []
    // In turns, so that both see the same machine; the first requests warm the server for all.
    for (let turn = 0; turn < 2; turn++) {
      bare.push(await requests('pull', `${server.url}/luoshi-${space}`, AT_ONCE))
      ours.push(await pullBy(`couch${count}-${turn}`, server, space))
    }
    const best = list => list.reduce((a, b) => a.seconds <= b.seconds ? a : b)
    report(`pull of ${number(count)} documents from express-pouchdb`,
      `${number(best(ours).seconds)} s, ${number(count / best(ours).seconds)}/s, processor ${number(best(ours).cpu)} s, client ${mib(best(ours).rss)}`,
      `bare requests for the same bytes, ${AT_ONCE} at once, thrown away ${number(best(bare).seconds)} s, ${number(best(bare).bytes / best(bare).seconds / 1e6)} MB/s`,
      `${number(best(bare).seconds / best(ours).seconds)} of what bare requests reach`, 'at least 0.9 (of a CouchDB)')
  } finally {
    await server.stop()
  }
}

async function local (hub, count) {
  const ours = JSON.parse((await store('local', path.join(folder, `pulled${count}`), ...WORDS)).said)
  const theirs = await pouch('local', path.join(folder, `pouch-pull-${count}-1000`), ...WORDS)
  const among = `among ${number(count)}`
  report(`save, confirmed, ${among}`, `${number(ours.save)} ms`, `bare committed update ${number(ours.bare)} ms, synchronous FULL both`,
    `${number(ours.save / ours.bare)} times the bare cost`, 'at most 3 times')
  report(`save, PouchDB, among ${number(count)}`, `${number(theirs.saveSynced)} ms on the disk, as ours is`,
    `${number(theirs.save)} ms as PouchDB is (LevelDB does not synchronise: confirmed before it is on the disk)`,
    `${number(theirs.saveSynced / ours.save)} times ours on the disk`)
  report(`list, first page, worst sort and filter, ${among}`, `${number(ours.list)} ms`, `PouchDB, indexed, one sort ${number(theirs.list)} ms`,
    `${number(theirs.list / ours.list)} times as fast`, '10 ms')
  for (const word of WORDS) {
    report(`search for ${word}, first page, ${among}`, `${number(ours.search[word])} ms`, `PouchDB ${number(theirs.search[word])} ms`,
      `${number(theirs.search[word] / ours.search[word])} times as fast`, '10 ms')
  }
}

// The first frame is seen in the frame buffer itself: the moment at which the middle of an empty screen changes.
async function firstFrame (screen, display, bus, program, args) {
  const look = Buffer.alloc(4)
  const pixel = () => {
    fs.readSync(screen.file, look, 0, 4, screen.offset)
    return look.readUInt32LE(0)
  }
  const empty = pixel()
  const start = process.hrtime.bigint()
  const child = spawn(program, args, {
    env: { ...environment, DISPLAY: display, DBUS_SESSION_BUS_ADDRESS: bus, GDK_BACKEND: 'x11', GSK_RENDERER: 'cairo', LANGUAGE: 'zh_CN' },
    stdio: 'ignore'
  })
  children.add(child)
  let taken = null
  const deadline = start + 60000000000n
  while (process.hrtime.bigint() < deadline) {
    if (pixel() !== empty) {
      taken = Number(process.hrtime.bigint() - start) / 1e6
      break
    }
    await new Promise(resolve => setTimeout(resolve, 1))
    if (child.exitCode !== null) break
  }
  child.kill('SIGKILL')
  await new Promise(resolve => child.exitCode !== null || child.signalCode !== null ? resolve() : child.on('exit', resolve))
  children.delete(child)
  // The server takes the window away after the program has gone.
  const gone = process.hrtime.bigint() + 5000000000n
  while (pixel() !== empty && process.hrtime.bigint() < gone) await new Promise(resolve => setTimeout(resolve, 5))
  if (taken === null) throw new Error(`${path.basename(program)} showed nothing`)
  return taken
}

async function withScreen (work) {
  const buffer = path.join(folder, 'screen')
  fs.mkdirSync(buffer, { recursive: true })
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp', '-fbdir', buffer],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const dbus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], { stdio: ['ignore', 'pipe', 'ignore'] })
  children.add(server)
  children.add(dbus)
  const line = stream => new Promise((resolve, reject) => {
    let said = ''
    stream.on('data', data => { said += data; if (said.includes('\n')) resolve(said.trim()) })
    stream.on('end', () => reject(new Error('no display or no bus')))
  })
  try {
    const display = ':' + await line(server.stdio[3])
    const bus = await line(dbus.stdout)
    const file = fs.openSync(path.join(buffer, 'Xvfb_screen0'), 'r')
    const header = Buffer.alloc(100)
    fs.readSync(file, header, 0, 100, 0)
    // The XWD header: its own size, then among others the bytes of a line and the number of colours that follow it.
    const size = header.readUInt32BE(0)
    const bytesPerLine = header.readUInt32BE(12 * 4)
    const colours = header.readUInt32BE(19 * 4)
    const offset = size + colours * 12 + 400 * bytesPerLine + 640 * 4
    await work({ file, offset }, display, bus)
    fs.closeSync(file)
  } finally {
    server.kill('SIGTERM')
    dbus.kill('SIGTERM')
    children.delete(server)
    children.delete(dbus)
  }
}

const median = list => list.sort((a, b) => a - b)[list.length >> 1]

async function start (hub, count) {
  await withScreen(async (...screen) => {
    const ours = []
    const bare = []
    // In turns, so that both see the same machine; the first of each only warms the caches.
    for (let turn = 0; turn < 8; turn++) {
      const empty = await firstFrame(...screen, path.join(build, 'tests', 'bench', 'bare-window'), [])
      const full = await firstFrame(...screen, 'luoshi', ['--replica', path.join(folder, `pulled${count}`)])
      if (turn > 0) {
        bare.push(empty)
        ours.push(full)
      }
    }
    report(`start, first frame, with ${number(count)} documents`, `${number(median(ours))} ms`, `empty libadwaita window ${number(median(bare))} ms`,
      `${number(median(ours) / median(bare))} times the bare cost`, 'at most 1.2 times')
  })
}

// An edit from one desk to another does not depend on how many documents there are.
async function live () {
  const { median, worst } = JSON.parse((await run(path.join(build, 'tests', 'bench', 'bench-live'), ['40'])).said)
  report('an edit here shown on another desk, both live, loopback', `${number(median)} ms`, `the slowest of 40 ${number(worst)} ms`, null, '100 ms')
}

async function main () {
  const hub = await startHub('hub')
  // Every replica has the space of the city.
  await ask(hub, 'PUT', '/luoshi-city')
  const measurements = { pull, push, couch, local, start }
  for (const count of sizes) {
    // Lists, searches and the start use what was pulled.
    const wanted = Object.keys(measurements).filter(name => only.includes(name) || (name === 'pull' && (only.includes('local') || only.includes('start'))))
    for (const name of wanted) {
      try {
        await measurements[name](hub, count)
      } catch (error) {
        report(`${name} with ${number(count)} documents`, 'not measured: ' + error.message)
      }
    }
  }
  if (only.includes('live')) {
    try {
      await live()
    } catch (error) {
      report('an edit shown on another desk', 'not measured: ' + error.message)
    }
  }
  await hub.stop()
}

main().catch(error => console.log('The bench could not run: ' + error.message)).finally(() => process.exit(0))
