// The operations of one case: maps, programs and runs, which share descriptors that are closed at its end.

#include "btf.h"
#include "case.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOG_BYTES (16 << 20)
#define NOBODY 65534

static char log_text[LOG_BYTES];

long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int written;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text)) < 0 ? -1 : 0;
	close(fd);
	return written;
}

int prepare_kernel(void)
{
	return write_text("/proc/sys/kernel/unprivileged_bpf_disabled", "0");
}

uint32_t result_of(long returned)
{
	return returned < 0 ? errno : 0;
}

struct map *map_at(struct bpf_case *c, struct reader *in)
{
	uint32_t index = get_u32(in);

	if (index < c->map_count)
		return &c->maps[index];
	in->bad = 1;
	return &c->maps[0];
}

int program_at(struct bpf_case *c, struct reader *in)
{
	uint32_t index = get_u32(in);

	if (index < c->program_count)
		return c->programs[index];
	in->bad = 1;
	return -1;
}

void settings(struct bpf_case *c, struct reader *in, struct writer *out)
{
	static int jit_now = -1;
	int jit = get_u8(in);
	long done = 0;

	c->unprivileged = get_u8(in);
	if (jit != jit_now) {
		done = write_text("/proc/sys/net/core/bpf_jit_enable", jit ? "1" : "0");
		jit_now = done == 0 ? jit : -1;
	}
	put_u32(out, result_of(done));
}

static void become(struct bpf_case *c, int unprivileged)
{
	if (c->unprivileged && seteuid(unprivileged ? NOBODY : 0) != 0)
		abort();
}

void map_create(struct bpf_case *c, struct reader *in, struct writer *out)
{
	struct map *map = &c->maps[c->map_count];
	union bpf_attr attr = { 0 };
	const uint8_t *name;
	uint32_t inner;

	if (c->map_count == MAPS_MAX) {
		in->bad = 1;
		return;
	}
	map->type = attr.map_type = get_u32(in);
	map->key_size = attr.key_size = get_u32(in);
	map->value_size = attr.value_size = get_u32(in);
	map->max_entries = attr.max_entries = get_u32(in);
	attr.map_flags = get_u32(in);
	inner = get_u32(in);
	name = get_bytes(in, sizeof(attr.map_name));
	if (!name)
		return;
	memcpy(attr.map_name, name, sizeof(attr.map_name));
	if (inner < c->map_count)
		attr.inner_map_fd = c->maps[inner].fd;
	become(c, 1);
	map->fd = bpf(BPF_MAP_CREATE, &attr);
	put_u32(out, result_of(map->fd));
	become(c, 0);
	c->map_count++;
}

/** Puts descriptors where the program names maps by number. */
static void resolve_maps(struct bpf_case *c, struct bpf_insn *insns, uint32_t count)
{
	for (uint32_t i = 0; i + 1 < count; i++) {
		if (insns[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (insns[i].src_reg == BPF_PSEUDO_MAP_FD || insns[i].src_reg == BPF_PSEUDO_MAP_VALUE)
			if ((uint32_t)insns[i].imm < c->map_count)
				insns[i].imm = c->maps[insns[i].imm].fd;
		i++;
	}
}

static int describe_functions(union bpf_attr *attr, struct bpf_func_info *functions, uint32_t count, uint32_t linkage)
{
	int btf = btf_of_functions(count, linkage);

	if (btf < 0)
		return -1;
	attr->prog_btf_fd = btf;
	attr->func_info = (uintptr_t)functions;
	attr->func_info_rec_size = sizeof(*functions);
	attr->func_info_cnt = count;
	return 0;
}

static void put_log(struct writer *out, uint32_t level, uint32_t bytes_max)
{
	size_t size = level ? strnlen(log_text, LOG_BYTES) : 0;
	// What was refused, and why, stands at the end.
	size_t skipped = size > bytes_max ? size - bytes_max : 0;

	put_u32(out, size - skipped);
	put_bytes(out, log_text + skipped, size - skipped);
}

void prog_load(struct bpf_case *c, struct reader *in, struct writer *out)
{
	static struct bpf_func_info functions[FUNCTIONS_MAX];
	int fd_array[MAPS_MAX];
	union bpf_attr attr = { 0 };
	uint32_t log_max, target, function_count, linkage;
	const uint8_t *slots;
	struct bpf_insn *insns;
	int fd;

	attr.prog_type = get_u32(in);
	attr.expected_attach_type = get_u32(in);
	attr.prog_flags = get_u32(in);
	attr.log_level = get_u32(in);
	log_max = get_u32(in);
	target = get_u32(in);
	if (target < c->program_count) {
		attr.attach_prog_fd = c->programs[target];
		attr.attach_btf_id = btf_function_type(get_u32(in));
	}
	linkage = get_u32(in);
	function_count = get_u32(in);
	if (function_count > FUNCTIONS_MAX || c->program_count == PROGRAMS_MAX) {
		in->bad = 1;
		return;
	}
	for (uint32_t i = 0; i < function_count; i++)
		functions[i] = (struct bpf_func_info){ get_u32(in), btf_function_type(i) };
	attr.insn_cnt = get_u32(in);
	slots = get_bytes(in, (size_t)attr.insn_cnt * sizeof(*insns));
	if (!slots)
		return;
	insns = malloc((size_t)attr.insn_cnt * sizeof(*insns) + 1);
	memcpy(insns, slots, (size_t)attr.insn_cnt * sizeof(*insns));
	resolve_maps(c, insns, attr.insn_cnt);
	for (uint32_t i = 0; i < c->map_count; i++)
		fd_array[i] = c->maps[i].fd;
	attr.insns = (uintptr_t)insns;
	attr.license = (uintptr_t)"GPL";
	attr.fd_array = (uintptr_t)fd_array;
	if (attr.log_level) {
		attr.log_buf = (uintptr_t)log_text;
		attr.log_size = LOG_BYTES;
		log_text[0] = 0;
	}
	become(c, 1);
	if (function_count && describe_functions(&attr, functions, function_count, linkage) != 0)
		fd = -1;
	else
		fd = bpf(BPF_PROG_LOAD, &attr);
	put_u32(out, result_of(fd));
	become(c, 0);
	put_log(out, attr.log_level, log_max);
	c->programs[c->program_count++] = fd;
	free(insns);
}

/** Puts an extension in the place of its function, until the end of the case. */
void attach(struct bpf_case *c, struct reader *in, struct writer *out)
{
	union bpf_attr attr = { 0 };
	int link;

	attr.raw_tracepoint.prog_fd = program_at(c, in);
	if (c->link_count == LINKS_MAX)
		in->bad = 1;
	if (in->bad)
		return;
	link = bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
	put_u32(out, result_of(link));
	if (link >= 0)
		c->links[c->link_count++] = link;
}

static operate *const OPERATIONS[] = {
	[OP_SETTINGS] = settings,         [OP_MAP_CREATE] = map_create,     [OP_PROG_LOAD] = prog_load,
	[OP_MAP_UPDATE] = map_update,     [OP_SLOT_UPDATE] = slot_update,   [OP_MAP_DELETE] = map_delete,
	[OP_MAP_LOOKUP] = map_lookup,     [OP_MAP_NEXT_KEY] = map_next_key, [OP_MAP_FREEZE] = map_freeze,
	[OP_MAP_DUMP] = map_dump,         [OP_RUN] = run,                   [OP_RACE] = race,
	[OP_ATTACH] = attach,             [OP_MAP_LOOKUP_AND_DELETE] = map_lookup_and_delete,
};

#define OPERATION_COUNT (sizeof(OPERATIONS) / sizeof(OPERATIONS[0]))

static void close_all(struct bpf_case *c)
{
	for (uint32_t i = 0; i < c->link_count; i++)
		close(c->links[i]);
	for (uint32_t i = 0; i < c->map_count; i++)
		if (c->maps[i].fd >= 0)
			close(c->maps[i].fd);
	for (uint32_t i = 0; i < c->program_count; i++)
		if (c->programs[i] >= 0)
			close(c->programs[i]);
}

int run_case(struct reader *in, struct writer *out)
{
	static struct bpf_case c;

	c.map_count = 0;
	c.program_count = 0;
	c.link_count = 0;
	c.unprivileged = 0;
	while (in->at < in->end && !in->bad) {
		uint8_t operation = get_u8(in);

		if (operation < OPERATION_COUNT && OPERATIONS[operation])
			OPERATIONS[operation](&c, in, out);
		else
			in->bad = 1;
	}
	close_all(&c);
	return in->bad ? -1 : 0;
}
