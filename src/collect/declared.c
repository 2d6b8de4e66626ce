/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What collectors declared: the question the reader asks before it opens anything. The rule kept
 * here: a path that no pattern allows is not opened. Patterns lie sorted by their first components,
 * so that a path is held against a few of them and not against all.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "collect/collectors.h"
#include "source/range.h"

/* What is read through the source besides the collectors' paths: the operator's own files, which
 * gvnp_catalogue_tailor() reads. */
static const char *const catalogue_paths[] = {
	"/etc/gvnp-audit",
	"/etc/gvnp-audit/tailoring.d",
	"/etc/gvnp-audit/tailoring.d/*",
	"/etc/gvnp-audit/checks.d",
	"/etc/gvnp-audit/checks.d/*",
	"/etc/gvnp-audit/declaration.yaml",
	NULL,
};

/* What a pattern is for, by what it begins with. */
enum kind { PLAIN, STAT, HEAD, RANGE, SECCOMP, N_KINDS };

static const char *const prefixes[N_KINDS] = { "", "stat:", "head:", "range:", "seccomp:" };

struct rule {
	struct gvnp_slice key; /* the pattern's first components, as far as they have no `*` */
	const char *pattern;   /* without its prefix */
	enum kind kind;
};

enum { KEY_COMPONENTS = 2 };

static struct rule *rules; /* sorted by key */
static size_t n_rules;

/* Up to `most` components of a path, or of a pattern before its first `*`. */
static struct gvnp_slice first_components(const char *path, int most, bool is_pattern)
{
	size_t size = 0;

	for (int i = 0; i < most && path[size] == '/'; i++) {
		size_t next = size + 1 + strcspn(path + size + 1, is_pattern ? "/*" : "/");

		if (is_pattern && path[next] == '*')
			break;
		size = next;
	}
	return (struct gvnp_slice){ path, size };
}

static int compare_keys(struct gvnp_slice one, struct gvnp_slice other)
{
	if (one.size != other.size)
		return one.size < other.size ? -1 : 1;
	return one.size ? memcmp(one.text, other.text, one.size) : 0;
}

static int by_key(const void *a, const void *b)
{
	const struct rule *one = a, *other = b;

	return compare_keys(one->key, other->key);
}

static void add_rules(const char *const *patterns)
{
	for (size_t i = 0; patterns[i]; i++) {
		enum kind kind = PLAIN;

		for (enum kind k = STAT; k < N_KINDS; k++)
			if (gvnp_text_starts(patterns[i], prefixes[k]))
				kind = k;
		const char *pattern = patterns[i] + strlen(prefixes[kind]);
		if (pattern[0] != '/') /* "system", "libvirt" */
			continue;
		rules = gvnp_grow(rules, n_rules);
		rules[n_rules++] = (struct rule){ first_components(pattern, KEY_COMPONENTS, true),
						  pattern, kind };
	}
}

static void sort_rules(void)
{
	for (size_t i = 0; gvnp_collectors[i]; i++)
		add_rules(gvnp_collectors[i]->paths);
	add_rules(catalogue_paths);
	qsort(rules, n_rules, sizeof *rules, by_key);
}

/* The first rule with that key or one behind it. */
static size_t find_key(struct gvnp_slice key)
{
	size_t low = 0, high = n_rules;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_keys(rules[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* So that of rules with the same key those come first that are wanted often. */
static void move_forward(size_t i)
{
	struct rule rule = rules[i];

	if (!i || compare_keys(rules[i - 1].key, rule.key))
		return;
	rules[i] = rules[i - 1];
	rules[i - 1] = rule;
}

/* A rule of one of these kinds (bits) allows the path. */
static bool is_allowed(unsigned kinds, const char *path)
{
	if (!rules)
		sort_rules();
	for (int n = 0; n <= KEY_COMPONENTS; n++) {
		struct gvnp_slice key = first_components(path, n, false);

		for (size_t i = find_key(key); i < n_rules && !compare_keys(rules[i].key, key); i++)
			if (kinds & 1U << rules[i].kind &&
			    gvnp_text_matches(rules[i].pattern, path)) {
				move_forward(i);
				return true;
			}
	}
	return false;
}

/* A `*` must not be talked into another directory: only plain paths are declared. "head:" and
 * "range:" patterns, and no others, are for parts of files. */
static bool declares_range(const char *text)
{
	struct gvnp_range range;
	unsigned kinds = 0;

	if (!gvnp_range_parse(text, &range) || !gvnp_text_is_plain_path(range.path))
		return false;
	if (!range.offset && gvnp_range_is_head(&range))
		kinds |= 1U << HEAD;
	if (gvnp_range_is_of_program(&range))
		kinds |= 1U << RANGE;
	return kinds && is_allowed(kinds, range.path);
}

static bool is_named(const char *name)
{
	for (size_t i = 0; gvnp_collectors[i]; i++)
		for (size_t k = 0; gvnp_collectors[i]->paths[k]; k++)
			if (!strcmp(gvnp_collectors[i]->paths[k], name))
				return true;
	return false;
}

bool gvnp_collect_declares(enum gvnp_operation operation, const char *path)
{
	if (operation == GVNP_LIBVIRT)
		return is_named("libvirt");
	if (operation == GVNP_SYSTEM)
		return is_named("system");
	if (operation == GVNP_RANGE)
		return declares_range(path);
	if (!gvnp_text_is_plain_path(path))
		return false;
	if (operation == GVNP_SECCOMP)
		return is_allowed(1U << SECCOMP, path);
	return is_allowed(1U << PLAIN | (operation == GVNP_STAT ? 1U << STAT : 0), path);
}
