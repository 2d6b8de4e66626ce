/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What /proc prints about a process, decoded. Every byte of these files may have been chosen by the
 * process itself (its name, its paths), so nothing is trusted to be where a polite program puts it.
 */
#include "collect/proc_decode.h"

/* Fields of stat after the name, counted from the state (field 3 of proc(5)). */
enum { PARENT = 1, FLAGS = 6, THREADS = 17, START = 19, N_FIELDS = 20 };

bool gvnp_proc_stat_parse(struct gvnp_slice bytes, struct gvnp_proc_stat *ret)
{
	struct gvnp_proc_stat stat = { 0 };
	struct gvnp_slice fields[N_FIELDS], rest;
	const char *open, *close;

	/* The name may hold parentheses and blanks itself; what follows it never does. */
	open = bytes.size ? memchr(bytes.text, '(', bytes.size) : NULL;
	close = open ? memrchr(open, ')', bytes.size - (size_t)(open - bytes.text)) : NULL;
	if (!close)
		return false;
	stat.name = (struct gvnp_slice){ open + 1, (size_t)(close - open - 1) };
	rest = (struct gvnp_slice){ close + 1, bytes.size - (size_t)(close + 1 - bytes.text) };
	for (size_t i = 0; i < N_FIELDS; i++)
		if (!gvnp_slice_word(&rest, &fields[i]))
			return false;
	if (fields[0].size != 1 || !gvnp_slice_integer(fields[PARENT], &stat.parent) ||
	    !gvnp_slice_unsigned(fields[FLAGS], 10, &stat.flags) ||
	    !gvnp_slice_integer(fields[THREADS], &stat.threads) ||
	    !gvnp_slice_unsigned(fields[START], 10, &stat.start))
		return false;
	stat.state = fields[0].text[0];
	*ret = stat;
	return true;
}

static bool parse_ids(struct gvnp_slice value, uint64_t ids[4])
{
	struct gvnp_slice word;

	for (size_t i = 0; i < 4; i++)
		if (!gvnp_slice_word(&value, &word) || !gvnp_slice_unsigned(word, 10, &ids[i]))
			return false;
	return true;
}

static bool parse_capabilities(struct gvnp_slice value, bool *has, struct gvnp_slice *ret)
{
	uint64_t bits;

	if (!gvnp_slice_unsigned(value, 16, &bits))
		return false;
	*has |= bits != 0;
	*ret = value;
	return true;
}

/* Which of the lines that must be there have been seen. */
enum {
	SEEN_UID = 1,
	SEEN_GID = 2,
	SEEN_INHERITABLE = 4,
	SEEN_PERMITTED = 8,
	SEEN_EFFECTIVE = 16,
	SEEN_ALL = 31,
};

static bool is_small(struct gvnp_slice value, uint64_t maximum, uint64_t *ret)
{
	return gvnp_slice_unsigned(value, 10, ret) && *ret <= maximum;
}

/* Lines newer kernels added; a value out of range leaves "does not say". */
static void parse_optional(struct gvnp_slice key, struct gvnp_slice value,
			   struct gvnp_proc_status *status)
{
	uint64_t number;

	if (gvnp_slice_is(key, "Name"))
		status->name = value;
	else if (gvnp_slice_is(key, "Groups"))
		status->groups = value;
	else if (gvnp_slice_is(key, "Cpus_allowed_list"))
		status->cpus = value;
	else if (gvnp_slice_is(key, "CapAmb"))
		parse_capabilities(value, &status->has_capabilities, &status->ambient);
	else if (gvnp_slice_is(key, "NoNewPrivs") && is_small(value, 1, &number))
		status->no_new_privileges = (int)number;
	else if (gvnp_slice_is(key, "Seccomp") && is_small(value, 2, &number))
		status->seccomp = (int)number;
	else if (gvnp_slice_is(key, "Seccomp_filters") && is_small(value, INT32_MAX, &number))
		status->seccomp_filters = (int64_t)number;
}

static unsigned parse_required(struct gvnp_slice key, struct gvnp_slice value,
			       struct gvnp_proc_status *status)
{
	bool *has = &status->has_capabilities;

	if (gvnp_slice_is(key, "Uid"))
		return parse_ids(value, status->uid) ? SEEN_UID : 0;
	if (gvnp_slice_is(key, "Gid"))
		return parse_ids(value, status->gid) ? SEEN_GID : 0;
	if (gvnp_slice_is(key, "CapInh"))
		return parse_capabilities(value, has, &status->inheritable) ? SEEN_INHERITABLE : 0;
	if (gvnp_slice_is(key, "CapPrm"))
		return parse_capabilities(value, has, &status->permitted) ? SEEN_PERMITTED : 0;
	if (gvnp_slice_is(key, "CapEff"))
		return parse_capabilities(value, has, &status->effective) ? SEEN_EFFECTIVE : 0;
	return 0;
}

bool gvnp_proc_status_parse(struct gvnp_slice bytes, struct gvnp_proc_status *ret)
{
	struct gvnp_proc_status status = { .name = { "", 0 },
					   .groups = { "", 0 },
					   .ambient = { "0000000000000000", 16 },
					   .no_new_privileges = -1,
					   .seccomp_filters = -1,
					   .cpus = { "", 0 } };
	struct gvnp_slice line, key, value;
	unsigned seen = 0;

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		if (!gvnp_slice_split(line, ':', &key, &value))
			continue;
		value = gvnp_slice_trim(value);
		seen |= parse_required(key, value, &status);
		parse_optional(key, value, &status);
	}
	if (seen != SEEN_ALL)
		return false;
	*ret = status;
	return true;
}

uint64_t gvnp_proc_worst_id(const uint64_t ids[4])
{
	for (size_t i = 0; i < 4; i++)
		if (!ids[i])
			return 0;
	return ids[0];
}

bool gvnp_proc_boot_time(struct gvnp_slice bytes, int64_t *ret)
{
	struct gvnp_slice line, key, value;

	while (gvnp_slice_next(&bytes, '\n', &line))
		if (gvnp_slice_split(line, ' ', &key, &value) && gvnp_slice_is(key, "btime"))
			return gvnp_slice_integer(gvnp_slice_trim(value), ret);
	return false;
}

bool gvnp_proc_core_limit(struct gvnp_slice bytes, int64_t *ret)
{
	static const char name[] = "Max core file size";
	struct gvnp_slice line, soft;

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		if (!gvnp_slice_starts(line, name))
			continue;
		line.text += sizeof name - 1;
		line.size -= sizeof name - 1;
		if (!gvnp_slice_word(&line, &soft))
			return false;
		if (!gvnp_slice_is(soft, "unlimited"))
			return gvnp_slice_integer(soft, ret);
		*ret = -1;
		return true;
	}
	return false;
}

void gvnp_proc_label_split(struct gvnp_slice bytes, struct gvnp_slice *ret_label,
			   struct gvnp_slice *ret_mode)
{
	const char *open;

	/* SELinux ends its label with a NUL, AppArmor with a newline. */
	while (bytes.size && (!bytes.text[bytes.size - 1] || bytes.text[bytes.size - 1] == '\n'))
		bytes.size--;
	*ret_label = bytes;
	*ret_mode = (struct gvnp_slice){ "", 0 };
	if (bytes.size < 4 || bytes.text[bytes.size - 1] != ')')
		return;
	open = memrchr(bytes.text, '(', bytes.size);
	if (!open || open < bytes.text + 2 || open[-1] != ' ')
		return;
	*ret_label = (struct gvnp_slice){ bytes.text, (size_t)(open - 1 - bytes.text) };
	*ret_mode =
		(struct gvnp_slice){ open + 1, bytes.size - (size_t)(open + 1 - bytes.text) - 1 };
}

bool gvnp_proc_cgroup_next(struct gvnp_slice *rest, struct gvnp_proc_cgroup *ret)
{
	struct gvnp_slice line, number, after;
	uint64_t hierarchy;

	while (gvnp_slice_next(rest, '\n', &line))
		if (gvnp_slice_split(line, ':', &number, &after) &&
		    gvnp_slice_unsigned(number, 10, &hierarchy) &&
		    gvnp_slice_split(after, ':', &ret->controllers, &ret->path))
			return true;
	return false;
}
