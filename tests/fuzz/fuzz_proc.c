/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc says in text that is not a table of its own kind: each decoder gets the same bytes. */
#include "target.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "collect/device_policy.h"
#include "collect/kernel_argument.h"
#include "collect/libvirt_daemon.h"
#include "collect/proc_decode.h"
#include "collect/qemu_memory.h"
#include "facts/store.h"

static bool is_within(struct gvnp_slice part, struct gvnp_slice whole)
{
	return !part.size ||
	       (part.text >= whole.text && part.text + part.size <= whole.text + whole.size);
}

static void lists(struct gvnp_slice whole)
{
	struct gvnp_slice rest = whole;
	struct gvnp_kernel_argument argument;
	struct gvnp_proc_cgroup cgroup;
	struct gvnp_mapping mapping;

	while (gvnp_kernel_argument_next(&rest, &argument))
		FUZZ_EXPECT(is_within(argument.name, whole) && is_within(argument.value, whole));
	for (rest = whole; gvnp_proc_cgroup_next(&rest, &cgroup);) {
		size_t sizes[GVNP_DEVICE_POLICY_DEPTH];
		size_t n = gvnp_device_policy_directories(cgroup.path, sizes);

		FUZZ_EXPECT(n <= GVNP_DEVICE_POLICY_DEPTH);
		for (size_t i = 0; i < n; i++)
			FUZZ_EXPECT(sizes[i] <= cgroup.path.size);
	}
	for (rest = whole; gvnp_mapping_next(&rest, &mapping);)
		FUZZ_EXPECT(is_within(mapping.path, whole));
}

void fuzz_proc(const char *bytes, size_t size)
{
	struct gvnp_slice whole = { bytes, size }, label, mode;
	struct gvnp_libvirt_daemon_arguments arguments;
	struct gvnp_proc_status status;
	struct gvnp_proc_stat stat;
	int64_t number;

	if (gvnp_proc_stat_parse(whole, &stat))
		FUZZ_EXPECT(is_within(stat.name, whole));
	if (gvnp_proc_status_parse(whole, &status)) {
		FUZZ_EXPECT(is_within(status.name, whole) && is_within(status.cpus, whole));
		gvnp_proc_worst_id(status.uid);
	}
	gvnp_proc_boot_time(whole, &number);
	gvnp_proc_core_limit(whole, &number);
	gvnp_proc_label_split(whole, &label, &mode);
	FUZZ_EXPECT(is_within(label, whole) && is_within(mode, whole));
	gvnp_libvirt_daemon_parse(whole, &arguments);
	FUZZ_EXPECT(is_within(arguments.config, whole));
	lists(whole);
}
