// Runs of a program: one, and many while a second thread writes to prog arrays.

#include "case.h"

#include <pthread.h>
#include <string.h>

#define PACKET_BYTES (1 << 16)

struct input {
	int program;
	uint32_t repeat;
	const uint8_t *context;
	uint32_t context_size;
	const uint8_t *packet;
	uint32_t packet_size;
};

static struct input get_input(struct bpf_case *c, struct reader *in)
{
	struct input input;

	input.program = program_at(c, in);
	input.repeat = get_u32(in);
	input.context_size = get_u32(in);
	input.context = get_bytes(in, input.context_size);
	input.packet_size = get_u32(in);
	input.packet = get_bytes(in, input.packet_size);
	return input;
}

static uint8_t packet_out[PACKET_BYTES];

/** @returns 0 or an error number; retval and the packet's size afterwards are in `attr`. */
static uint32_t test_run(const struct input *input, union bpf_attr *attr)
{
	memset(attr, 0, sizeof(*attr));
	attr->test.prog_fd = input->program;
	attr->test.repeat = input->repeat;
	attr->test.data_in = (uintptr_t)input->packet;
	attr->test.data_size_in = input->packet_size;
	attr->test.data_out = (uintptr_t)packet_out;
	attr->test.data_size_out = sizeof(packet_out);
	if (input->context_size > 0) {
		attr->test.ctx_in = (uintptr_t)input->context;
		attr->test.ctx_size_in = input->context_size;
	}
	return result_of(bpf(BPF_PROG_TEST_RUN, attr));
}

void run(struct bpf_case *c, struct reader *in, struct writer *out)
{
	struct input input = get_input(c, in);
	union bpf_attr attr;
	uint32_t result;

	if (in->bad)
		return;
	result = test_run(&input, &attr);
	put_u32(out, result);
	if (result != 0)
		return;
	put_u32(out, attr.test.retval);
	put_u32(out, attr.test.data_size_out);
	put_bytes(out, packet_out, attr.test.data_size_out);
}

#define WRITES_MAX 64
#define TALLY_MAX 64

/** What the second thread does over and over: updates (program >= 0) and deletes of slots. */
struct writes {
	struct write {
		int map;
		uint32_t index;
		int program;
	} list[WRITES_MAX];
	uint32_t count;
	volatile int stop;
};

static void *write_slots(void *argument)
{
	struct writes *writes = argument;

	while (!writes->stop)
		for (uint32_t i = 0; i < writes->count && !writes->stop; i++) {
			struct write *write = &writes->list[i];

			// A delete with a value is EINVAL.
			if (write->program < 0)
				element_command(BPF_MAP_DELETE_ELEM, write->map, &write->index, NULL, 0);
			else
				element_command(BPF_MAP_UPDATE_ELEM, write->map, &write->index, &write->program, 0);
		}
	return NULL;
}

/** Runs a program again and again while a second thread writes: return values, and how often each came. */
void race(struct bpf_case *c, struct reader *in, struct writer *out)
{
	struct { uint32_t retval, count; } tally[TALLY_MAX];
	uint32_t distinct = 0, result = 0;
	struct writes writes = { 0 };
	struct input input = get_input(c, in);
	uint32_t runs = input.repeat;
	pthread_t thread;

	writes.count = get_u32(in);
	if (writes.count > WRITES_MAX)
		in->bad = 1;
	for (uint32_t i = 0; i < writes.count && !in->bad; i++) {
		writes.list[i].map = map_at(c, in)->fd;
		writes.list[i].index = get_u32(in);
		writes.list[i].program = get_u8(in) ? program_at(c, in) : -1;
	}
	if (in->bad)
		return;
	input.repeat = 1;
	pthread_create(&thread, NULL, write_slots, &writes);
	for (uint32_t i = 0; i < runs && result == 0; i++) {
		union bpf_attr attr;
		uint32_t at = 0;

		result = test_run(&input, &attr);
		if (result != 0)
			break;
		while (at < distinct && tally[at].retval != attr.test.retval)
			at++;
		if (at == distinct && distinct < TALLY_MAX) {
			tally[at].retval = attr.test.retval;
			tally[at].count = 0;
			distinct++;
		}
		if (at < distinct)
			tally[at].count++;
	}
	writes.stop = 1;
	pthread_join(thread, NULL);
	put_u32(out, result);
	if (result != 0)
		return;
	put_u32(out, distinct);
	put_bytes(out, tally, distinct * sizeof(tally[0]));
}
