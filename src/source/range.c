/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges as text, and the few marks by which the reader knows a disk image; see range.h for the
 * rule. The marks are those QEMU's own probes look for (block/qcow2.c, block/vmdk.c, …). */
#include "source/range.h"

#include <string.h>

#include "base/text.h"

/* Written the one way printf("%llu") writes it. */
static bool parse_number(struct gvnp_slice text, uint64_t *ret)
{
	if (text.size > 1 && text.text[0] == '0')
		return false;
	return gvnp_slice_unsigned(text, 10, ret);
}

bool gvnp_range_parse(const char *text, struct gvnp_range *ret)
{
	struct gvnp_slice offset, size, rest = gvnp_slice(text);
	struct gvnp_range range;
	uint64_t wanted;

	if (!gvnp_slice_split(rest, '+', &offset, &rest) ||
	    !gvnp_slice_split(rest, ':', &size, &rest) || !parse_number(offset, &range.offset) ||
	    !parse_number(size, &wanted))
		return false;
	if (!wanted || wanted > GVNP_RANGE_LIMIT || range.offset > INT64_MAX - wanted ||
	    !gvnp_slice_starts(rest, "/"))
		return false;
	range.size = (size_t)wanted;
	range.path = rest.text;
	*ret = range;
	return true;
}

bool gvnp_range_is_of_program(const struct gvnp_range *range)
{
	return gvnp_text_starts(range->path, "/usr/") || gvnp_text_starts(range->path, "/opt/");
}

bool gvnp_range_is_head(const struct gvnp_range *range)
{
	return range->offset <= GVNP_RANGE_HEAD &&
	       range->size <= GVNP_RANGE_HEAD - (size_t)range->offset;
}

const char *gvnp_range_image_format(const char *bytes, size_t size)
{
	static const struct {
		const char *format;
		size_t offset;
		const char *mark;
		size_t size;
	} marks[] = {
		{ "qcow2", 0, "QFI\xfb", 4 }, /* or qcow: the version that follows tells */
		{ "qed", 0, "QED\0", 4 },
		{ "vmdk", 0, "KDMV", 4 },
		{ "vmdk", 0, "COWD", 4 },
		{ "vmdk", 0, "# Disk DescriptorFile", 21 },
		{ "vdi", 0x40, "\x7f\x10\xda\xbe", 4 },
		{ "vhdx", 0, "vhdxfile", 8 },
		{ "vpc", 0, "conectix", 8 },
		{ "parallels", 0, "WithoutFreeSpace", 16 },
		{ "parallels", 0, "WithouFreSpacExt", 16 },
		{ "luks", 0, "LUKS\xba\xbe", 6 },
	};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (size >= marks[i].offset + marks[i].size &&
		    !memcmp(bytes + marks[i].offset, marks[i].mark, marks[i].size))
			return marks[i].format;
	return NULL;
}
