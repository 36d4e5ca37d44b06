// Signals and a reader that goes away, on a process that is none.

import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createProcessTerminal } from '../../cli/process-terminal.ts';

class FakeStream extends EventEmitter {
  readonly written: string[] = [];
  readonly isTTY = false;
  readonly writable = true;
  write(text: string): void {
    this.written.push(text);
  }
}

class FakeProcess extends EventEmitter {
  readonly stdout = new FakeStream();
  readonly stderr = new FakeStream();
  readonly env = {};
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

function create() {
  const fake = new FakeProcess();
  const terminal = createProcessTerminal(fake as unknown as NodeJS.Process);
  return { fake, terminal };
}

const epipe = () => Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

describe.each(['SIGINT', 'SIGTERM'])('%s', (signal) => {
  test('asks first and ends the process the second time', () => {
    const { fake, terminal } = create();
    let asked = 0;
    terminal.onInterrupt(() => asked++);
    fake.emit(signal);
    expect([asked, fake.exits]).toEqual([1, []]);
    fake.emit(signal);
    expect([asked, fake.exits]).toEqual([1, [130]]);
  });

  test('is left to the process when nobody listens', () => {
    const { fake, terminal } = create();
    terminal.onInterrupt(() => {})();
    expect(fake.listenerCount(signal)).toBe(0);
  });
});

describe('a reader that goes away', () => {
  test('ends long work, and nothing more is written', () => {
    const { fake, terminal } = create();
    let asked = 0;
    terminal.onInterrupt(() => asked++);
    terminal.out('one');
    fake.stdout.emit('error', epipe());
    terminal.out('two');
    expect([asked, fake.exits, fake.stdout.written]).toEqual([1, [], ['one']]);
  });

  test('ends work that begins later', async () => {
    const { fake, terminal } = create();
    fake.stdout.emit('error', epipe());
    await new Promise<void>((resolve) => {
      terminal.onInterrupt(resolve);
    });
  });

  test('is not any other error', () => {
    const { fake } = create();
    expect(() => fake.stdout.emit('error', new Error('EIO'))).toThrow('EIO');
  });
});
