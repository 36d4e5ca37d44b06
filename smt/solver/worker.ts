// The entry of a worker thread: one Z3 instance. Says 'ready' once Z3 has started, and then answers
// one request at a time.

import { parentPort } from 'node:worker_threads';
import { invariant } from '../../model/errors.ts';
import type { SolveReply, SolveRequest } from './protocol.ts';
import { Z3Session } from './z3-session.ts';

invariant(parentPort !== null, 'smt/solver/worker runs in a worker thread only');
const port = parentPort;
const session = await Z3Session.start();
port.on('message', (request: SolveRequest) => {
  const reply: SolveReply = session.solve(request);
  port.postMessage(reply);
});
port.postMessage('ready');
