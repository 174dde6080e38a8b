// The public conformance suite for HTTP caches (http-cache-tests): its origin, and its client that asks
// that origin through whatever stands in front of it.
//   node suite.mjs list                          its cases for shared caches: [{id, kind, name}, ...]
//   node suite.mjs run ORIGIN_PORT BASE [ID...]  what became of them: {id: true or [what, why], ...}
// A case that is run alone shows its exchange on standard error.
import http from 'node:http'
import fetch from 'node-fetch'
import { getResults, runTests } from 'http-cache-tests/client/runner.mjs'
import handleConfig from 'http-cache-tests/server/handle-config.mjs'
import handleState from 'http-cache-tests/server/handle-state.mjs'
import handleTest from 'http-cache-tests/server/handle-test.mjs'
import groups from 'http-cache-tests/tests/index.mjs'

console.log = console.error // standard output is for the answer, whatever the suite has to say

// A timer of node's may end a little early, and Age, which the suite reads after three seconds, counts
// whole ones.
const timer = globalThis.setTimeout
globalThis.setTimeout = (call, milliseconds) => timer(call, milliseconds + 50)

const cases = groups.flatMap(group => group.tests).filter(each => !each.browser_only)
const handlers = { config: handleConfig, state: handleState, test: handleTest }

function handle (request, response) {
  const [kind, ...path] = new URL(request.url, 'http://origin').pathname.slice(1).split('/')
  // What nothing but the connection's end can end (RFC 9112 6.3, 4), the server has to end so.
  response.on('finish', () => {
    const coding = response.getHeader('transfer-encoding')
    if (coding !== undefined && coding !== 'chunked') request.socket.end()
  })
  if (kind in handlers) return handlers[kind](path, request, response)
  response.writeHead(404).end()
}

// In place of the suite's own, which listens on every address and ends connections that were idle for
// five seconds, about as long as its cases wait.
function listen (port) {
  const server = http.createServer({ keepAliveTimeout: 60_000 }, handle)
  return new Promise((resolve, reject) => server.on('error', reject).listen(port, '127.0.0.1', resolve))
}

async function run (port, base, ids) {
  await listen(port)
  const chosen = cases.filter(each => ids.length === 0 || ids.includes(each.id))
  if (chosen.length === 1) chosen[0].dump = true
  await runTests([{ tests: chosen }], (url, init) => fetch(url, { ...init, timeout: 10_000 }), false, base)
  return getResults()
}

const list = () => cases.map(({ id, kind, name }) => ({ id, kind: kind ?? 'required', name }))

const [mode, port, base, ...ids] = process.argv.slice(2)
const answer = mode === 'run' ? await run(Number(port), base, ids) : list()
process.stdout.write(JSON.stringify(answer), () => process.exit())
