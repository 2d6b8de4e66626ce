/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people write in YAML: the reader itself, checks (loaded, linted and run on their examples),
 * requirements and threats, tailoring, declarations.
 */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "evaluate/load.h"
#include "evaluate/tailor.h"
#include "facts/store.h"
#include "gvnp/evaluate.h"

enum { NOW = 1774915200 };

static void expect_words(const struct gvnp_problems *problems)
{
	for (size_t i = 0; i < problems->n; i++)
		FUZZ_EXPECT(*problems->problems[i].text && problems->problems[i].line >= 0);
}

static void expect_same(const struct gvnp_yaml_node *one, const struct gvnp_yaml_node *other)
{
	FUZZ_EXPECT(one->kind == other->kind && one->n == other->n && one->line == other->line);
	FUZZ_EXPECT(one->is_plain == other->is_plain && one->is_block == other->is_block);
	FUZZ_EXPECT(!one->text == !other->text && (!one->text || !strcmp(one->text, other->text)));
	for (size_t i = 0; i < one->n; i++) {
		if (one->kind == GVNP_YAML_MAPPING)
			expect_same(one->keys[i], other->keys[i]);
		expect_same(one->items[i], other->items[i]);
	}
}

/* Up to the line of the stop key, which the other reader may read beyond. */
static size_t size_before(const char *bytes, size_t size, const char *stop_line)
{
	struct gvnp_slice rest = { bytes, size }, line;

	while (gvnp_slice_next(&rest, '\n', &line))
		if (gvnp_slice_starts(line, stop_line))
			return (size_t)(line.text - bytes);
	return size;
}

/* What the plain reader answers for, libyaml reads, and reads the same. */
static void expect_agreement(const char *bytes, size_t size, const char *stop_key,
			     const char *stop_line)
{
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	_cleanup_(gvnp_pool_done) struct gvnp_pool pool = { 0 };
	_cleanup_buffer_ struct gvnp_buffer before = { 0 };
	struct gvnp_yaml_node *plain, *whole;

	if (!gvnp_yaml_parse_plain(bytes, size, stop_key, &pool, &plain))
		return;
	if (stop_key) {
		gvnp_buffer_append(&before, bytes, size_before(bytes, size, stop_line));
		gvnp_buffer_append_text(&before, stop_line);
	} else {
		gvnp_buffer_append(&before, bytes, size);
	}
	FUZZ_EXPECT(!gvnp_yaml_parse_whole(before.data, before.size, "f", stop_key, &pool,
					   &problems, &whole));
	expect_same(plain, whole);
}

void fuzz_yaml(const char *bytes, size_t size)
{
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	_cleanup_(gvnp_pool_done) struct gvnp_pool pool = { 0 };
	struct gvnp_yaml_node *top;

	bool is_good = !gvnp_yaml_parse(bytes, size, "f", NULL, &pool, &problems, &top);
	FUZZ_EXPECT(is_good == !problems.n);
	expect_words(&problems);
	expect_agreement(bytes, size, NULL, NULL);
	expect_agreement(bytes, size, "examples", "examples:");
}

/* A folder of checks with nothing but its knowledge, made once; the file of the one check. */
static const char *folder_of_check(char **ret_folder)
{
	static char folder[] = "/dev/shm/gvnp-fuzz-XXXXXX";
	static char *file;

	*ret_folder = folder;
	if (file)
		return file;
	FUZZ_EXPECT(mkdtemp(folder));
	_cleanup_free_ char *area = gvnp_format("%s/isolation", folder);
	FUZZ_EXPECT(!mkdir(area, 0700));
	file = gvnp_format("%s/isolation-fuzz.yaml", area);
	return file;
}

static void remove_folder(void)
{
	char *folder;
	const char *file = folder_of_check(&folder);
	_cleanup_free_ char *area = gvnp_format("%s/isolation", folder);

	unlink(file);
	rmdir(area);
	rmdir(folder);
}

void fuzz_check(const char *bytes, size_t size)
{
	static bool is_made;
	char *folder;
	const char *file = folder_of_check(&folder);
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	size_t n_checks, n_examples;

	if (!is_made)
		atexit(remove_folder);
	is_made = true;
	FILE *out = fopen(file, "w");
	FUZZ_EXPECT(out && fwrite(bytes, 1, size, out) == size && !fclose(out));
	gvnp_lint((const char *[]){ file, NULL }, &problems, &n_checks, &n_examples);
	expect_words(&problems);
}

static void free_catalogue(struct gvnp_catalogue **catalogue)
{
	gvnp_catalogue_free(*catalogue);
}

/* A catalogue with one check of a few parameters. */
static struct gvnp_catalogue *one_check(void)
{
	static const char text[] =
		"title: A\nseverity: medium\nclaim: direct\nrequirement: []\nthreat: []\n"
		"parameters: {most: 3, word: x}\nquery: SELECT 1\nrationale: r\nremediation: r\n";
	struct gvnp_catalogue *catalogue = gvnp_catalogue_new();
	struct gvnp_problems problems = { 0 };
	const enum gvnp_area area = GVNP_ESCAPE;
	struct gvnp_yaml_node *top;

	FUZZ_EXPECT(!gvnp_yaml_parse(text, strlen(text), "escape/escape-a.yaml", "examples",
				     gvnp_catalogue_pool(catalogue), &problems, &top));
	gvnp_load_check(catalogue, top, "escape/escape-a.yaml", &area, &problems);
	gvnp_catalogue_finish(catalogue, &problems);
	FUZZ_EXPECT(!problems.n);
	return catalogue;
}

static struct gvnp_yaml_node *parse(struct gvnp_catalogue *catalogue, const char *bytes,
				    size_t size, struct gvnp_problems *problems)
{
	struct gvnp_yaml_node *top;

	if (gvnp_yaml_parse(bytes, size, "f", NULL, gvnp_catalogue_pool(catalogue), problems, &top))
		return NULL;
	return top;
}

/* True when the query reads what only a collector could have filled. */
static bool reads_facts(const struct gvnp_result *result)
{
	for (const char *const *table = result->tables; table && *table; table++)
		if (strcmp(*table, "hole") && strcmp(*table, "observation"))
			return true;
	return false;
}

/* A check as a run loads and judges it, on a host of which nothing was collected: whatever its
 * query says, it does not pass. */
void fuzz_check_run(const char *bytes, size_t size)
{
	_cleanup_(free_catalogue) struct gvnp_catalogue *catalogue = gvnp_catalogue_new();
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	const enum gvnp_area area = GVNP_ISOLATION;
	struct gvnp_facts *facts = fuzz_facts();
	struct gvnp_yaml_node *top;

	if (gvnp_yaml_parse(bytes, size, "f", "examples", gvnp_catalogue_pool(catalogue), &problems,
			    &top))
		return;
	gvnp_load_check(catalogue, top, "isolation/isolation-a.yaml", &area, &problems);
	gvnp_catalogue_finish(catalogue, &problems);
	expect_words(&problems);
	gvnp_functions_register(facts, &catalogue->names);
	struct gvnp_results *results = gvnp_evaluate(facts, catalogue);
	for (size_t i = 0; i < results->n; i++)
		FUZZ_EXPECT(!reads_facts(&results->results[i]) ||
			    results->results[i].verdict > GVNP_PASS);
	gvnp_results_free(results);
	gvnp_functions_register(facts, &fuzz_catalogue()->names);
}

void fuzz_knowledge(const char *bytes, size_t size)
{
	_cleanup_(free_catalogue) struct gvnp_catalogue *catalogue = gvnp_catalogue_new();
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	const struct gvnp_yaml_node *top = parse(catalogue, bytes, size, &problems);

	if (top) {
		gvnp_load_requirements(catalogue, top, "requirements.yaml", &problems);
		gvnp_load_threats(catalogue, top, "threats.yaml", &problems);
		gvnp_load_check(catalogue, top, "site-a.yaml", NULL, &problems);
		gvnp_catalogue_finish(catalogue, &problems);
		gvnp_load_resolve(catalogue, &problems);
	}
	expect_words(&problems);
}

void fuzz_tailoring(const char *bytes, size_t size)
{
	_cleanup_(free_catalogue) struct gvnp_catalogue *catalogue = one_check();
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	const struct gvnp_yaml_node *top = parse(catalogue, bytes, size, &problems);

	if (top)
		gvnp_tailor_apply(catalogue, top, "10-site.yaml", NOW, &problems);
	expect_words(&problems);
	for (size_t i = 0; !problems.n && i < catalogue->n_waivers; i++)
		FUZZ_EXPECT(*catalogue->waivers[i].reason && *catalogue->waivers[i].approved_by);
	/* raised, never lowered */
	FUZZ_EXPECT(catalogue->checks[0].severity >= GVNP_MEDIUM);
}

void fuzz_declaration(const char *bytes, size_t size)
{
	_cleanup_(free_catalogue) struct gvnp_catalogue *catalogue = gvnp_catalogue_new();
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	const struct gvnp_yaml_node *top = parse(catalogue, bytes, size, &problems);

	if (top)
		gvnp_tailor_declare(catalogue, top, "declaration.yaml", fuzz_facts(), &problems);
	expect_words(&problems);
}
