// What helpers take and give (`bpf_func_proto`), of those that are modelled.

export type ArgumentType =
  /** ARG_PTR_TO_CTX: the context, unmodified. */
  | 'ctx'
  /** ARG_CONST_MAP_PTR */
  | 'map_ptr'
  /** ARG_PTR_TO_MAP_KEY: `key_size` initialised bytes. */
  | 'map_key'
  /** ARG_PTR_TO_MAP_VALUE: `value_size` initialised bytes. */
  | 'map_value'
  /** ARG_ANYTHING: any number; with privileges, any pointer. */
  | 'anything';

export interface HelperPrototype {
  readonly name: string;
  /** Of R1 and on. */
  readonly takes: readonly ArgumentType[];
  /** R0 afterwards; nothing leaves it unset. */
  readonly gives: 'integer' | 'nothing' | 'map_value_or_null';
  /** Whether keys and values may lie in the packet. */
  readonly packetAccess: boolean;
  /** Numbers of map types (`enum bpf_map_type`) that it works on. */
  readonly maps: readonly MapTypeNumber[];
}

/** `enum bpf_map_type` */
export const MAP_TYPE = { hash: 1, array: 2, prog_array: 3 } as const;
export type MapTypeNumber = (typeof MAP_TYPE)[keyof typeof MAP_TYPE];

/** `BPF_FUNC_tail_call` */
export const TAIL_CALL = 12;

const ELEMENTS = {
  packetAccess: true,
  maps: [MAP_TYPE.hash, MAP_TYPE.array],
} as const;
const NO_MAPS = { takes: [], packetAccess: false, maps: [] } as const;

/** By number. Source: the man page bpf-helpers(7), refusals of each observed on 6.1 and 6.12. */
export const HELPER_PROTOTYPES: ReadonlyMap<number, HelperPrototype> = new Map<
  number,
  HelperPrototype
>([
  [
    1,
    {
      ...ELEMENTS,
      name: 'bpf_map_lookup_elem',
      takes: ['map_ptr', 'map_key'],
      gives: 'map_value_or_null',
    },
  ],
  [
    2,
    {
      ...ELEMENTS,
      name: 'bpf_map_update_elem',
      takes: ['map_ptr', 'map_key', 'map_value', 'anything'],
      gives: 'integer',
    },
  ],
  [
    3,
    { ...ELEMENTS, name: 'bpf_map_delete_elem', takes: ['map_ptr', 'map_key'], gives: 'integer' },
  ],
  [5, { ...NO_MAPS, name: 'bpf_ktime_get_ns', gives: 'integer' }],
  [7, { ...NO_MAPS, name: 'bpf_get_prandom_u32', gives: 'integer' }],
  [
    TAIL_CALL,
    {
      name: 'bpf_tail_call',
      takes: ['ctx', 'map_ptr', 'anything'],
      gives: 'nothing',
      packetAccess: false,
      maps: [MAP_TYPE.prog_array],
    },
  ],
]);
