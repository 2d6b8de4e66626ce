/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Build options of the running kernel that checks name, from the first place that has them:
 * /proc/config.gz, /boot/config-RELEASE, /lib/modules/RELEASE/config. The rule kept here: an option
 * is absent only when a whole configuration was read and does not mention it.
 */
#include "collect/collectors.h"

#include <zlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "collect/collect.h"

enum { MOST_CONFIGURATION = 16 * 1024 * 1024 }; /* a distribution's is about 300 KiB */

/* Decompresses, bounded. False, with a reason, when it is not one whole gzip member. */
static bool decompress(struct gvnp_slice packed, struct gvnp_buffer *ret, const char **ret_problem)
{
	z_stream stream = { .next_in = (unsigned char *)(uintptr_t)packed.text,
			    .avail_in = (unsigned)packed.size };
	char chunk[32 * 1024];
	int result;

	*ret_problem = "not a gzip file";
	if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
		return false;
	do {
		stream.next_out = (unsigned char *)chunk;
		stream.avail_out = sizeof chunk;
		result = inflate(&stream, Z_NO_FLUSH);
		gvnp_buffer_append(ret, chunk, sizeof chunk - stream.avail_out);
	} while (result == Z_OK && ret->size <= MOST_CONFIGURATION);
	inflateEnd(&stream);
	if (result == Z_OK)
		*ret_problem = "larger than the limit once decompressed";
	else if (result == Z_BUF_ERROR)
		*ret_problem = "cut off";
	return result == Z_STREAM_END;
}

/* The index of the option among the names that were asked for, which are sorted. */
static bool find_name(const struct gvnp_names *names, struct gvnp_slice option, size_t *ret)
{
	size_t low = 0, high = names->n_kernel_config;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *name = names->kernel_config[middle];
		size_t size = strlen(name);
		int order = memcmp(name, option.text, size < option.size ? size : option.size);

		if (!order && size == option.size) {
			*ret = middle;
			return true;
		}
		if (order < 0 || (!order && size < option.size))
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* CONFIG_A=value, or "# CONFIG_A is not set". */
static bool decode_line(struct gvnp_slice line, struct gvnp_slice *ret_name,
			struct gvnp_slice *ret_value)
{
	static const char suffix[] = " is not set";
	size_t tail = strlen(suffix);

	line = gvnp_slice_trim(line);
	if (gvnp_slice_starts(line, "CONFIG_"))
		return gvnp_slice_split(line, '=', ret_name, ret_value);
	if (!gvnp_slice_starts(line, "# CONFIG_") || line.size < tail + 2 ||
	    memcmp(line.text + line.size - tail, suffix, tail))
		return false;
	*ret_name = (struct gvnp_slice){ line.text + 2, line.size - 2 - tail };
	*ret_value = gvnp_slice("n");
	return true;
}

/* Without the quotes of a text, and with its escapes undone (Documentation/kbuild: \" and \\). */
static char *plain_value(struct gvnp_slice value)
{
	char *text = gvnp_slice_copy(value), *to = text;

	if (value.size < 2 || text[0] != '"' || text[value.size - 1] != '"')
		return text;
	text[value.size - 1] = '\0';
	for (const char *from = text + 1; *from; from++) {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return text;
}

static void decode(const struct gvnp_collection *collection, struct gvnp_slice rest)
{
	const struct gvnp_names *names = collection->names;
	_cleanup_free_ char **values = gvnp_allocate_array(names->n_kernel_config, sizeof *values);
	struct gvnp_slice line, name, value;
	size_t i;

	while (gvnp_slice_next(&rest, '\n', &line)) {
		if (!decode_line(line, &name, &value) || !find_name(names, name, &i))
			continue;
		free(values[i]); /* the last assignment wins */
		values[i] = plain_value(value);
	}
	for (i = 0; i < names->n_kernel_config; i++) {
		if (values[i])
			gvnp_insert(collection->facts, "kernel_config",
				    gvnp_text("name", names->kernel_config[i]),
				    gvnp_text("value", values[i]));
		free(values[i]);
	}
	gvnp_facts_collected(collection->facts, "kernel_config");
}

/* The second line of "uname": the release. Empty when it could not be had or is no plain name. */
static struct gvnp_slice release_of(const struct gvnp_answer *answer)
{
	struct gvnp_slice rest = gvnp_collect_bytes(answer), line;

	/* Each takes a line. NOLINTNEXTLINE(misc-redundant-expression) */
	if (!gvnp_slice_next(&rest, '\n', &line) || !gvnp_slice_next(&rest, '\n', &line) ||
	    memchr(line.text, '/', line.size))
		return (struct gvnp_slice){ "", 0 };
	return line;
}

/* Asks for the files of the release. True when one of them was decoded. */
static bool collect_of_release(const struct gvnp_collection *collection, struct gvnp_slice release)
{
	static const char *const formats[] = { "/boot/config-", "/lib/modules/" };
	static const char *const tails[] = { "", "/config" };
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	for (size_t i = 0; i < 2; i++)
		gvnp_batch_add(&batch, GVNP_READ, "%s%.*s%s", formats[i], (int)release.size,
			       release.text, tails[i]);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < batch.n; i++)
		if (gvnp_collect_is_present(gvnp_batch_answer(&batch, i))) {
			decode(collection, gvnp_collect_bytes(gvnp_batch_answer(&batch, i)));
			return true;
		}
	for (size_t i = 0; i < batch.n; i++)
		gvnp_batch_hole(&batch, i, collection->facts, "kernel_config", "", "");
	return false;
}

static void collect(const struct gvnp_collection *collection)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	const char *problem;

	if (!collection->names->n_kernel_config)
		return gvnp_facts_collected(collection->facts, "kernel_config");
	size_t packed = gvnp_batch_add(&batch, GVNP_READ, "/proc/config.gz");
	size_t uname = gvnp_batch_add(&batch, GVNP_SYSTEM, "uname");
	gvnp_batch_ask(&batch, collection->source);
	if (gvnp_collect_is_present(gvnp_batch_answer(&batch, packed))) {
		if (decompress(gvnp_collect_bytes(gvnp_batch_answer(&batch, packed)), &text,
			       &problem))
			return decode(collection,
				      (struct gvnp_slice){ gvnp_buffer_text(&text), text.size });
		gvnp_facts_hole(collection->facts, "kernel_config", "", "", "/proc/config.gz: %s",
				problem);
		return;
	}
	struct gvnp_slice release = release_of(gvnp_batch_answer(&batch, uname));
	if (!release.size)
		return gvnp_batch_hole(&batch, uname, collection->facts, "kernel_config", "", "");
	if (!collect_of_release(collection, release))
		gvnp_batch_hole(&batch, packed, collection->facts, "kernel_config", "", "");
}

const struct gvnp_collector gvnp_collector_kernel_config = {
	.name = "kernel_config",
	.about = "build options of the running kernel that a check names",
	.paths = (const char *const[]){ "/proc/config.gz", "/boot/config-*",
					"/lib/modules/*/config", "system", NULL },
	.tables = (const char *const[]){ "kernel_config", NULL },
	.privileges =
		(const struct gvnp_privilege[]){
			{ "kernel_config",
			  "nothing; /boot/config-* of mode 0600 needs CAP_DAC_READ_SEARCH" },
			{ NULL, NULL } },
	.collect = collect,
};
