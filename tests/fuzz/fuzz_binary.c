/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is not text: certificates and lists of revoked ones, variables of the firmware, its tables,
 * the log of the TPM, disk images, programs, netlink. Whatever sizes they claim, nothing outside
 * the bytes is given back.
 */
#include "target.h"

#include <stdlib.h>
#include <string.h>

#include "base/audit_rule.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/netlink.h"
#include "collect/certificate.h"
#include "collect/elf.h"
#include "collect/ovsdb.h"
#include "source/image_head.h"
#include "source/range.h"

static void expect_within(struct gvnp_slice part, struct gvnp_slice whole)
{
	FUZZ_EXPECT(!part.size ||
		    (part.text >= whole.text && part.text + part.size <= whole.text + whole.size));
}

void fuzz_certificate(const char *bytes, size_t size)
{
	struct gvnp_slice der = { bytes, size }, rest = der;
	_cleanup_(gvnp_certificate_done) struct gvnp_certificate certificate = { 0 };
	_cleanup_(gvnp_revocations_done) struct gvnp_revocations revocations = { 0 };
	_cleanup_buffer_ struct gvnp_buffer decoded = { 0 };

	gvnp_certificate_decode(der, &certificate);
	gvnp_revocations_decode(der, &revocations);
	gvnp_pem_has_key(der);
	while (gvnp_pem_next(&rest, "CERTIFICATE", &decoded) > 0)
		FUZZ_EXPECT(decoded.size <= size);
}

void fuzz_image_head(const char *bytes, size_t size)
{
	struct gvnp_slice head = { bytes, size };
	struct gvnp_image_head image;

	gvnp_image_head_decode(head, &image);
	FUZZ_EXPECT(image.format && *image.format);
	gvnp_range_image_format(bytes, size);
	if (image.problem)
		return;
	expect_within(image.backing, head);
	/* which may be a word of ours */
	FUZZ_EXPECT(!image.backing_format.size || image.backing_format.text);
	expect_within(image.data_file, head);
	free(gvnp_image_path("/var/lib/libvirt/images/a.qcow2", image.backing));
}

/* The parts of a program, each found by what the one before claims; one that is not all there ends
 * it, as a file that was cut off would. */
void fuzz_elf(const char *bytes, size_t size)
{
	struct gvnp_slice file = { bytes, size };
	struct gvnp_elf elf = { 0 }, loose = { .names = { 0, size } };

	gvnp_elf_read_dynamic(file, &loose);
	loose.names = (struct gvnp_elf_part){ 0, size };
	gvnp_elf_read_names(file, &loose);
	if (gvnp_elf_read_head(file, &elf))
		return;
	FUZZ_EXPECT(elf.n_segments <= GVNP_ELF_SEGMENTS);
	if (elf.dynamic.offset > size || elf.dynamic.size > size - elf.dynamic.offset)
		return;
	struct gvnp_slice part = { bytes + elf.dynamic.offset, elf.dynamic.size };
	if (gvnp_elf_read_dynamic(part, &elf) || elf.names.offset > size ||
	    elf.names.size > size - elf.names.offset)
		return;
	part = (struct gvnp_slice){ bytes + elf.names.offset, elf.names.size };
	if (!gvnp_elf_read_names(part, &elf))
		expect_within(elf.run_path_text, part);
}

void fuzz_ovsdb(const char *bytes, size_t size)
{
	_cleanup_(gvnp_ovsdb_freep) struct gvnp_ovsdb *database = NULL;
	struct gvnp_ovsdb_cursor cursor = { 0 };
	struct gvnp_ovsdb_row row, other;
	const char *problem = NULL;
	size_t position = 0;

	if (gvnp_ovsdb_parse((struct gvnp_slice){ bytes, size }, &database, &problem)) {
		FUZZ_EXPECT(problem && *problem);
		return;
	}
	while (gvnp_ovsdb_next(database, "Bridge", &cursor, &row)) {
		free(gvnp_ovsdb_text(&row, "name"));
		gvnp_ovsdb_value(&row, "other_config", "mac-table-size");
		for (position = 0;
		     gvnp_ovsdb_follow(database, &row, "ports", "Port", &position, &other);)
			free(gvnp_ovsdb_text(&other, "tag"));
	}
}

void fuzz_netlink(const char *bytes, size_t size)
{
	struct gvnp_slice whole = { bytes, size }, rest = whole, inner;
	struct gvnp_netlink_message message;
	struct gvnp_netlink_attribute attribute;
	struct gvnp_audit_rule rule;
	uint32_t number;

	while (gvnp_netlink_next(&rest, &message)) {
		expect_within(message.body, whole);
		inner = gvnp_netlink_behind(message.body, 16);
		gvnp_netlink_text(gvnp_netlink_find(inner, 3));
		while (gvnp_netlink_attribute_next(&inner, &attribute)) {
			expect_within(attribute.value, message.body);
			gvnp_netlink_number(attribute.value, 0, 0);
		}
	}
	if (!gvnp_audit_rule_parse(whole, &rule))
		return;
	for (uint32_t field = 0; field < 256; field++) {
		expect_within(gvnp_audit_rule_text(&rule, field), whole);
		gvnp_audit_rule_value(&rule, field, &number);
	}
}
