// The guest's side of the wire format: little-endian numbers, read from a message and written to a reply.
// docs/linux.md describes the format.

#ifndef TAILPROOF_WIRE_H
#define TAILPROOF_WIRE_H

#include <stddef.h>
#include <stdint.h>

/** Told in the greeting; the host refuses another one. */
#define WIRE_VERSION 3

enum operation {
	OP_SETTINGS = 1,
	OP_MAP_CREATE = 2,
	OP_PROG_LOAD = 3,
	OP_MAP_UPDATE = 4,
	OP_SLOT_UPDATE = 5,
	OP_MAP_DELETE = 6,
	OP_MAP_LOOKUP = 7,
	OP_MAP_NEXT_KEY = 8,
	OP_MAP_FREEZE = 9,
	OP_MAP_DUMP = 10,
	OP_RUN = 11,
	OP_RACE = 12,
	OP_MAP_LOOKUP_AND_DELETE = 13,
	OP_ATTACH = 14,
};

/** A message that is read front to back; `bad` once something lay beyond its end. */
struct reader {
	const uint8_t *at;
	const uint8_t *end;
	int bad;
};

/** A reply that grows. */
struct writer {
	uint8_t *bytes;
	size_t used;
	size_t room;
};

uint8_t get_u8(struct reader *in);
uint32_t get_u32(struct reader *in);
uint64_t get_u64(struct reader *in);
/** The next bytes of the message, not copied; NULL where there are not so many. */
const uint8_t *get_bytes(struct reader *in, size_t size);

void put_u32(struct writer *out, uint32_t value);
void put_bytes(struct writer *out, const void *bytes, size_t size);
/** Overwrites a number that was put at a place. */
void set_u32(struct writer *out, size_t place, uint32_t value);

/** Runs the operations of one case and puts their results. @returns 0, or -1 for a malformed case. */
int run_case(struct reader *in, struct writer *out);

/** Once, before any case: what the kernel has to be told. @returns 0, or -1 with errno. */
int prepare_kernel(void);

#endif
