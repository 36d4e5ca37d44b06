// tailproof disasm: bytecode to assembly.

import { type Command, Option } from 'commander';
import { InputError } from '../../model/errors.ts';
import { slotsFromBytes } from '../../model/isa/instruction.ts';
import { decodeProgram } from '../../model/isa/program.ts';
import { disassemble, disassembleInstruction } from '../../model/isa/text/disassemble.ts';
import { readBytecode } from '../bytecode-text.ts';
import { EXIT } from '../exit-codes.ts';
import { inputName, readBytes, readText } from '../io.ts';
import { jsonOption } from '../options.ts';
import { jsonDocument } from '../render/json.ts';
import { helpTail, type Session } from '../session.ts';

interface DisasmOptions {
  readonly format: 'hex' | 'bin';
  readonly json?: true;
}

export function registerDisasm(program: Command, session: Session): void {
  program
    .command('disasm')
    .summary('disassemble a program')
    .description(
      "Writes bytecode in the kernel's spelling, which asm reads back to the same bytes. Format hex: pairs of hex digits with any white space, or 64-bit words that start with 0x; # starts a comment. Format bin: the bytes themselves.",
    )
    .argument('<file>', 'bytecode, or - for standard input')
    .addOption(
      new Option('--format <name>', 'what the file holds').choices(['hex', 'bin']).default('hex'),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(["echo 'b7 00 00 00 07 00 00 00  95 00 00 00 00 00 00 00' | tailproof disasm -"], {
        0: 'done',
        2: 'wrong input',
      }),
    )
    .action((file: string, options: DisasmOptions) => disasm(file, options, session));
}

async function disasm(file: string, options: DisasmOptions, session: Session): Promise<void> {
  const { terminal } = session;
  const name = inputName(file);
  const bytes =
    options.format === 'bin'
      ? await readBytes(file, terminal)
      : readBytecode(await readText(file, terminal), name);
  const program = decode(bytes, name);
  if (options.json) {
    const instructions = program.code.flatMap((instruction, slot) =>
      instruction === undefined
        ? []
        : [{ slot, row: instruction.row.name, text: disassembleInstruction(instruction) }],
    );
    terminal.out(jsonDocument({ file: name, slots: program.code.length, instructions }));
  } else {
    terminal.out(disassemble(program));
  }
  session.finish(EXIT.ok);
}

function decode(bytes: Uint8Array, file: string) {
  try {
    return decodeProgram(slotsFromBytes(bytes));
  } catch (error) {
    throw error instanceof InputError ? error.within({ file }) : error;
  }
}
