// Operations on the elements of maps, as user space does them.

#include "case.h"

#include <stdlib.h>

uint32_t element_command(enum bpf_cmd command, int fd, const void *key, const void *value, uint64_t flags)
{
	union bpf_attr attr = { 0 };

	attr.map_fd = fd;
	attr.key = (uintptr_t)key;
	attr.value = (uintptr_t)value;
	attr.flags = flags;
	return result_of(bpf(command, &attr));
}

void map_update(struct bpf_case *c, struct reader *in, struct writer *out)
{
	struct map *map = map_at(c, in);
	uint64_t flags = get_u64(in);
	const uint8_t *key = get_bytes(in, map->key_size);
	const uint8_t *value = get_bytes(in, map->value_size);

	if (!in->bad)
		put_u32(out, element_command(BPF_MAP_UPDATE_ELEM, map->fd, key, value, flags));
}

/** Puts a program of this case into a prog array. */
void slot_update(struct bpf_case *c, struct reader *in, struct writer *out)
{
	struct map *map = map_at(c, in);
	uint64_t flags = get_u64(in);
	uint32_t index = get_u32(in);
	int program = program_at(c, in);

	if (!in->bad)
		put_u32(out, element_command(BPF_MAP_UPDATE_ELEM, map->fd, &index, &program, flags));
}

void map_delete(struct bpf_case *c, struct reader *in, struct writer *out)
{
	struct map *map = map_at(c, in);
	const uint8_t *key = get_bytes(in, map->key_size);

	if (!in->bad)
		put_u32(out, element_command(BPF_MAP_DELETE_ELEM, map->fd, key, NULL, 0));
}

static void put_element(struct writer *out, uint32_t result, const void *bytes, uint32_t size)
{
	put_u32(out, result);
	if (result == 0)
		put_bytes(out, bytes, size);
}

static void look_up(struct bpf_case *c, struct reader *in, struct writer *out, enum bpf_cmd command)
{
	struct map *map = map_at(c, in);
	const uint8_t *key = get_bytes(in, map->key_size);
	uint8_t *value = malloc(map->value_size + 8);

	if (!in->bad)
		put_element(out, element_command(command, map->fd, key, value, 0), value, map->value_size);
	free(value);
}

void map_lookup(struct bpf_case *c, struct reader *in, struct writer *out)
{
	look_up(c, in, out, BPF_MAP_LOOKUP_ELEM);
}

void map_lookup_and_delete(struct bpf_case *c, struct reader *in, struct writer *out)
{
	look_up(c, in, out, BPF_MAP_LOOKUP_AND_DELETE_ELEM);
}

void map_next_key(struct bpf_case *c, struct reader *in, struct writer *out)
{
	struct map *map = map_at(c, in);
	int has_key = get_u8(in);
	const uint8_t *key = has_key ? get_bytes(in, map->key_size) : NULL;
	uint8_t *next = malloc(map->key_size + 8);

	if (!in->bad)
		put_element(out, element_command(BPF_MAP_GET_NEXT_KEY, map->fd, key, next, 0), next, map->key_size);
	free(next);
}

void map_freeze(struct bpf_case *c, struct reader *in, struct writer *out)
{
	union bpf_attr attr = { 0 };

	attr.map_fd = map_at(c, in)->fd;
	put_u32(out, result_of(bpf(BPF_MAP_FREEZE, &attr)));
}

static uint32_t program_id(int fd)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = { 0 };

	attr.info.bpf_fd = fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	return fd >= 0 && bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0 ? info.id : 0;
}

/** The number of the program in a slot, as this case counts its programs. */
static void put_slot(struct bpf_case *c, struct map *map, uint32_t index, struct writer *out)
{
	uint32_t id = 0;

	if (element_command(BPF_MAP_LOOKUP_ELEM, map->fd, &index, &id, 0) == 0)
		for (uint32_t i = 0; i < c->program_count; i++)
			if (program_id(c->programs[i]) == id) {
				put_u32(out, i);
				return;
			}
	put_u32(out, NONE);
}

/** All of a hash map: the number of its entries, then keys and values. */
static void dump_hash(struct map *map, struct writer *out)
{
	uint8_t *key = malloc(map->key_size + 8);
	uint8_t *value = malloc(map->value_size + 8);
	size_t place = out->used;
	uint32_t count = 0;

	put_u32(out, 0);
	for (const void *from = NULL; element_command(BPF_MAP_GET_NEXT_KEY, map->fd, from, key, 0) == 0; from = key) {
		if (element_command(BPF_MAP_LOOKUP_ELEM, map->fd, key, value, 0) != 0)
			break;
		put_bytes(out, key, map->key_size);
		put_bytes(out, value, map->value_size);
		count++;
	}
	set_u32(out, place, count);
	free(key);
	free(value);
}

static void dump_array(struct map *map, struct writer *out)
{
	uint8_t *value = calloc(1, map->value_size + 8);

	put_u32(out, map->max_entries);
	for (uint32_t i = 0; i < map->max_entries; i++) {
		element_command(BPF_MAP_LOOKUP_ELEM, map->fd, &i, value, 0);
		put_bytes(out, value, map->value_size);
	}
	free(value);
}

/** Everything that a map holds: array values by index, hash entries, or programs by slot. */
void map_dump(struct bpf_case *c, struct reader *in, struct writer *out)
{
	struct map *map = map_at(c, in);

	if (in->bad)
		return;
	put_u32(out, 0);
	if (map->type == BPF_MAP_TYPE_HASH) {
		dump_hash(map, out);
	} else if (map->type == BPF_MAP_TYPE_PROG_ARRAY) {
		put_u32(out, map->max_entries);
		for (uint32_t i = 0; i < map->max_entries; i++)
			put_slot(c, map, i, out);
	} else {
		dump_array(map, out);
	}
}
