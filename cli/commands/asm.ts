// tailproof asm: assembly to bytecode.

import { type Command, Option } from 'commander';
import { InputError } from '../../model/errors.ts';
import { bytesFromSlots, SLOT_BYTES, slotCount } from '../../model/isa/instruction.ts';
import { createProgram, encodeProgram, type Program } from '../../model/isa/program.ts';
import { type Assembly, assemble } from '../../model/isa/text/assemble.ts';
import { formatHex } from '../../model/scenario/bytes.ts';
import { EXIT } from '../exit-codes.ts';
import { inputName, readText, writeWhole } from '../io.ts';
import { jsonOption } from '../options.ts';
import { jsonDocument } from '../render/json.ts';
import { helpTail, type Session } from '../session.ts';

const FORMATS = ['hex', 'bin', 'slots'] as const;
type Format = (typeof FORMATS)[number];

interface AsmOptions {
  readonly output?: string;
  readonly format: Format;
  readonly json?: true;
}

export function registerAsm(program: Command, session: Session): void {
  program
    .command('asm')
    .summary('assemble a program')
    .description(
      "Assembles a program in the kernel's spelling or the conformance suite's. Formats: hex (bytes, a slot a line), slots (64-bit words, a slot a line), bin (the bytes themselves). disasm reads all three.",
    )
    .argument('<file>', 'assembly, or - for standard input')
    .option('--output <file>', 'write there instead of standard output')
    .addOption(new Option('--format <name>', 'what to write').choices(FORMATS).default('hex'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(
        [
          "printf 'r0 = 7\\nexit\\n' | tailproof asm -",
          'tailproof asm --format bin --output p.bin p.s',
        ],
        { 0: 'done', 2: 'wrong input', 3: 'an instruction that is not modelled' },
      ),
    )
    .action((file: string, options: AsmOptions) => asm(file, options, session));
}

async function asm(file: string, options: AsmOptions, session: Session): Promise<void> {
  const { output, format, json } = options;
  if (json && output !== undefined) {
    throw new InputError('--json goes to standard output; it does not go with --output');
  }
  if (format === 'bin' && output === undefined && !json && session.terminal.isTTY.out) {
    throw new InputError('bytes are not for a terminal: use --output, a pipe, or --format hex');
  }
  const name = inputName(file);
  const text = await readText(file, session.terminal);
  const { assembly, program } = assembleProgram(text, name);
  const bytes = bytesFromSlots(encodeProgram(program));
  if (json) {
    const { labels } = assembly;
    const slots = bytes.length / SLOT_BYTES;
    session.terminal.out(jsonDocument({ file: name, slots, bytes, labels }));
  } else {
    const content = encode(bytes, format);
    if (output === undefined) session.terminal.out(content);
    else writeWhole(output, content);
  }
  session.finish(EXIT.ok);
}

/** Assembles and checks a program; whatever is wrong is put at its line. */
function assembleProgram(text: string, file: string): { assembly: Assembly; program: Program } {
  let assembly: Assembly | undefined;
  try {
    assembly = assemble(text);
    return { assembly, program: createProgram(assembly.instructions) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const line = assembly && lineOfSlot(assembly, error.place.at);
    throw error.within({ file, ...(line === undefined ? {} : { line, column: 1 }) });
  }
}

function lineOfSlot({ instructions, lines }: Assembly, at: string | undefined): number | undefined {
  const wanted = Number(/^slot (\d+)$/.exec(at ?? '')?.[1]);
  let slot = 0;
  for (const [index, instruction] of instructions.entries()) {
    slot += slotCount(instruction);
    if (slot > wanted) return lines[index];
  }
  return undefined;
}

function encode(bytes: Uint8Array, format: Format): string | Uint8Array {
  if (format === 'bin') return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines = Array.from({ length: bytes.length / SLOT_BYTES }, (_, slot) => {
    const start = slot * SLOT_BYTES;
    return format === 'hex'
      ? formatHex(bytes.subarray(start, start + SLOT_BYTES))
      : `0x${view.getBigUint64(start, true).toString(16).padStart(16, '0')}`;
  });
  return lines.map((line) => `${line}\n`).join('');
}
