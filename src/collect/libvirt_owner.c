/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libvirt's side of "whose process is this". Its pid files lie in the state directory of the QEMU
 * driver, NAME.pid (qemuProcessStart); driver.pid there is the daemon's own lock.
 */
#include "collect/libvirt_owner.h"

#include <stdlib.h>
#include <strings.h>

#include "base/memory.h"
#include "collect/collect.h"

#define STATE_DIRECTORY "/run/libvirt/qemu"

static void add_domain(struct gvnp_libvirt_owners *owners, struct gvnp_slice uuid,
		       struct gvnp_slice name)
{
	owners->domains = gvnp_grow(owners->domains, owners->n);
	owners->domains[owners->n++] = (struct gvnp_active_domain){ .uuid = gvnp_slice_copy(uuid),
								    .name = gvnp_slice_copy(name) };
}

void gvnp_libvirt_owners_parse(struct gvnp_slice bytes, struct gvnp_libvirt_owners *ret)
{
	enum { UUID, ID, STATE, PERSISTENT, AUTOSTART, MANAGED_SAVE, N };
	struct gvnp_slice line, words[N];

	while (gvnp_slice_next(&bytes, '\n', &line)) {
		bool is_complete = true;
		int64_t id;

		for (size_t i = 0; i < N && is_complete; i++)
			is_complete = gvnp_slice_split(line, ' ', &words[i], &line);
		if (is_complete && gvnp_slice_integer(words[ID], &id) && id >= 0)
			add_domain(ret, words[UUID], line);
	}
}

static int by_name(const void *a, const void *b)
{
	const struct gvnp_active_domain *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static int by_uuid(const void *a, const void *b)
{
	const struct gvnp_active_domain *left = a, *right = b;

	return strcasecmp(left->uuid, right->uuid);
}

static int by_pid(const void *a, const void *b)
{
	const struct gvnp_active_domain *const *left = a, *const *right = b;

	return ((*left)->pid > (*right)->pid) - ((*left)->pid < (*right)->pid);
}

/* A pid file of no active domain counts only while libvirt cannot say which are active: otherwise
 * it was left behind. */
static struct gvnp_active_domain *domain_of(struct gvnp_libvirt_owners *owners, char *name)
{
	struct gvnp_active_domain wanted = { .name = name };

	if (owners->has_domains)
		return owners->n ? bsearch(&wanted, owners->domains, owners->n,
					   sizeof *owners->domains, by_name)
				 : NULL;
	if (!strcmp(name, "driver"))
		return NULL;
	add_domain(owners, (struct gvnp_slice){ "", 0 }, gvnp_slice(name));
	return &owners->domains[owners->n - 1];
}

static void read_pid_files(struct gvnp_source *source, const struct gvnp_answer *directory,
			   struct gvnp_libvirt_owners *ret)
{
	static const char suffix[] = ".pid";
	_cleanup_batch_ struct gvnp_batch batch = { 0 };

	for (size_t i = 0; i < directory->n_entries; i++)
		if (gvnp_text_ends(directory->entries[i].name, suffix))
			gvnp_batch_add(&batch, GVNP_READ, STATE_DIRECTORY "/%s",
				       directory->entries[i].name);
	if (!batch.n)
		return;
	gvnp_batch_ask(&batch, source);
	for (size_t i = 0; i < batch.n; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&batch, i);
		const char *file = gvnp_text_base_name(gvnp_batch_path(&batch, i));
		_cleanup_free_ char *name =
			gvnp_duplicate_sized(file, strlen(file) - (sizeof suffix - 1));
		struct gvnp_active_domain *domain = domain_of(ret, name);

		if (!domain)
			continue;
		domain->modified = answer->modified;
		if (gvnp_collect_integer(answer, &domain->pid) || gvnp_collect_is_absent(answer) ||
		    ret->pid_problem)
			continue;
		ret->pid_problem = gvnp_format("%s: %s", gvnp_batch_path(&batch, i),
					       gvnp_source_error_name(answer->error));
	}
}

static void index_domains(struct gvnp_libvirt_owners *owners)
{
	if (!owners->n)
		return;
	qsort(owners->domains, owners->n, sizeof *owners->domains, by_uuid);
	owners->by_pid = gvnp_allocate_array(owners->n, sizeof(struct gvnp_active_domain *));
	for (size_t i = 0; i < owners->n; i++)
		owners->by_pid[i] = &owners->domains[i];
	qsort(owners->by_pid, owners->n, sizeof(struct gvnp_active_domain *), by_pid);
}

struct gvnp_active_domain *gvnp_libvirt_owners_by_pid(const struct gvnp_libvirt_owners *owners,
						      int64_t pid)
{
	struct gvnp_active_domain wanted = { .pid = pid }, *key = &wanted, **found;

	if (!owners->n)
		return NULL;
	found = bsearch(&key, owners->by_pid, owners->n, sizeof(struct gvnp_active_domain *),
			by_pid);
	return found ? *found : NULL;
}

struct gvnp_active_domain *gvnp_libvirt_owners_by_uuid(const struct gvnp_libvirt_owners *owners,
						       struct gvnp_slice uuid)
{
	_cleanup_free_ char *text = gvnp_slice_copy(uuid);
	struct gvnp_active_domain wanted = { .uuid = text };

	return owners->n ? bsearch(&wanted, owners->domains, owners->n, sizeof *owners->domains,
				   by_uuid)
			 : NULL;
}

void gvnp_libvirt_owners_read(struct gvnp_source *source, struct gvnp_libvirt_owners *ret)
{
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	size_t domains = gvnp_batch_add(&batch, GVNP_LIBVIRT, "domains");
	size_t type = gvnp_batch_add(&batch, GVNP_LIBVIRT, "type");
	size_t directory = gvnp_batch_add(&batch, GVNP_LIST, STATE_DIRECTORY);
	const struct gvnp_answer *answer;

	*ret = (struct gvnp_libvirt_owners){ 0 };
	gvnp_batch_ask(&batch, source);
	answer = gvnp_batch_answer(&batch, domains);
	if (!answer->error)
		answer = gvnp_batch_answer(&batch, type);
	ret->has_domains = !answer->error;
	if (answer->error)
		ret->problem = gvnp_format(
			"libvirt: %s", answer->problem[0] ? answer->problem
							  : gvnp_source_error_name(answer->error));
	/* The domains of another driver (test, LXC) are no QEMU processes. */
	else if (gvnp_slice_is(gvnp_collect_trimmed(answer), "QEMU"))
		gvnp_libvirt_owners_parse(gvnp_collect_bytes(gvnp_batch_answer(&batch, domains)),
					  ret);
	if (ret->n)
		qsort(ret->domains, ret->n, sizeof *ret->domains, by_name);
	answer = gvnp_batch_answer(&batch, directory);
	if (!answer->error)
		read_pid_files(source, answer, ret);
	else if (!gvnp_collect_is_absent(answer))
		ret->pid_problem =
			gvnp_format(STATE_DIRECTORY ": %s", gvnp_source_error_name(answer->error));
	index_domains(ret);
}

void gvnp_libvirt_owners_done(struct gvnp_libvirt_owners *owners)
{
	for (size_t i = 0; i < owners->n; i++) {
		free(owners->domains[i].uuid);
		free(owners->domains[i].name);
	}
	free(owners->domains);
	free(owners->by_pid);
	free(owners->problem);
	free(owners->pid_problem);
	*owners = (struct gvnp_libvirt_owners){ 0 };
}
