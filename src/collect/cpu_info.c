/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding /proc/cpuinfo of x86 and arm64. arm64 prints its identification register in parts
 * (arch/arm64/kernel/cpuinfo.c): the part number is taken for the model, and variant and revision,
 * "rNpM", for the stepping, N in the upper and M in the lower four bits.
 */
#include "collect/cpu_info.h"

static int64_t number(struct gvnp_slice value)
{
	uint64_t result;

	if (gvnp_slice_starts(value, "0x")) {
		value.text += 2, value.size -= 2;
		return gvnp_slice_unsigned(value, 16, &result) && result <= INT64_MAX
			       ? (int64_t)result
			       : 0;
	}
	return gvnp_slice_unsigned(value, 10, &result) && result <= INT64_MAX ? (int64_t)result : 0;
}

static void decode_text(struct gvnp_slice key, struct gvnp_slice value, struct gvnp_cpu_info *info)
{
	if (gvnp_slice_is(key, "vendor_id") || gvnp_slice_is(key, "CPU implementer"))
		info->vendor = value;
	else if (gvnp_slice_is(key, "model name"))
		info->model_name = value;
	else if (gvnp_slice_is(key, "microcode"))
		info->microcode = value;
	else if (gvnp_slice_is(key, "flags") || gvnp_slice_is(key, "Features"))
		info->flags = value;
	else if (gvnp_slice_is(key, "bugs"))
		info->bugs = value;
}

static void decode_number(struct gvnp_slice key, struct gvnp_slice value,
			  struct gvnp_cpu_info *info)
{
	if (gvnp_slice_is(key, "processor"))
		info->cpu = number(value);
	else if (gvnp_slice_is(key, "cpu family") || gvnp_slice_is(key, "CPU architecture"))
		info->family = number(value);
	else if (gvnp_slice_is(key, "model") || gvnp_slice_is(key, "CPU part"))
		info->model = number(value);
	else if (gvnp_slice_is(key, "stepping"))
		info->stepping = number(value);
	else if (gvnp_slice_is(key, "CPU variant"))
		info->stepping |= (number(value) & 0xf) << 4;
	else if (gvnp_slice_is(key, "CPU revision"))
		info->stepping |= number(value) & 0xf;
}

bool gvnp_cpu_info_next(struct gvnp_slice *rest, struct gvnp_cpu_info *ret)
{
	struct gvnp_cpu_info info = { .cpu = -1 };
	struct gvnp_slice line, key, value;

	while (gvnp_slice_next(rest, '\n', &line)) {
		line = gvnp_slice_trim(line);
		if (line.size && gvnp_slice_split(line, ':', &key, &value)) {
			key = gvnp_slice_trim(key);
			value = gvnp_slice_trim(value);
			decode_text(key, value, &info);
			decode_number(key, value, &info);
		}
		if (line.size && rest->size)
			continue;
		if (info.cpu >= 0) {
			*ret = info;
			return true;
		}
		info = (struct gvnp_cpu_info){ .cpu = -1 };
	}
	return false;
}

bool gvnp_cpu_info_has_word(struct gvnp_slice words, const char *word)
{
	struct gvnp_slice each;

	while (gvnp_slice_word(&words, &each))
		if (gvnp_slice_is(each, word))
			return true;
	return false;
}
