// SPDX-License-Identifier: GPL-3.0-or-later
// What the interop tests share: programs, servers and folders that go away with the test.
'use strict'

const { spawn, execFile } = require('child_process')
const fs = require('fs')
const os = require('os')
const path = require('path')
const { createRequire } = require('module')

const PASSWORD = 'luoshi'
const modules = path.resolve(process.env.LUOSHI_NPM || path.join(__dirname, '..', '..', '_build', 'npm'))

// Where the packages can not be had the tests are skipped, but never where ./dev test has just installed them.
function needModules () {
  if (fs.existsSync(path.join(modules, 'node_modules', 'express-pouchdb'))) {
    return createRequire(path.join(modules, 'package.json'))
  }
  console.log(`The packages of tests/interop are not in ${modules}: ./dev test installs them.`)
  process.exit(process.env.LUOSHI_TESTS_REQUIRED ? 1 : 77)
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'luoshi-interop-'))
const running = new Set()

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  fs.rmSync(folder, { recursive: true, force: true })
})

const environment = {
  ...process.env,
  LUOSHI_NPM: modules,
  LUOSHI_PASSWORD: PASSWORD,
  // A keyring in a file of the test's own, and no home but the folder.
  SECRET_BACKEND: 'file',
  SECRET_FILE_TEST_PASSWORD: 'test',
  HOME: folder,
  XDG_DATA_HOME: path.join(folder, 'data'),
  GIO_USE_PROXY_RESOLVER: 'dummy',
  LANGUAGE: 'C'
}

// Starts a server that says "listening on URL"; resolves with { url, stop }.
function start (program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    let exited = false
    running.add(child)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      exited = true
      running.delete(child)
      reject(new Error(`${program} ended with ${code === null ? signal : code} before it was listening`))
    })
    child.stdout.on('data', data => {
      said += data
      const match = said.match(/^listening on (http:\S+)/m)
      if (match) {
        const stop = signal => new Promise(ended => {
          if (exited) return ended(null)
          child.on('exit', code => ended(code))
          child.kill(signal || 'SIGTERM')
        })
        resolve({ url: match[1], child, stop })
      }
    })
  })
}

const startPeer = name => start(process.execPath, [path.join(__dirname, 'server.js'), path.join(folder, name)])

// The hub with an administrator "admin"; started again with the same name it has the same data.
async function startHub (name, port = 0) {
  const data = path.join(folder, name)
  if (!fs.existsSync(data)) await run(process.env.LUOSHI_HUB, ['--data', data, 'user', 'add', 'admin', '--role', '_admin'])
  return start(process.env.LUOSHI_HUB, ['--data', data, 'serve', '--listen', `127.0.0.1:${port}`])
}

function run (program, args, options = {}) {
  return new Promise((resolve, reject) => {
    execFile(program, args, { env: environment, maxBuffer: 1 << 28, ...options }, (error, stdout, stderr) => {
      if (error && !options.mayFail) {
        reject(new Error(`${path.basename(program)} ${args.join(' ')}: ${error.code || error.signal}\n${stdout}${stderr}`))
      } else {
        resolve({ status: error ? error.code : 0, stdout, stderr })
      }
    })
  })
}

// One replica, used through luoshictl.
function replica (name) {
  const where = path.join(folder, name)
  // A keyring of its own, written once: GIO loses a text when it replaces a file.
  const options = { env: { ...environment, SECRET_FILE_TEST_PATH: where + '.keyring' } }
  const ctl = async (...args) => (await run(process.env.LUOSHI_CTL, ['--replica', where, ...args], options)).stdout
  return {
    where,
    ctl,
    json: async (...args) => JSON.parse(await ctl(...args, '--json')),
    tried: (...args) => run(process.env.LUOSHI_CTL, ['--replica', where, ...args], { ...options, mayFail: true })
  }
}

const authorization = 'Basic ' + Buffer.from('admin:' + PASSWORD).toString('base64')

// One request as the administrator; resolves with the parsed reply.
async function ask (server, method, where, body) {
  const reply = await fetch(server.url + where, {
    method,
    headers: { Authorization: authorization, Accept: 'application/json', ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body)
  })
  const text = await reply.text()
  let parsed
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new Error(`${method} ${where}: ${reply.status}, no JSON: ${text.slice(0, 200)}`)
  }
  if (!reply.ok) throw Object.assign(new Error(`${method} ${where}: ${reply.status} ${text}`), { status: reply.status, reply: parsed })
  return parsed
}

module.exports = { PASSWORD, needModules, folder, start, startPeer, startHub, run, replica, ask, authorization }
