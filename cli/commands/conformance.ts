// tailproof conformance: the suite of bpf_conformance, from the user's own checkout of it.

import { join } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../../model/errors.ts';
import { runTest, STATUSES, type Status, type TestResult } from '../conformance/suite.ts';
import { type Engine, type EngineChoice, loadEngines } from '../engines.ts';
import { EXIT } from '../exit-codes.ts';
import { listDirectory, readText } from '../io.ts';
import { engineOption, jsonOption } from '../options.ts';
import { jsonDocument } from '../render/json.ts';
import { createProgress } from '../render/progress.ts';
import { table } from '../render/table.ts';
import { count } from '../render/text.ts';
import { helpTail, printLines, type Session } from '../session.ts';
import type { Colors } from '../terminal.ts';

interface ConformanceOptions {
  readonly engine: EngineChoice;
  readonly verbose?: true;
  readonly json?: true;
}

interface FileResults {
  readonly file: string;
  readonly results: readonly TestResult[];
}

export function registerConformance(program: Command, session: Session): void {
  program
    .command('conformance')
    .summary('run the tests of the bpf_conformance suite')
    .description(
      "Runs the *.data files of a directory, such as the tests of the bpf_conformance suite (Alan-Jowett/bpf_conformance), and compares r0 with each file's result. A test that is unsupported or skipped is listed, but is not a failure.",
    )
    .argument('<dir>', 'directory with *.data files')
    .addOption(engineOption())
    .option('--verbose', 'list the tests that passed, too')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(['tailproof conformance ../bpf_conformance/tests'], {
        0: 'no test failed',
        1: 'some failed',
        2: 'wrong input (also: no *.data files)',
      }),
    )
    .action((directory: string, options: ConformanceOptions) =>
      conformance(directory, options, session),
    );
}

async function conformance(
  directory: string,
  options: ConformanceOptions,
  session: Session,
): Promise<void> {
  const names = listDirectory(directory).filter((name) => name.endsWith('.data'));
  if (names.length === 0) {
    throw new InputError('there are no *.data files here', { file: directory });
  }
  const engines = await loadEngines(options.engine);
  const files = await runAll(directory, names, engines, session);
  const totals = engines.map(({ name }) => totalsOf(name, files));
  if (options.json) {
    session.terminal.out(jsonDocument({ directory, engines: totals, tests: files }));
  } else {
    printLines(session, [
      ...listing(files, options.verbose === true, session.colors),
      ...totalLines(totals),
    ]);
  }
  session.finish(totals.some(({ failed }) => failed > 0) ? EXIT.mismatch : EXIT.ok);
}

async function runAll(
  directory: string,
  names: readonly string[],
  engines: readonly Engine[],
  { terminal }: Session,
): Promise<FileResults[]> {
  const progress = createProgress(terminal);
  const files: FileResults[] = [];
  for (const name of names) {
    progress.update(() => `${files.length}/${names.length} ${name}`);
    const path = join(directory, name);
    const text = await readText(path, terminal);
    files.push({ file: name, results: runTest(text, engines) });
  }
  progress.clear();
  return files;
}

function totalsOf(engine: string, files: readonly FileResults[]) {
  const results = files.flatMap((file) =>
    file.results.filter((result) => result.engine === engine),
  );
  const of = (status: Status) => results.filter((result) => result.status === status).length;
  return {
    engine,
    passed: of('passed'),
    failed: of('failed'),
    unsupported: of('unsupported'),
    skipped: of('skipped'),
    tests: files.length,
  };
}

function totalLines(totals: readonly ReturnType<typeof totalsOf>[]): string[] {
  const rows = totals.map((total) => [
    total.engine,
    ...STATUSES.map((status) => String(total[status])),
    `of ${count(total.tests, 'test')}`,
  ]);
  return table([['engine', ...STATUSES], ...rows], { right: [1, 2, 3, 4] });
}

/** What did not pass and why; engines that say the same share a line. */
function listing(files: readonly FileResults[], verbose: boolean, colors: Colors): string[] {
  const paints: Readonly<Record<Status, (text: string) => string>> = {
    passed: colors.green,
    failed: colors.red,
    unsupported: colors.yellow,
    skipped: colors.yellow,
  };
  const rows = files.flatMap(({ file, results }) => {
    const groups = new Map<string, TestResult[]>();
    for (const result of results) {
      if (result.status === 'passed' && !verbose) continue;
      const key = `${result.status} ${result.reason}`;
      groups.set(key, [...(groups.get(key) ?? []), result]);
    }
    return [...groups.values()].map((group) => {
      const { status, reason = '' } = group[0]!;
      return [paints[status](status), file, group.map(({ engine }) => engine).join(', '), reason];
    });
  });
  return rows.length === 0 ? [] : [...table(rows), ''];
}
