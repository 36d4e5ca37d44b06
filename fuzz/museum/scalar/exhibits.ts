// The scalar bugs as exhibits. By proof: the theorem's lemma is refuted of the variant, and then a program is
// looked for; by fuzzing: programs alone. The fix: the lemma is proved of the version without the variant.

import { formatScenario } from '../../../model/scenario/write.ts';
import { invariant } from '../../../model/errors.ts';
import {
  defaultSubject,
  type DomainSubject,
  not,
  prove,
  type Subject,
  type Theorem,
  THEOREMS,
} from '../../../smt/index.ts';
import type { Exhibit, Find, FixResult, HuntResult, Tools } from '../exhibit.ts';
import { SCALAR_BUGS } from './bugs.ts';
import { find, isMended, type ScalarBug, type ScalarFinding } from './hunt.ts';

const SOURCE = 'linux-tail-calls §6.5';

function theoremOf({ theorem }: ScalarBug): Theorem {
  const found = THEOREMS.find(({ name }) => name === theorem);
  invariant(found !== undefined, `there is a theorem ${theorem}`);
  return found;
}

function subjects({ version, variant }: ScalarBug): {
  readonly faulty: DomainSubject;
  readonly mended: DomainSubject;
} {
  const base = defaultSubject();
  return {
    faulty: { ...base, domain: { version, variant } },
    mended: { ...base, domain: { version } },
  };
}

function lemmaOf(bug: ScalarBug, subject: Subject) {
  const lemma = theoremOf(bug)
    .lemmas(subject)
    .find(({ name }) => name === bug.lemma);
  invariant(lemma !== undefined, `${bug.theorem} has a lemma ${bug.lemma}`);
  return lemma;
}

/** Refutes the lemma of the variant; then there is a program to look for. */
async function huntByProof(bug: ScalarBug, tools: Tools): Promise<HuntResult> {
  const { name, premises, conclusion } = lemmaOf(bug, subjects(bug).faulty);
  const goal = { name, assertions: [...Object.values(premises), not(conclusion)] };
  const answer = await tools.pool.check(goal, tools.signal ? { signal: tools.signal } : {});
  if (answer.answer !== 'sat') return { kind: 'not found', tried: 1 };
  return huntByFuzzing(bug, tools);
}

function huntByFuzzing(bug: ScalarBug, { seed }: Tools): HuntResult {
  const finding = find(bug, seed);
  if (finding === undefined) return { kind: 'not found', tried: 1 };
  if (!isMended(bug, finding)) {
    return { kind: 'unsound', problem: 'the mended version does not hold it either', tried: 1 };
  }
  return { kind: 'found', find: findOf(bug, finding), tried: 1 };
}

function findOf({ id, title }: ScalarBug, { program, scenario, r0 }: ScalarFinding): Find {
  const exits = `0x${r0.toString(16)}`;
  const seen = {
    faulty: `no state at an exit holds ${exits}`,
    mended: `a state at an exit holds ${exits}`,
  };
  const text = formatScenario(
    { ...scenario, expect: { exit: r0 } },
    {
      comments: [
        `${id}: ${title}`,
        `The program exits with ${exits}. In the verifier's domain with the bug, ${seen.faulty}; without it, ${seen.mended}.`,
      ],
    },
  );
  return {
    size: [{ count: program.length, noun: 'instruction' }],
    seen,
    text,
    files: [{ name: `${id.replaceAll('/', '-')}.yaml`, text }],
  };
}

async function proveFix(bug: ScalarBug, { pool, signal }: Tools): Promise<FixResult> {
  const { faulty, mended } = subjects(bug);
  const whole = theoremOf(bug);
  const theorem: Theorem = {
    ...whole,
    lemmas: (subject) => [lemmaOf(bug, subject)],
    faults: [{ name: 'the bug', plant: () => faulty, lemma: bug.lemma }],
  };
  // Whether the premises are needed is asked of the whole theorem, by prove.
  const { theorems, goals } = await prove([theorem], {
    pool,
    subject: mended,
    checks: { necessity: false },
    ...(signal === undefined ? {} : { signal }),
  });
  const { result = 'unknown', problems = [] } = theorems[0] ?? {};
  const name = `${bug.theorem}: ${bug.lemma}`;
  if (result === 'as-stated') return { kind: 'proved', theorem: name, goals };
  return { kind: result === 'not-as-stated' ? 'not proved' : 'unknown', theorem: name, problems };
}

export const SCALAR_EXHIBITS: readonly Exhibit[] = SCALAR_BUGS.map((bug) => ({
  id: bug.id,
  aliases: [],
  kind: 'scalar',
  title: bug.title,
  kernels: bug.range,
  source: SOURCE,
  sureness: 'S',
  faulty: `${bug.version}, with a changed operator`,
  mended: bug.version,
  shows: "a word at an exit that is in none of the verifier's states there",
  law: `${bug.theorem}: ${bug.lemma}`,
  proof: (tools) => huntByProof(bug, tools),
  fuzzing: async (tools) => huntByFuzzing(bug, tools),
  fix: (tools) => proveFix(bug, tools),
}));
