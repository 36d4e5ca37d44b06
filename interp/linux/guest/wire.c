// Numbers and bytes in messages and replies.

#include "wire.h"

#include <stdlib.h>
#include <string.h>

const uint8_t *get_bytes(struct reader *in, size_t size)
{
	const uint8_t *bytes = in->at;

	if ((size_t)(in->end - in->at) < size) {
		in->bad = 1;
		in->at = in->end;
		return NULL;
	}
	in->at += size;
	return bytes;
}

uint8_t get_u8(struct reader *in)
{
	const uint8_t *bytes = get_bytes(in, 1);

	return bytes ? *bytes : 0;
}

uint32_t get_u32(struct reader *in)
{
	const uint8_t *bytes = get_bytes(in, 4);
	uint32_t value = 0;

	if (bytes)
		memcpy(&value, bytes, 4);
	return value;
}

uint64_t get_u64(struct reader *in)
{
	uint64_t low = get_u32(in);

	return low | (uint64_t)get_u32(in) << 32;
}

void put_bytes(struct writer *out, const void *bytes, size_t size)
{
	if (size == 0)
		return;
	if (out->used + size > out->room) {
		while (out->used + size > out->room)
			out->room = out->room ? out->room * 2 : 1 << 16;
		out->bytes = realloc(out->bytes, out->room);
		if (!out->bytes)
			abort();
	}
	memcpy(out->bytes + out->used, bytes, size);
	out->used += size;
}

void put_u32(struct writer *out, uint32_t value)
{
	put_bytes(out, &value, 4);
}

void set_u32(struct writer *out, size_t place, uint32_t value)
{
	memcpy(out->bytes + place, &value, 4);
}
