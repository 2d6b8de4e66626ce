/* SPDX-License-Identifier: Apache-2.0 */
/* Two readers of one language: what the plain one answers is what libyaml would, and each file of
 * the checks is one it answers for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "evaluate/load.h"

/* A tree with all that a loader can see of it. */
static void append_node(struct gvnp_buffer *out, const struct gvnp_yaml_node *node)
{
	static const char *const brackets[] = { "''", "[]", "{}" };
	const char *bracket = brackets[node->kind];

	gvnp_buffer_append_format(out, "%d%s%s%c", node->line, node->is_plain ? "p" : "",
				  node->is_block ? "b" : "", bracket[0]);
	if (node->kind == GVNP_YAML_SCALAR)
		gvnp_buffer_append_text(out, node->text);
	for (size_t i = 0; i < node->n; i++) {
		if (node->kind == GVNP_YAML_MAPPING)
			append_node(out, node->keys[i]);
		append_node(out, node->items[i]);
	}
	gvnp_buffer_append_format(out, "%c", bracket[1]);
}

static char *take_tree(const struct gvnp_yaml_node *top)
{
	struct gvnp_buffer out = { 0 };

	append_node(&out, top);
	return gvnp_buffer_take(&out);
}

/* By libyaml: the tree, or the line and words of the refusal. */
static char *whole(const char *text, size_t size, const char *stop_key)
{
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	_cleanup_(gvnp_pool_done) struct gvnp_pool pool = { 0 };
	struct gvnp_yaml_node *top;

	if (gvnp_yaml_parse_whole(text, size, "f", stop_key, &pool, &problems, &top))
		return gvnp_format("%d: %s", problems.problems[0].line, problems.problems[0].text);
	return take_tree(top);
}

/* NULL when it gives up. Nothing is read beyond the end, where no NUL is. */
static char *plain(const char *text, size_t size, const char *stop_key)
{
	_cleanup_(gvnp_pool_done) struct gvnp_pool pool = { 0 };
	_cleanup_free_ char *exact = size ? gvnp_reallocate(NULL, size) : NULL;
	struct gvnp_yaml_node *top;

	if (size)
		memcpy(exact, text, size);
	return gvnp_yaml_parse_plain(exact, size, stop_key, &pool, &top) ? take_tree(top) : NULL;
}

static char *by_us(const char *text, const char *stop_key)
{
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	_cleanup_(gvnp_pool_done) struct gvnp_pool pool = { 0 };
	struct gvnp_yaml_node *top;

	if (gvnp_yaml_parse(text, strlen(text), "f", stop_key, &pool, &problems, &top))
		return gvnp_format("%d: %s", problems.problems[0].line, problems.problems[0].text);
	return take_tree(top);
}

#define assert_taken(text)                                                                         \
	do {                                                                                       \
		_cleanup_free_ char *theirs_ = whole(text, strlen(text), NULL);                    \
		_cleanup_free_ char *ours_ = plain(text, strlen(text), NULL);                      \
		assert_non_null(ours_);                                                            \
		assert_string_equal(ours_, theirs_);                                               \
	} while (0)

/* The words are libyaml's or the strict reader's, or it reads it. */
#define assert_left(text)                                                                          \
	do {                                                                                       \
		_cleanup_free_ char *theirs_ = whole(text, strlen(text), NULL);                    \
		_cleanup_free_ char *ours_ = plain(text, strlen(text), NULL);                      \
		_cleanup_free_ char *both_ = by_us(text, NULL);                                    \
		assert_null(ours_);                                                                \
		assert_string_equal(both_, theirs_);                                               \
	} while (0)

static void blocks_are_read_as_libyaml_would(void **state)
{
	(void)state;
	assert_taken("a: 1\n");
	assert_taken("# comment\n\na: 1\n\n# another\nb: two words  and more\n");
	assert_taken("a:\n  b: 1\n  c:\n    d: e\nf: g\n");
	assert_taken("a:\n  - b\n  - -1\n  - http://x:1/#y\nc:\n\n# between\n  d: 1\n");
	assert_taken("l:\n  - b: 1\n    c: 2\n  - b: 3\n    c:\n      - 4\nm: n\n");
	assert_taken("tr33818-5.2.5:\n  _x.y: a,b [c] {d} \"e\" 'f' | > & * ! % @ `\n");
	assert_taken("a: null\nb: ~\nc: (x)\nd: /dev/kvm\ne: a:b c:d e#f\n"
		     "f: +1 $x .5\ng: \xc3\xa9t\xc3\xa9\n");
	assert_taken("a: it's\nb: x - y\nc: a?b ?c\nd: x#y\n");
}

static void values_on_a_line_are_read_as_libyaml_would(void **state)
{
	(void)state;
	assert_taken("a: []\nb: {}\nc: [x]\nd: [x, 'y z', \"1, 2\"]\n");
	assert_taken("a: {b: 1, c: [2, {d: ''}], e: {f: [[], {}]}}\n");
	assert_taken("a:\n  - {b: 1}\n  - [c, -1]\n  - 'd'\n");
	assert_taken("a: ''\nb: \"\"\nc: ' # x: [y '\nd: \" a  b \"\n");
	assert_taken("a: 'it''s'\nb: ''''\nc: '\\EFI\\x'\nd: \"a \\\"b\\\" \\\\ c\"\ne: \"'\"\n");
	assert_taken("a: [/dev/x:y, a:1, it's, a\"b]\n");
}

static void a_literal_is_read_as_libyaml_would(void **state)
{
	(void)state;
	assert_taken("a: |\n  one\n  two\nb: 3\n");
	assert_taken("a: |\n  one\n    deeper\n\n  two \n\n\nb: 3\n");
	assert_taken("x:\n  a: |\n    one: two\n    # no comment\n  b: |\n    3\ny: 4\n");
	assert_taken("l:\n  - b: 1\n    c: |\n      text\n  - c: |\n      - text\n");
	assert_taken("a: |\n  \xe2\x80\xa6 \xf0\x9f\x98\x80 \xc3\xa9\n");
	assert_taken("a: |\n  b: |\n    text of a, all of it\nc: d\n");
	assert_taken("a: |\n  one\n# a comment\nb: 2\n");
	assert_taken("a: |\n  ---\n  ...\n\n");
}

static void a_literal_that_is_not_certain_is_left_to_libyaml(void **state)
{
	(void)state;
	assert_left("a: |\n    four\n    spaces\nb: 1\n");
	assert_left("a: |\n\n  begins empty\nb: 1\n");
	assert_left("a: |\n  one\n  \n  spaces alone\n");
	assert_left("a: |\n  one\n \n  fewer spaces\n");
	assert_left("a: |\n  one\n   \nb: 1\n");
	assert_left("a: |\n one\nb: 1\n");
	assert_left("a: |\n  one\n less\nb: 1\n");
	assert_left("a: |\n  no end of line");
	assert_left("a: |\n  tab\there\n");
	assert_left("a: |\n  next\xc2\x85  line\n");
	assert_left("a: |\n  separated\xe2\x80\xa8  line\n");
	assert_left("a: |\n  carriage\r\n  return\n");
	assert_left("a: |\n  delete \x7f, which is seven and more\n");
	assert_left("a: |\nb: 1\n");
	assert_left("a: |\n\n\n");
	assert_left("a: |-\n  stripped\nb: >\n  folded\n  text\n");
	assert_left("a: | # comment\n  text\n");
	assert_left("a:\n  - |\n    text\n");
	assert_left("a: |\n  one\nb: |\n  two\n# c\n  three\n");
}

static void blocks_that_are_not_certain_are_left_to_libyaml(void **state)
{
	(void)state;
	assert_left("");
	assert_left("\n# nothing\n");
	assert_left("a");
	assert_left("a: 1");
	assert_left("- a\n");
	assert_left(" a: 1\n");
	assert_left("a:\n");
	assert_left("a:\nb: 1\n");
	assert_left("a:\n - b\n");
	assert_left("a:\n- b\n");
	assert_left("a:\n    b: 1\n");
	assert_left("a:\n  b: 1\n   c: 2\n");
	assert_left("a:\n  b: 1\n c: 2\n");
	assert_left("a:\n  - b\n  c: 2\n");
	assert_left("a:\n  c: 2\n  - b\n");
	assert_left("a:\n  -\n    b: 1\n");
	assert_left("a:\n  - - b\n");
	assert_left("a:\n  -  b\n");
	assert_left("a:\n  # indented\n  b: 1\n");
	assert_left("a:\n  scalar\n");
	assert_left("a: folded\n  text\n");
	assert_left("a: folded\n\n  text\n");
	assert_left("a: 'quoted'\n  b: 1\n");
	assert_left("a: b\n \nc: d\n");
	assert_left("\xef\xbb\xbf"
		    "a: 1\n");
	assert_left("---\na: 1\n");
	assert_left("a: 1\n...\n");
	assert_left("a: 1\n---\nb: 1\n");
	assert_left("%YAML 1.1\n---\na: 1\n");
	assert_left("a: 1\r\nb: 2\r\n");
	assert_left("a: 1\nb:\t2\n");
	assert_left("a: \x01\n");
	assert_left("a: \xff\n");
}

static void words_that_are_not_certain_are_left_to_libyaml(void **state)
{
	static const char *const values[] = {
		" two",	     "b ",	 "b: c",    "b:",	 "b #c",     "#b",
		"&x 1",	     "*x",	 "!x 1",    "> ",	 "%b",	     "@b",
		"`b",	     "- b",	 "-",	    "--b",	 "? b",	     ": b",
		", b",	     "] b",	 "} b",	    "'b",	 "\"b",	     "'b' c",
		"\"b\" c",   "'b' #c",	 "'b':",    "\"\\n\"",	 "\"\\'\"",  "\"\\",
		"[b",	     "[b,",	 "[b,c]",   "[b , c]",	 "[b, c ]",  "[ b]",
		"[b,  c]",   "[b, ]",	 "[b], c",  "[b] #c",	 "[b: c]",   "['b': c]",
		"[b #c]",    "[b?]",	 "[{]",	    "[b:]",	 "[b:,]",    "[b[]]",
		"{b}",	     "{b: }",	 "{b:c}",   "{b: c,}",	 "{'b': c}", "{b: c, b: d}",
		"{b: c: d}", "{[b]: c}", "{b: |}",  "[*x]",	 "[&x]",     "[!x]",
		"{? b: c}",  "{b: c]",	 "[b}",	    "{<<: b",	 "[b\t]",    "{-b: c}",
		"[- b]",     "[-]",	 "{b : c}", "[b, -, c]", "''' b",    "\"\\\\\\\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		_cleanup_free_ char *text = gvnp_format("a: %s\n", values[i]);
		_cleanup_free_ char *item = gvnp_format("a:\n  - %s\n", values[i]);

		assert_left(text);
		if (strcmp(values[i], "b: c") && strcmp(values[i], "b:"))
			assert_left(item);
	}
	assert_left("a: 1\na: 2\n");
	assert_left("\"a\": 1\n");
	assert_left("? a\n: 1\n");
	assert_left("a : 1\n");
	assert_left("a:1\n");
	assert_left("[a]: 1\n");
	assert_left("-a: 1\n");
}

static void nothing_is_read_from_the_stop_key_on(void **state)
{
	static const char text[] = "a: |\n  one\nstop:\n  - *x\n\xff";
	static const char head[] = "a: |\n  one\n";
	_cleanup_free_ char *ours = plain(text, sizeof text - 1, "stop");
	_cleanup_free_ char *theirs = whole(head, sizeof head - 1, NULL);
	_cleanup_free_ char *quoted = by_us("a: 'one\n\n\n  stop: x'\nb: 2\nstop: *x\n", "stop");
	_cleanup_free_ char *longer = by_us("a: 1\nstopped: 2\n", "stop");
	_cleanup_free_ char *deeper = by_us("a:\n  stop: 1\nb: {stop: 2}\n", "stop");
	_cleanup_free_ char *first = by_us("stop: *x\n", "stop");

	(void)state;
	assert_string_equal(ours, theirs);
	assert_string_equal(quoted, "1{1p'a'1'one\n\nstop: x'5p'b'5p'2'}");
	assert_string_equal(longer, "1{1p'a'1p'1'2p'stopped'2p'2'}");
	assert_string_equal(deeper, "1{1p'a'2{2p'stop'2p'1'}3p'b'3{3p'stop'3p'2'}}");
	assert_string_equal(first, "1{}");
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

/* `n` times `piece`, between `head` and `tail`. */
static struct gvnp_buffer repeated(const char *head, const char *piece, size_t n, const char *tail)
{
	struct gvnp_buffer text = { 0 };

	gvnp_buffer_append_text(&text, head);
	for (size_t i = 0; i < n; i++)
		gvnp_buffer_append_text(&text, piece);
	gvnp_buffer_append_text(&text, tail);
	return text;
}

static void expect_bound(struct gvnp_buffer text, bool is_taken, const char *problem)
{
	_cleanup_free_ char *ours = plain(text.data, text.size, NULL);
	_cleanup_free_ char *theirs = whole(text.data, text.size, NULL);

	assert_int_equal(ours != NULL, is_taken);
	if (is_taken)
		assert_string_equal(ours, theirs);
	else
		assert_string_equal(theirs, problem);
	gvnp_buffer_done(&text);
}

static void the_bounds_are_the_same(void **state)
{
	struct gvnp_buffer keys = { 0 };

	(void)state;
	expect_bound(repeated("a: ", "x", GVNP_YAML_LARGEST_SCALAR, "\n"), true, NULL);
	expect_bound(repeated("a: ", "x", GVNP_YAML_LARGEST_SCALAR + 1, "\n"), false,
		     "1: this text is too long");
	expect_bound(repeated("a: |\n  ", "x", GVNP_YAML_LARGEST_SCALAR - 1, "\n"), true, NULL);
	expect_bound(repeated("a: |\n  ", "x", GVNP_YAML_LARGEST_SCALAR, "\n"), false,
		     "1: this text is too long");
	expect_bound(repeated("b: ", "{a: ", GVNP_YAML_DEEPEST - 1, "1}}}}}}}}}}}\n"), true, NULL);
	expect_bound(repeated("b: ", "{a: ", GVNP_YAML_DEEPEST, "1}}}}}}}}}}}}\n"), false,
		     "1: nested too deep");
	/* The top, its key, the list, an item at the end. */
	expect_bound(repeated("a: [", "1, ", GVNP_YAML_MOST_NODES - 4, "1]\n"), true, NULL);
	expect_bound(repeated("a: [", "1, ", GVNP_YAML_MOST_NODES - 3, "1]\n"), false,
		     "1: the file holds too many values");
	for (int i = 0; i <= 4096; i++)
		gvnp_buffer_append_format(&keys, "k%d: 1\n", i);
	expect_bound(keys, false, "4097: the mapping has too many keys");
}

/* How many of the files of a folder are read by the plain reader, as a run reads them; those it
 * takes to their end are counted in *ret_all. */
static size_t read_folder(const char *folder, size_t *ret_n, size_t *ret_all)
{
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	_cleanup_(gvnp_load_names_freep) char **names = gvnp_load_list(folder, &problems);
	size_t n_taken = 0;

	assert_non_null(names);
	for (char **name = names; *name; name++) {
		_cleanup_free_ char *path = gvnp_format("%s/%s", folder, *name);
		_cleanup_buffer_ struct gvnp_buffer text = { 0 };

		if (!gvnp_text_ends(*name, ".yaml"))
			continue;
		assert_true(gvnp_load_file(path, false, &text, &problems));
		_cleanup_free_ char *theirs = whole(text.data, text.size, "examples");
		_cleanup_free_ char *ours = plain(text.data, text.size, "examples");
		_cleanup_free_ char *theirs_all = whole(text.data, text.size, NULL);
		_cleanup_free_ char *ours_all = plain(text.data, text.size, NULL);
		++*ret_n;
		if (!ours)
			print_message("%s is left to libyaml\n", path);
		else
			assert_string_equal(ours, theirs);
		n_taken += ours != NULL;
		if (ours_all)
			assert_string_equal(ours_all, theirs_all);
		*ret_all += ours_all != NULL;
	}
	return n_taken;
}

static void each_shipped_file_is_read_the_short_way(void **state)
{
	static const char *const folders[] = { "", "/isolation", "/escape", "/hardware",
					       "/management" };
	size_t n = 0, n_taken = 0, n_all = 0;

	(void)state;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		_cleanup_free_ char *folder = gvnp_format("%s%s", GVNP_CHECKS, folders[i]);

		n_taken += read_folder(folder, &n, &n_all);
	}
	print_message("%zu of %zu files as a run reads them, %zu with their examples\n", n_taken, n,
		      n_all);
	assert_true(n > 300);
	assert_int_equal(n_taken, n);
	assert_true(n_all > n - 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_read_as_libyaml_would),
		cmocka_unit_test(values_on_a_line_are_read_as_libyaml_would),
		cmocka_unit_test(a_literal_is_read_as_libyaml_would),
		cmocka_unit_test(a_literal_that_is_not_certain_is_left_to_libyaml),
		cmocka_unit_test(blocks_that_are_not_certain_are_left_to_libyaml),
		cmocka_unit_test(words_that_are_not_certain_are_left_to_libyaml),
		cmocka_unit_test(nothing_is_read_from_the_stop_key_on),
		cmocka_unit_test(problems_keep_their_lines),
		cmocka_unit_test(the_bounds_are_the_same),
		cmocka_unit_test(each_shipped_file_is_read_the_short_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
