// tailproof replay --oracle verifier: a run held against what the verifier promises of its programs.

import { parseScenarioFile } from '../model/scenario/read.ts';
import type { VerifierVersion } from '../model/verifier/rules.ts';
import { EXIT } from './exit-codes.ts';
import { inputName, readText } from './io.ts';
import { jsonDocument } from './render/json.ts';
import { printLines, type Session } from './session.ts';

export interface PromiseOptions {
  readonly fault?: string;
  readonly verifier?: VerifierVersion;
  readonly unprivileged?: true;
  readonly json?: true;
}

/** Verifies the programs of a file, runs each of its runs with the accepted ones, and says whether the promise holds. */
export async function replayPromise(
  file: string,
  { fault, verifier, unprivileged, json }: PromiseOptions,
  session: Session,
): Promise<void> {
  const { terminal, colors } = session;
  const text = await readText(file, terminal);
  const { scenarios } = parseScenarioFile(text, { file: inputName(file), programs: 'unchecked' });
  const { examine, violationText } = await import('../fuzz/verifier/oracle/violation.ts');
  const { testedVerifier } = await import('../fuzz/verifier/oracle/tested.ts');
  const { SOUND_VERSION } = await import('../fuzz/verifier/campaign/version.ts');
  const { verifierFaultNamed } = await import('../fuzz/faults/verifier/index.ts');
  const { createMachine } = await import('../interp/index.ts');
  const change = fault === undefined ? {} : verifierFaultNamed(fault).change;
  const tested = testedVerifier(verifier ?? SOUND_VERSION, change);
  const machine = createMachine();
  const runs = scenarios.map(({ name, scenario }) => {
    const { verdicts, violation } = [true, false]
      .map((keepsAllStates) =>
        examine({ ...tested, keepsAllStates }, machine, scenario, unprivileged !== true),
      )
      .sort((a, b) => Number(b.violation !== undefined) - Number(a.violation !== undefined))[0]!;
    const programs = scenario.programs.map((program, i) => {
      const verdict = verdicts[i];
      const refusal = verdict?.kind === 'rejected' ? `: ${verdict.message}` : '';
      return { program: program.name, verdict: `${verdict?.kind}${refusal}` };
    });
    const summary = violation === undefined ? undefined : violationText(scenario, violation);
    return { name, programs, violation, summary };
  });
  if (json) terminal.out(jsonDocument({ file, runs }));
  else {
    for (const { name, programs, summary } of runs) {
      printLines(session, [
        colors.bold(name),
        ...programs.map(({ program, verdict }) => `  ${program}: ${verdict}`),
        summary === undefined
          ? colors.green('The promise holds.')
          : `${colors.red('The promise is broken:')} ${summary}`,
      ]);
    }
  }
  session.finish(runs.some(({ violation }) => violation !== undefined) ? EXIT.mismatch : EXIT.ok);
}
