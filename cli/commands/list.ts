// tailproof list: what there is.

import { Argument, type Command } from 'commander';
import { ROWS, rowKey } from '../../model/isa/table.ts';
import { linuxHelperName } from '../../model/isa/text/helper-names.ts';
import { listProfiles } from '../../model/profiles/catalogue.ts';
import { type Provenance, type TailCallKnobs, weakestTag } from '../../model/profiles/profile.ts';
import { contextFields, PROGRAM_TYPES, type ProgramType } from '../../model/scenario/context.ts';
import { TRAP_KINDS, type TrapKind } from '../../model/scenario/outcome.ts';
import { EXIT } from '../exit-codes.ts';
import { jsonOption } from '../options.ts';
import { jsonDocument } from '../render/json.ts';
import { table } from '../render/table.ts';
import { helpTail, printLines, type Session } from '../session.ts';

/** A table: its columns, and a record for each line. */
type Listing = readonly Readonly<Record<string, string | number>>[];

/** What JSON says in full where a line of the table has no room for it. */
const IN_FULL: Readonly<Record<string, () => readonly object[]>> = { profiles: profilesInFull };

const TOPICS: Readonly<Record<string, () => Listing | Promise<Listing>>> = {
  rows,
  profiles,
  helpers,
  faults,
  traps,
  types,
};

export function registerList(program: Command, session: Session): void {
  program
    .command('list')
    .summary('list instructions, profiles, helpers, faults, traps or types')
    .description('Lists what there is, as a table.')
    .addArgument(new Argument('<what>', 'what to list').choices(Object.keys(TOPICS)))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(['tailproof list rows', 'tailproof list faults --json'], {
        0: 'done',
        2: 'wrong usage',
      }),
    )
    .action((what: string, options: { readonly json?: true }) => list(what, options, session));
}

async function list(
  what: string,
  { json }: { readonly json?: true },
  session: Session,
): Promise<void> {
  const records = (await TOPICS[what]?.()) ?? [];
  if (json) session.terminal.out(jsonDocument(IN_FULL[what]?.() ?? records));
  else printLines(session, tableOf(records, session));
  session.finish(EXIT.ok);
}

function tableOf(records: Listing, { colors }: Session): string[] {
  const columns = Object.keys(records[0] ?? {});
  const numeric = columns.flatMap((column, i) =>
    typeof records[0]?.[column] === 'number' ? [i] : [],
  );
  return table(
    [
      columns.map((column) => colors.bold(column)),
      ...records.map((record) => columns.map((column) => String(record[column] ?? ''))),
    ],
    { right: numeric },
  );
}

function rows(): Listing {
  return ROWS.map((row) => ({
    row: rowKey(row),
    opcode: `0x${row.opcode.toString(16).padStart(2, '0')}`,
    group: row.group,
    cpu: `v${row.cpu}`,
    text: row.kernel,
    source: row.source,
  }));
}

/** How the least sure fact about what is executed is known. */
const SURENESS: Readonly<Record<Provenance, string>> = {
  O: 'observed',
  S: 'read in source',
  M: 'remembered',
  H: 'in part a guess',
  U: "a user's own",
};

function profiles(): Listing {
  return listProfiles().map((profile) => {
    const { name, tailCall } = profile;
    return {
      name,
      limit: tailCall.limit,
      index: indexText(tailCall),
      burns: burnsText(tailCall.burns),
      'local calls': tailCall.propagation,
      facts: SURENESS[weakestTag(profile)],
    };
  });
}

function profilesInFull(): object[] {
  return listProfiles().map((profile) => ({ ...profile, known: SURENESS[weakestTag(profile)] }));
}

function indexText({ indexBits, indexMasked }: TailCallKnobs): string {
  return `${indexBits} bits${indexMasked ? ', masked' : ''}`;
}

/** Which failed tail calls use up one of the limit. */
function burnsText(burns: Readonly<Record<string, boolean>>): string {
  const names = Object.entries(burns).flatMap(([name, burnt]) =>
    burnt ? [name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)] : [],
  );
  return names.length === 0 ? 'none' : names.join(', ');
}

/** docs/semantics.md, Helpers: all that the engines run. */
const HELPERS = [
  { id: 1, set: 'linux', arguments: 'map, key' },
  { id: 2, set: 'linux', arguments: 'map, key, value, flags' },
  { id: 3, set: 'linux', arguments: 'map, key' },
  { id: 5, set: 'linux', arguments: '' },
  { id: 7, set: 'linux', arguments: '' },
  { id: 12, set: 'linux', arguments: 'ctx, prog_array, index' },
  { id: 5, set: 'bpf_conformance', name: 'unwind', arguments: 'value' },
] as const;

function helpers(): Listing {
  return HELPERS.map((helper) => ({
    id: helper.id,
    name: 'name' in helper ? helper.name : (linuxHelperName(helper.id) ?? ''),
    arguments: helper.arguments,
    set: helper.set,
  }));
}

async function faults(): Promise<Listing> {
  const { FAULTS } = await import('../../fuzz/faults/faults.ts');
  return FAULTS.map(({ name, kind, summary }) => ({ name, kind, summary }));
}

const TRAPS: Readonly<Record<TrapKind, string>> = {
  out_of_bounds: 'an access that starts in the window of a region, but is not wholly inside of it',
  bad_address: 'an access that starts in no window; a packet load while r6 is not the context',
  bad_call: "a helper's map argument is not a map of a kind that it takes",
  call_depth: 'a local call that would need a ninth frame',
  uninitialised_read: 'under uninitialised: trap, a read of a register or stack byte never written',
  incompatible_program:
    'a tail call enters a program that must not take over from the one that runs',
  use_after_free: 'the instruction to execute belongs to a program that has been freed',
};

function traps(): Listing {
  return TRAP_KINDS.map((trap) => ({ trap, when: TRAPS[trap] }));
}

const TYPES: Readonly<Record<ProgramType, string>> = {
  raw: 'any bytes, r1 their address, r2 their length; registers can be set',
  socket_filter: 'struct __sk_buff over a packet',
  sched_cls: 'struct __sk_buff over a packet',
  xdp: 'struct xdp_md over a packet',
};

function types(): Listing {
  return PROGRAM_TYPES.map((type) => ({
    type,
    context: TYPES[type],
    fields: Object.keys(contextFields(type)).length,
  }));
}
