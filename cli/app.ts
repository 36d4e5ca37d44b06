// The command line as a whole: its verbs, and from arguments to an exit code.

import { Command } from 'commander';
import { registerAsm } from './commands/asm.ts';
import { registerCheck } from './commands/check.ts';
import { registerConformance } from './commands/conformance.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDisasm } from './commands/disasm.ts';
import { registerDistinguish } from './commands/distinguish.ts';
import { registerFuzz } from './commands/fuzz.ts';
import { registerLimits } from './commands/limits.ts';
import { registerLinux } from './commands/linux.ts';
import { registerList } from './commands/list.ts';
import { registerMuseum } from './commands/museum.ts';
import { registerProve } from './commands/prove.ts';
import { registerReplay } from './commands/replay.ts';
import { registerRun } from './commands/run.ts';
import { registerVerify } from './commands/verify.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { VERSION } from './package-info.ts';
import { reportError, usageError } from './report-error.ts';
import { helpTail, type Register } from './session.ts';
import { colorsOf, type Terminal } from './terminal.ts';

const VERBS: readonly Register[] = [
  registerDemo,
  registerRun,
  registerCheck,
  registerVerify,
  registerLimits,
  registerProve,
  registerFuzz,
  registerReplay,
  registerDistinguish,
  registerMuseum,
  registerConformance,
  registerAsm,
  registerDisasm,
  registerLinux,
  registerList,
];

const HELP_COLUMNS_MAX = 100;

/** The program with all of its verbs; `finish` is given the exit code of the one that runs. */
export function createCommandLine(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const columns = Math.min(terminal.columns, HELP_COLUMNS_MAX);
  const program = new Command('tailproof')
    .description(
      'Says whether eBPF programs that tail-call each other behave as specified: an interpreter and an SMT model of the same meaning, written apart and compared.',
    )
    .version(VERSION, '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: (text, write) => write(usageError(text)),
    })
    .addHelpText(
      'after',
      helpTail(['tailproof run examples/flow-parser.yaml', 'tailproof fuzz --help'], {
        0: 'all good',
        1: 'mismatch or failed expectation',
        2: 'usage or input',
        3: 'inconclusive',
        70: 'a bug in tailproof',
        130: 'interrupted',
      }),
    );
  const session = { terminal, colors: colorsOf(terminal, 'out'), finish };
  for (const register of VERBS) register(program, session);
  return program;
}

/** Runs a command line. @param argv without node and script. @returns the exit code; it never rejects. */
export async function runCommandLine(
  argv: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  try {
    const program = createCommandLine(terminal, (finished) => {
      code = finished;
    });
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return reportError(error, argv, terminal);
  }
}
