/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of disk images: data/images/ holds the first bytes of what qemu-img 7.2 makes. */
#include <fcntl.h>

#include "source/image_head.h"
#include "fake_host.h"
#include "source/range.h"
#include "source/redact_image.h"
#include "source/redact_names.h"

enum { LIMIT = 640 };

static struct gvnp_slice load(const char *name, char bytes[LIMIT])
{
	_cleanup_free_ char *path = gvnp_format(GVNP_TEST_DATA "/images/%s", name);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, bytes, LIMIT);

	assert_true(size > 0);
	return (struct gvnp_slice){ bytes, (size_t)size };
}

/* "format encryption backing (backing format) data: data file", or the problem. */
static char *describe(struct gvnp_slice bytes)
{
	struct gvnp_image_head head;

	gvnp_image_head_decode(bytes, &head);
	if (head.problem)
		return gvnp_format("%s: %s", head.format, head.problem);
	return gvnp_format("%s %s %.*s (%.*s) data: %.*s", head.format, head.encryption,
			   (int)head.backing.size, head.backing.text, (int)head.backing_format.size,
			   head.backing_format.text, (int)head.data_file.size, head.data_file.text);
}

#define assert_head(bytes, expected)                                                               \
	do {                                                                                       \
		_cleanup_free_ char *head_ = describe(bytes);                                      \
		assert_string_equal(head_, expected);                                              \
	} while (0)

static void heads_that_qemu_img_wrote_are_understood(void **state)
{
	static const struct {
		const char *file, *expected;
	} heads[] = {
		{ "overlay.qcow2", "qcow2 none base.raw (raw) data: " },
		{ "two.qcow2", "qcow2 none base.raw (raw) data: " },
		{ "loop.qcow2", "qcow2 none loop.qcow2 (qcow2) data: " },
		{ "split.qcow2", "qcow2 none  () data: data.raw" },
		{ "aes.qcow2", "qcow2 aes  () data: " },
		{ "luks.qcow2", "qcow2 luks  () data: " },
		{ "old.qed", "qed none base.raw (raw) data: " },
		{ "old.qcow", "qcow none base.raw () data: " },
		{ "plain.luks", "luks luks  () data: " },
		{ "disk.vdi", "vdi none  () data: " },
		{ "disk.vhdx", "vhdx none  () data: " },
		{ "disk.vpc", "vpc none  () data: " },
		{ "disk.hdd", "parallels none  () data: " },
		{ "disk.vmdk", "vmdk: the files that a VMDK descriptor names are not followed" },
	};
	char bytes[LIMIT];

	(void)state;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		assert_head(load(heads[i].file, bytes), heads[i].expected);
}

static void a_file_without_a_mark_is_a_raw_image(void **state)
{
	static const char mbr[512] = { '\xeb', '\x63', '\x90' };

	(void)state;
	assert_head(((struct gvnp_slice){ mbr, sizeof mbr }), "raw none  () data: ");
	assert_head(gvnp_slice(""), "raw none  () data: ");
	assert_head(gvnp_slice("root:$y$j9T$abc:19000:0:99999:7:::\n"), "raw none  () data: ");
}

static void no_head_cut_off_anywhere_is_taken_for_a_whole_one(void **state)
{
	static const char *const files[] = { "overlay.qcow2", "two.qcow2", "split.qcow2", "old.qed",
					     "old.qcow" };
	char bytes[LIMIT];

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct gvnp_slice whole = load(files[i], bytes);

		for (size_t size = 4; size < whole.size; size++) {
			/* of its own size, so that a sanitizer sees a read beyond it */
			_cleanup_free_ char *cut = gvnp_allocate(size);
			struct gvnp_image_head head;

			memcpy(cut, bytes, size);
			gvnp_image_head_decode((struct gvnp_slice){ cut, size }, &head);
			/* it names what the whole one names, or says that it does not know */
			if (!head.problem && !head.data_file.size)
				assert_true(gvnp_slice_is(head.backing, "base.raw"));
		}
	}
}

static void a_header_that_points_beyond_itself_is_a_problem(void **state)
{
	char bytes[LIMIT];
	struct gvnp_slice head = load("overlay.qcow2", bytes);

	(void)state;
	memcpy(bytes + 8, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	assert_head(head, "qcow2: the name of its backing file lies beyond what was read of it");
	head = load("overlay.qcow2", bytes);
	memcpy(bytes + 16, "\x7f\xff\xff\xff", 4);
	assert_head(head, "qcow2: the name of its backing file lies beyond what was read of it");
	head = load("overlay.qcow2", bytes);
	memcpy(bytes + 100, "\xff\xff\xff\xf8", 4);
	assert_head(head, "qcow2: the length of its header cannot be right");
	head = load("overlay.qcow2", bytes);
	memcpy(bytes + 100, "\0\0\0\x08", 4);
	assert_head(head, "qcow2: the length of its header cannot be right");
	head = load("overlay.qcow2", bytes);
	memcpy(bytes + 112 + 4, "\xff\xff\xff\xff", 4); /* behind a header of 112 */
	assert_head(head, "qcow2: an extension of its header lies beyond what was read of it");
	head = load("overlay.qcow2", bytes);
	bytes[7] = 9;
	assert_head(head, "qcow2: its version is none that is known");
	head = load("split.qcow2", bytes);
	memset(bytes + 104, 0, LIMIT - 104); /* the bit stays, the name goes */
	assert_head(head, "qcow2: it keeps its data in another file and does not say which");
}

static void names_of_images_become_paths_as_qemu_makes_them(void **state)
{
	static const struct {
		const char *image, *name, *expected;
	} names[] = {
		{ "/i/top.qcow2", "base.raw", "/i/base.raw" },
		{ "/i/top.qcow2", "/b/base.raw", "/b/base.raw" },
		{ "/i/top.qcow2", "./x//base.raw", "/i/x/base.raw" },
		{ "/i/top.qcow2", "../../../../etc/shadow", "/etc/shadow" },
		{ "/i/top.qcow2", "/a/../b/./c/", "/b/c" },
		{ "/i/top.qcow2", "file:/etc/shadow", "/etc/shadow" },
		{ "/i/top.qcow2", "file:base", "/i/base" },
		{ "/i/top.qcow2", "host_device:/dev/sda", "/dev/sda" },
		{ "/i/top.qcow2", "dir/a:b", "/i/dir/a:b" },
		{ "/top.qcow2", "..", "/" },
		{ "/i/top.qcow2", "nbd://10.0.0.1/x", NULL },
		{ "/i/top.qcow2", "json:{\"driver\":\"file\",\"filename\":\"/etc/shadow\"}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		_cleanup_free_ char *path =
			gvnp_image_path(names[i].image, gvnp_slice(names[i].name));

		if (names[i].expected)
			assert_string_equal(path, names[i].expected);
		else
			assert_null(path);
	}
}

static void a_range_is_spelt_in_one_way_only(void **state)
{
	static const char *const wrong[] = {
		"",
		"/etc/shadow",
		"0+0:/x",
		"00+1:/x",
		"0+01:/x",
		"+1:/x",
		"0+1:x",
		"0+1/x",
		"-1+1:/x",
		"0x1+1:/x",
		"0+262145:/x",
		"9223372036854775807+1:/x",
		"99999999999999999999+1:/x",
	};
	struct gvnp_range range;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(gvnp_range_parse(wrong[i], &range));
	assert_true(gvnp_range_parse("4096+262144:/usr/bin/a:b+c", &range));
	assert_int_equal(range.offset, 4096);
	assert_int_equal(range.size, GVNP_RANGE_LIMIT);
	assert_string_equal(range.path, "/usr/bin/a:b+c");
}

static void only_heads_and_programs_are_declared(void **state)
{
	(void)state;
	assert_true(gvnp_collect_declares(GVNP_RANGE, "0+4096:/srv/a.qcow2"));
	assert_true(gvnp_collect_declares(GVNP_RANGE, "0+65536:/srv/a.qcow2"));
	assert_false(gvnp_collect_declares(GVNP_RANGE, "0+65537:/srv/a.qcow2"));
	assert_false(gvnp_collect_declares(GVNP_RANGE, "1+16:/srv/a.qcow2"));
	assert_false(gvnp_collect_declares(GVNP_RANGE, "0+16:/srv/../etc/shadow"));
	assert_false(gvnp_collect_declares(GVNP_RANGE, "8192+16:/usr/../etc/shadow"));
	assert_false(gvnp_collect_declares(GVNP_READ, "/srv/a.qcow2"));
	assert_false(gvnp_collect_declares(GVNP_READ, "0+4096:/srv/a.qcow2"));
}

static void a_redacted_head_says_the_same_without_the_names(void **state)
{
	struct gvnp_redact_names *names = gvnp_redact_names_new(false);
	static const char *const files[] = { "overlay.qcow2", "two.qcow2", "loop.qcow2",
					     "split.qcow2",   "old.qed",   "old.qcow",
					     "luks.qcow2",    "disk.vmdk", "disk.vdi" };
	char bytes[LIMIT];

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		_cleanup_buffer_ struct gvnp_buffer out = { 0 };
		_cleanup_free_ char *path = gvnp_format("0+4096:/srv/vms/%s", files[i]);
		struct gvnp_request request = { GVNP_RANGE, path };
		struct gvnp_slice whole = load(files[i], bytes);
		struct gvnp_image_head before, after;

		memcpy(bytes + LIMIT - 8, "secret!", 8); /* what a guest wrote behind it */
		char *name = memmem(bytes, LIMIT - 16, "base.raw", 8);
		if (name)
			memcpy(name, "upf7.raw", 8);
		gvnp_redact_learn_image(names, &request, whole);
		gvnp_redact_image(names, &request, whole, &out);
		assert_null(memmem(out.data, out.size, "secret", 6));
		gvnp_image_head_decode(whole, &before);
		gvnp_image_head_decode((struct gvnp_slice){ out.data, out.size }, &after);
		assert_string_equal(after.format, before.format);
		assert_int_equal(!after.problem, !before.problem);
		assert_true(before.problem || !strcmp(after.encryption, before.encryption));
		assert_true(gvnp_text_same(after.backing_format.text, before.backing_format.text,
					   after.backing_format.size));
		assert_int_equal(!after.backing.size, !before.backing.size);
		assert_int_equal(!after.data_file.size, !before.data_file.size);
		assert_null(memmem(after.backing.text, after.backing.size, "upf7", 4));
		assert_int_equal(!gvnp_slice_is(before.backing, "upf7.raw"), !name);
	}
	gvnp_redact_names_free(names);
}

/* ---- the collector */

#define IMAGES "/var/lib/libvirt/images"

static struct fake_file file(const char *path, struct gvnp_slice bytes, uint64_t inode)
{
	return (struct fake_file){ .operation = GVNP_RANGE,
				   .path = path,
				   .data = bytes.text,
				   .size = bytes.size,
				   .type = GVNP_TYPE_REGULAR,
				   .major = 8,
				   .minor = 1,
				   .mode = 0600,
				   .uid = 64055,
				   .inode = inode };
}

static void add_disk(struct fake_host *host, const char *domain, const char *path,
		     const char *format)
{
	if (!host->facts) {
		host->facts = gvnp_facts_new();
		gvnp_facts_collected(host->facts, "domain_disk_layer");
	}
	gvnp_insert(host->facts, "domain_disk", gvnp_text("domain", domain),
		    gvnp_text("target", "vda"), gvnp_text("device", "disk"),
		    gvnp_text("bus", "virtio"), gvnp_text("type", "file"),
		    gvnp_text("source", path), gvnp_text("protocol", ""), gvnp_text("host", ""),
		    gvnp_text("format", format), gvnp_text("cache", ""), gvnp_text("io", ""),
		    gvnp_text("discard", ""), gvnp_text("error_policy", ""),
		    gvnp_integer("is_readonly", 0), gvnp_integer("is_shareable", 0),
		    gvnp_integer("is_rawio", 0), gvnp_text("sgio", ""), gvnp_text("encryption", ""),
		    gvnp_text("tls", ""), gvnp_text("relabel", ""));
	gvnp_insert(host->facts, "domain_disk_layer", gvnp_text("domain", domain),
		    gvnp_text("target", "vda"), gvnp_integer("depth", 0), gvnp_text("path", path),
		    gvnp_text("format", format), gvnp_text("identity", ""), gvnp_integer("mode", 0),
		    gvnp_integer("uid", 0), gvnp_integer("gid", 0));
}

static void a_chain_is_followed_by_its_headers(void **state)
{
	char overlay[LIMIT];
	struct fake_file files[] = {
		file("0+4096:" IMAGES "/a.qcow2", load("overlay.qcow2", overlay), 11),
		file("0+4096:" IMAGES "/base.raw", gvnp_slice(""), 10),
		{ .operation = GVNP_STAT,
		  .path = IMAGES,
		  .mode = 0711,
		  .type = GVNP_TYPE_DIRECTORY },
	};
	FAKE_HOST(host, files);

	(void)state;
	add_disk(&host, "a", IMAGES "/a.qcow2", "qcow2");
	fake_collect(&host, &gvnp_collector_disk_image);
	assert_rows(&host,
		    "SELECT depth, path, is_written, assumed_format, type, identity, format, "
		    "backing, encryption, folder_mode FROM domain_disk_image ORDER BY depth",
		    "0|" IMAGES "/a.qcow2|1|qcow2|file|fs:8:1:11|qcow2|base.raw|none|457\n"
		    "1|" IMAGES "/base.raw|0|raw|file|fs:8:1:10|raw||none|457\n");
	assert_rows(&host, "SELECT * FROM hole", "");
	assert_true(gvnp_facts_is_collected(host.facts, "domain_disk_image"));
}

static void an_image_behind_itself_is_a_hole_of_its_vm(void **state)
{
	char loop[LIMIT];
	struct fake_file files[] = {
		file("0+4096:" IMAGES "/loop.qcow2", load("loop.qcow2", loop), 11),
		{ .operation = GVNP_STAT,
		  .path = IMAGES,
		  .mode = 0711,
		  .type = GVNP_TYPE_DIRECTORY },
	};
	FAKE_HOST(host, files);

	(void)state;
	add_disk(&host, "a", IMAGES "/loop.qcow2", "qcow2");
	fake_collect(&host, &gvnp_collector_disk_image);
	assert_rows(&host, "SELECT object, problem FROM hole",
		    "a|vda: the chain of its images comes back to " IMAGES "/loop.qcow2\n");
	assert_rows(&host, "SELECT count(*) FROM domain_disk_image", "1\n");
}

static void a_data_file_and_a_remote_backing_file_are_rows(void **state)
{
	char split[LIMIT], remote[LIMIT];
	struct gvnp_slice head = load("overlay.qcow2", remote);
	struct fake_file files[] = {
		file("0+4096:" IMAGES "/split.qcow2", load("split.qcow2", split), 11),
		file("0+4096:" IMAGES "/data.raw", gvnp_slice(""), 12),
		file("0+4096:" IMAGES "/remote.qcow2", head, 13),
		{ .operation = GVNP_STAT,
		  .path = IMAGES,
		  .mode = 0711,
		  .type = GVNP_TYPE_DIRECTORY },
	};
	FAKE_HOST(host, files);

	(void)state;
	memcpy(remote + 0x210, "nbd://h/", 8); /* where "base.raw" stood */
	add_disk(&host, "a", IMAGES "/split.qcow2", "qcow2");
	add_disk(&host, "b", IMAGES "/remote.qcow2", "qcow2");
	fake_collect(&host, &gvnp_collector_disk_image);
	assert_rows(&host,
		    "SELECT domain, depth, path, is_data, is_written, assumed_format, type, format "
		    "FROM domain_disk_image ORDER BY domain, depth",
		    "a|0|" IMAGES "/split.qcow2|0|1|qcow2|file|qcow2\n"
		    "a|1|" IMAGES "/data.raw|1|1|raw|file|raw\n"
		    "b|0|" IMAGES "/remote.qcow2|0|1|qcow2|file|qcow2\n"
		    "b|1|nbd://h/|0|0|raw|remote|\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void devices_and_absent_images_are_no_holes_but_closed_ones_are(void **state)
{
	struct fake_file files[] = {
		{ .operation = GVNP_RANGE, .path = "0+4096:/dev/vg/a", .error = EINVAL },
		{ .operation = GVNP_RANGE, .path = "0+4096:" IMAGES "/closed", .error = EACCES },
		{ .operation = GVNP_STAT,
		  .path = IMAGES,
		  .mode = 0711,
		  .type = GVNP_TYPE_DIRECTORY },
	};
	FAKE_HOST(host, files);

	(void)state;
	add_disk(&host, "b", IMAGES "/gone", "raw");
	add_disk(&host, "c", IMAGES "/closed", "raw");
	fake_collect(&host, &gvnp_collector_disk_image);
	assert_rows(&host,
		    "SELECT domain, type, identity, format, backing FROM domain_disk_image "
		    "ORDER BY domain",
		    "b|absent|||\nc|NULL|NULL|NULL|NULL\n");
	assert_rows(&host, "SELECT DISTINCT object, problem FROM hole",
		    "c|" IMAGES "/closed: Permission denied\n");
	assert_rows(&host, "SELECT count(*) FROM hole WHERE column_name IN ('type', 'format')",
		    "2\n");
}

/* Whoever reads only the rows would take the chain for complete. */
static void behind_a_header_that_is_not_known_there_may_be_more(void **state)
{
	char torn[LIMIT];
	struct gvnp_slice head = load("overlay.qcow2", torn);
	struct fake_file files[] = {
		file("0+4096:" IMAGES "/torn", (struct gvnp_slice){ head.text, 60 }, 11),
		{ .operation = GVNP_RANGE, .path = "0+4096:" IMAGES "/closed", .error = EACCES },
		{ .operation = GVNP_RANGE,
		  .path = "0+4096:/dev/vg/a",
		  .type = GVNP_TYPE_BLOCK,
		  .error = EINVAL },
		{ .operation = GVNP_RANGE,
		  .path = "0+4096:/dev/vg/raw",
		  .type = GVNP_TYPE_BLOCK,
		  .error = EINVAL },
		{ .operation = GVNP_STAT,
		  .path = IMAGES,
		  .mode = 0711,
		  .type = GVNP_TYPE_DIRECTORY },
		{ .operation = GVNP_STAT,
		  .path = "/dev/vg",
		  .mode = 0755,
		  .type = GVNP_TYPE_DIRECTORY },
	};
	FAKE_HOST(host, files);

	(void)state;
	add_disk(&host, "a", IMAGES "/torn", "qcow2");
	add_disk(&host, "b", IMAGES "/closed", "qcow2");
	add_disk(&host, "c", "/dev/vg/a", "qcow2");
	add_disk(&host, "d", IMAGES "/gone", "qcow2");
	add_disk(&host, "e", "/dev/vg/raw", "raw");
	fake_collect(&host, &gvnp_collector_disk_image);
	assert_rows(&host, "SELECT object, problem FROM hole WHERE column_name = '' ORDER BY 1",
		    "a|" IMAGES "/torn: its header is not known, so what stands behind it is not "
		    "either\n"
		    "b|" IMAGES "/closed: its header is not known, so what stands behind it is "
		    "not either\n"
		    "c|/dev/vg/a: its header is not known, so what stands behind it is not "
		    "either\n");
}

static void what_is_not_known_of_the_disks_is_not_known_of_their_images(void **state)
{
	static const struct fake_file files[] = { THERE("/none") };
	FAKE_HOST(host, files);
	FAKE_HOST(other, files);

	(void)state;
	host.facts = gvnp_facts_new();
	gvnp_facts_hole(host.facts, "domain_disk_layer", "", "u1", "it went away");
	gvnp_facts_collected(host.facts, "domain_disk_layer");
	fake_collect(&host, &gvnp_collector_disk_image);
	assert_rows(&host, "SELECT object, problem FROM hole WHERE table_name LIKE '%image'",
		    "u1|it went away\n");
	other.facts = gvnp_facts_new();
	gvnp_facts_hole(other.facts, "domain_disk_layer", "", "", "libvirt is away");
	fake_collect(&other, &gvnp_collector_disk_image);
	assert_rows(&other, "SELECT object, problem FROM hole WHERE table_name LIKE '%image'",
		    "|libvirt is away\n");
	assert_false(gvnp_facts_is_collected(other.facts, "domain_disk_image"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_that_qemu_img_wrote_are_understood),
		cmocka_unit_test(a_file_without_a_mark_is_a_raw_image),
		cmocka_unit_test(no_head_cut_off_anywhere_is_taken_for_a_whole_one),
		cmocka_unit_test(a_header_that_points_beyond_itself_is_a_problem),
		cmocka_unit_test(names_of_images_become_paths_as_qemu_makes_them),
		cmocka_unit_test(a_range_is_spelt_in_one_way_only),
		cmocka_unit_test(only_heads_and_programs_are_declared),
		cmocka_unit_test(a_redacted_head_says_the_same_without_the_names),
		cmocka_unit_test(a_chain_is_followed_by_its_headers),
		cmocka_unit_test(an_image_behind_itself_is_a_hole_of_its_vm),
		cmocka_unit_test(a_data_file_and_a_remote_backing_file_are_rows),
		cmocka_unit_test(devices_and_absent_images_are_no_holes_but_closed_ones_are),
		cmocka_unit_test(behind_a_header_that_is_not_known_there_may_be_more),
		cmocka_unit_test(what_is_not_known_of_the_disks_is_not_known_of_their_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
