// tailproof linux: real kernels as engines, installed and looked after.

import { type Command, Option } from 'commander';
import type { ComponentState } from '../../interp/linux/install/cache.ts';
import type { Component } from '../../interp/linux/install/components.ts';
import type { Diagnosis } from '../../interp/linux/install/install.ts';
import type { LinuxVersion } from '../../interp/linux/install/versions.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { interruptible } from '../interruptible.ts';
import { writeWhole } from '../io.ts';
import { withKernels } from '../kernels.ts';
import { jsonOption } from '../options.ts';
import { jsonDocument, jsonLine } from '../render/json.ts';
import { createProgress } from '../render/progress.ts';
import { table } from '../render/table.ts';
import { helpTail, printLines, type Session } from '../session.ts';
import { registerAgree } from './linux-agree.ts';
import { registerRace } from './linux-race.ts';

interface JsonOption {
  readonly json?: true;
}

export function registerLinux(program: Command, session: Session): void {
  const linux = program
    .command('linux')
    .summary('install real kernels, and look after them')
    .description(
      'Real kernels as engines: Debian packages of Linux 6.1 and 6.12, unpacked into a cache folder and booted in QEMU. Neither root nor KVM is needed to run them, and nothing is installed on the system. The engines are then called linux:6.12, linux:6.12/interp and so on.',
    )
    .addHelpText(
      'after',
      helpTail(['tailproof linux install 6.12', 'tailproof linux doctor --json'], {
        0: 'done',
        2: 'wrong usage, or something is missing that the message names',
        3: 'doctor: not everything is ready',
        130: 'interrupted',
      }),
    );
  linux
    .command('install')
    .summary('fetch kernels and QEMU, build the guest')
    .description(
      'Fetches QEMU (where the system has none) and kernels with apt-get download, unpacks them into the cache folder without installing them, and builds the guest’s init with gcc. What is whole already stays; what is missing, damaged or outdated is made again. The folder is $TAILPROOF_LINUX, else tailproof/linux in $XDG_CACHE_HOME or ~/.cache.',
    )
    .argument('[version...]', '6.1 or 6.12 (default: both)')
    .addOption(jsonOption('a JSON document a line: one for each step'))
    .addHelpText('after', helpTail(['tailproof linux install 6.12'], INSTALL_EXITS))
    .action((versions: string[], options: JsonOption) => install(versions, options, session));
  linux
    .command('doctor')
    .summary('say what is there and what is missing')
    .description('Reads everything that kernels are run with, and says what is missing or damaged.')
    .addOption(new Option('--boot', 'also boot each kernel that is ready'))
    .addOption(jsonOption())
    .addHelpText('after', helpTail(['tailproof linux doctor --boot'], DOCTOR_EXITS))
    .action((options: DoctorOptions) => doctor(options, session));
  linux
    .command('facts')
    .summary('what kernels say about tail calls, beside the profiles')
    .description(
      'Asks every kernel that is named about limits, counting, error numbers, compatibility and the verifier, and shows each answer beside what its profile says: as Markdown, one row a fact.',
    )
    .argument('[engine...]', 'linux:6.1, linux:6.1/interp, linux:6.12, … (default: all four)')
    .addOption(new Option('--out <file>', 'write the page into a file'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(['tailproof linux facts --out docs/linux-facts.md'], FACTS_EXITS),
    )
    .action((names: string[], options: FactsOptions) => facts(names, options, session));
  registerRace(linux, session);
  registerAgree(linux, session);
}

const FACTS_EXITS = {
  0: 'profiles and kernels say the same',
  1: 'they differ',
  2: 'wrong usage, or a kernel is not installed',
  130: 'interrupted',
};

const INSTALL_EXITS = {
  0: 'installed',
  2: 'something is missing, a download or the disk failed: the message says what to do',
  130: 'interrupted (nothing half-written is left)',
};
const DOCTOR_EXITS = { 0: 'everything is ready', 2: 'wrong usage', 3: 'not everything is ready' };

async function install(
  names: readonly string[],
  { json }: JsonOption,
  session: Session,
): Promise<void> {
  const { terminal } = session;
  const { cacheFolder, installLinux, linuxVersion, VERSION_NAMES } = await import(
    '../../interp/linux/index.ts'
  );
  const versions: LinuxVersion[] =
    names.length === 0 ? VERSION_NAMES : [...new Set(names.map(linuxVersion))];
  const folder = cacheFolder(terminal.env);
  if (json) terminal.out(jsonLine({ event: 'start', folder, versions }));
  else printLines(session, [`installing into ${folder}`]);
  const code = await interruptible(terminal, async (signal): Promise<ExitCode> => {
    try {
      await installLinux(
        versions,
        terminal.env,
        {
          onMaking: (component, found) => {
            if (json) terminal.out(jsonLine({ event: 'making', component: component.name, found }));
            else printLines(session, [makingLine(component, found)]);
          },
          onReady: ({ name }, about) => {
            if (json) terminal.out(jsonLine({ event: 'ready', component: name, about }));
            else printLines(session, [`  ${name} is ready: ${Object.values(about).join(', ')}`]);
          },
        },
        signal,
      );
    } catch (error) {
      if (!signal.aborted) throw error;
      return EXIT.interrupted;
    }
    return EXIT.ok;
  });
  session.finish(code);
}

function makingLine({ what }: Component, found: ComponentState | 'outdated'): string {
  if (found === 'outdated') return `making again, because tailproof has changed: ${what}`;
  return found.state === 'damaged'
    ? `making again, because ${found.reason}: ${what}`
    : `making ${what}`;
}

interface DoctorOptions extends JsonOption {
  readonly boot?: true;
}

async function doctor({ boot, json }: DoctorOptions, session: Session): Promise<void> {
  const { terminal, colors } = session;
  const { cacheFolder, diagnose } = await import('../../interp/linux/index.ts');
  const found = diagnose(terminal.env);
  const booted = boot ? await bootAll(found, session) : [];
  const all = [...found, ...booted];
  const ready = all.every(({ state }) => state === 'ready');
  if (json) {
    terminal.out(jsonDocument({ folder: cacheFolder(terminal.env), ready, components: all }));
  } else {
    const paint = (state: Diagnosis['state']) =>
      state === 'ready' ? colors.green(state) : colors.red(state);
    printLines(session, [
      cacheFolder(terminal.env),
      ...table(
        all.map(({ what, state, detail }) => [what, paint(state), detail]),
        { indent: '  ' },
      ),
      ...(ready ? [] : ['tailproof linux install makes what is missing']),
    ]);
  }
  session.finish(ready ? EXIT.ok : EXIT.inconclusive);
}

/** Boots each kernel that can be, one after the other. */
async function bootAll(found: readonly Diagnosis[], { terminal }: Session): Promise<Diagnosis[]> {
  const { bootOnce, VERSION_NAMES } = await import('../../interp/linux/index.ts');
  const bad = new Set(found.filter(({ state }) => state !== 'ready').map(({ what }) => what));
  const shared = [...bad].some((what) => !what.startsWith('kernel-'));
  const results: Diagnosis[] = [];
  for (const version of VERSION_NAMES) {
    if (shared || bad.has(`kernel-${version}`)) continue;
    results.push(await bootOnce(version, terminal.env));
  }
  return results;
}

interface FactsOptions extends JsonOption {
  readonly out?: string;
}

async function facts(
  names: readonly string[],
  { out, json }: FactsOptions,
  session: Session,
): Promise<void> {
  const { terminal } = session;
  const { TARGET_NAMES } = await import('../../interp/linux/index.ts');
  const { differences, factsMarkdown, observeFacts } = await import(
    '../../fuzz/kernel/facts/report.ts'
  );
  const progress = createProgress(terminal);
  let aborted = false;
  try {
    const tables = await withKernels(
      names.length === 0 ? TARGET_NAMES : names,
      terminal,
      (kernels, signal) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return observeFacts(kernels, undefined, (what) => progress.update(() => what));
      },
      { guests: 1 },
    );
    progress.clear();
    const differing = differences(tables);
    if (json) terminal.out(jsonDocument({ tables, differences: differing.length }));
    const page = factsMarkdown(tables);
    if (out !== undefined) writeWhole(out, page);
    else if (!json) terminal.out(page);
    for (const { what, cell } of differing) {
      terminal.err(`${cell.kernel}: ${what}: profile ${cell.expected}, kernel ${cell.observed}\n`);
    }
    session.finish(differing.length === 0 ? EXIT.ok : EXIT.mismatch);
  } catch (error) {
    progress.clear();
    if (!aborted) throw error;
    session.finish(EXIT.interrupted);
  }
}
