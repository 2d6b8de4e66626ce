/* SPDX-License-Identifier: Apache-2.0 */
/* Literals are cut out of a document beside libyaml: what comes out must be what libyaml says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <yaml.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "evaluate/yaml.h"
#include "evaluate/yaml_literals.h"
#include "gvnp/check.h"

static void append_scalar(struct gvnp_buffer *out, size_t line, const char *text)
{
	gvnp_buffer_append_format(out, "%zu<%s>", line, text);
}

/* Every scalar with its line, as libyaml alone reads the document. */
static char *by_libyaml(const char *text)
{
	struct gvnp_buffer out = { 0 };
	yaml_parser_t parser;
	bool is_over = false;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
	while (!is_over) {
		yaml_event_t event;

		assert_true(yaml_parser_parse(&parser, &event));
		is_over = event.type == YAML_STREAM_END_EVENT;
		if (event.type == YAML_SCALAR_EVENT)
			append_scalar(&out, event.start_mark.line + 1,
				      (const char *)event.data.scalar.value);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return gvnp_buffer_take(&out);
}

static void append_node(struct gvnp_buffer *out, const struct gvnp_yaml_node *node)
{
	if (node->kind == GVNP_YAML_SCALAR)
		append_scalar(out, (size_t)node->line, node->text);
	for (size_t i = 0; i < node->n; i++) {
		if (node->kind == GVNP_YAML_MAPPING)
			append_node(out, node->keys[i]);
		append_node(out, node->items[i]);
	}
}

static char *by_us(const char *text, const char *stop_key)
{
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	struct gvnp_pool pool = { 0 };
	struct gvnp_buffer out = { 0 };
	struct gvnp_yaml_node *top;

	if (gvnp_yaml_parse(text, strlen(text), "f", stop_key, &pool, &problems, &top))
		gvnp_buffer_append_format(&out, "%d: %s", problems.problems[0].line,
					  problems.problems[0].text);
	else
		append_node(&out, top);
	gvnp_pool_done(&pool);
	return gvnp_buffer_take(&out);
}

static size_t n_cut(const char *text)
{
	struct gvnp_yaml_literals literals;
	struct gvnp_pool pool = { 0 };
	bool is_certain = gvnp_yaml_literals_cut(text, strlen(text), NULL, &pool, &literals);
	size_t n = is_certain ? literals.n : 0;

	gvnp_yaml_literals_done(&literals);
	gvnp_pool_done(&pool);
	return n;
}

/* As libyaml reads it, and with so many literals cut (0: read whole). */
#define assert_as_libyaml(text, n)                                                                 \
	do {                                                                                       \
		_cleanup_free_ char *theirs_ = by_libyaml(text), *ours_ = by_us(text, NULL);       \
		assert_string_equal(ours_, theirs_);                                               \
		assert_int_equal(n_cut(text), n);                                                  \
	} while (0)

static void a_literal_is_cut_as_libyaml_would(void **state)
{
	(void)state;
	assert_as_libyaml("a: |\n  one\n  two\nb: 3\n", 1);
	assert_as_libyaml("a: |\n  one\n    deeper\n\n  two\n\n\nb: 3\n", 1);
	assert_as_libyaml("x:\n  a: |\n    one: two\n    # no comment\n  b: |\n    3\ny: 4\n", 2);
	assert_as_libyaml("l:\n  - b: 1\n    c: |\n      text\n", 1);
	assert_as_libyaml("a: |\n  \xe2\x80\xa6 \xf0\x9f\x98\x80 \xc3\xa9\n", 1);
	assert_as_libyaml("a: |\n  b: |\n    text of a, all of it\nc: d\n", 1);
	assert_as_libyaml("a: |\n  one\n# a comment\nb: 2\n", 1);
	assert_as_libyaml("a: [x,\n  y]\nb: |\n  one\n", 1);
}

static void what_is_not_certain_is_read_whole(void **state)
{
	(void)state;
	assert_as_libyaml("a: |\n    four\n    spaces\nb: 1\n", 0);
	assert_as_libyaml("a: |\n\n  begins empty\nb: 1\n", 0);
	assert_as_libyaml("a: |\n  one\n  \n  spaces alone\n", 0);
	assert_as_libyaml("a: |\n  no end of line", 0);
	assert_as_libyaml("a: |\n  tab\there\n", 0);
	assert_as_libyaml("a: |\n  next\xc2\x85  line\n", 0);
	assert_as_libyaml("a: |\n  separated\xe2\x80\xa8  line\n", 0);
	assert_as_libyaml("a: |\n  carriage\r\n  return\n", 0);
	assert_as_libyaml("a: |\nb: 1\n", 0);
	assert_as_libyaml("a: |-\n  stripped\nb: >\n  folded\n  text\n", 0);
}

static void a_line_that_only_looks_like_a_literal_changes_nothing(void **state)
{
	(void)state;
	assert_as_libyaml("a: \"quoted\n\n  b: |\n    still quoted\n  end\"\nc: 1\n", 1);
	assert_as_libyaml("a: >\n  folded\n  b: |\n    still folded\nc: 1\n", 1);
	assert_as_libyaml("a: |-\n  text\n  b: |\n    still text\nc: 1\n", 1);
}

static void nothing_is_read_from_the_stop_key_on(void **state)
{
	_cleanup_free_ char *text = by_us("a: |\n  one\nstop:\n  - *x\n", "stop");
	_cleanup_free_ char *quoted = by_us("a: 'one\n\n\n  stop: x'\nb: 2\nstop: *x\n", "stop");
	_cleanup_free_ char *longer = by_us("a: 1\nstopped: 2\n", "stop");

	(void)state;
	assert_string_equal(text, "1<a>1<one\n>");
	assert_string_equal(quoted, "1<a>1<one\n\nstop: x>5<b>5<2>");
	assert_string_equal(longer, "1<a>1<1>2<stopped>2<2>");
}

static void problems_keep_their_lines(void **state)
{
	_cleanup_free_ char *twice = by_us("a: |\n  one\n  two\na: 2\n", NULL);
	_cleanup_free_ char *control = by_us("a: |\n  one\x01\nb: 2\n", NULL);
	_cleanup_free_ char *alias = by_us("a: |\n  one\nb: *x\n", NULL);

	(void)state;
	assert_string_equal(twice, "4: the key a is given twice");
	assert_non_null(strstr(control, "control characters are not allowed"));
	assert_string_equal(alias, "3: aliases are not allowed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_literal_is_cut_as_libyaml_would),
		cmocka_unit_test(what_is_not_certain_is_read_whole),
		cmocka_unit_test(a_line_that_only_looks_like_a_literal_changes_nothing),
		cmocka_unit_test(nothing_is_read_from_the_stop_key_on),
		cmocka_unit_test(problems_keep_their_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
