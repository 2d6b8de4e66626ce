/* SPDX-License-Identifier: Apache-2.0 */
/* What the JSON writer spells out, and where it puts commas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "report/json_writer.h"

static void commas_stand_between_values_only(void **state)
{
	static const char *const texts[] = { "x", "y", NULL };
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };
	struct gvnp_json json = { .out = &out };

	(void)state;
	gvnp_json_begin(&json, '{');
	gvnp_json_key(&json, "a");
	gvnp_json_integer(&json, INT64_MIN);
	gvnp_json_key(&json, "b");
	gvnp_json_begin(&json, '[');
	gvnp_json_null(&json);
	gvnp_json_boolean(&json, true);
	gvnp_json_begin(&json, '{');
	gvnp_json_end(&json, '}');
	gvnp_json_boolean(&json, false);
	gvnp_json_end(&json, ']');
	gvnp_json_key(&json, "c");
	gvnp_json_texts(&json, texts);
	gvnp_json_key(&json, "d");
	gvnp_json_texts(&json, NULL);
	gvnp_json_end(&json, '}');
	assert_string_equal(out.data, "{\"a\":-9223372036854775808,\"b\":[null,true,{},false],"
				      "\"c\":[\"x\",\"y\"],\"d\":[]}");
}

#define assert_written(text, expected)                                                             \
	do {                                                                                       \
		_cleanup_buffer_ struct gvnp_buffer out_ = { 0 };                                  \
		struct gvnp_json json_ = { .out = &out_ };                                         \
		gvnp_json_text(&json_, (text));                                                    \
		assert_string_equal(out_.data, "\"" expected "\"");                                \
	} while (0)

static void what_is_not_text_is_spelt_out(void **state)
{
	(void)state;
	assert_written(NULL, "");
	assert_written("", "");
	assert_written("a\"b\\c/", "a\\\"b\\\\c/");
	assert_written("\b\f\n\r\t\x01\x1f\x7f", "\\b\\f\\n\\r\\t\\u0001\\u001F\x7f");
	assert_written("\xc3\xa9 \xf0\x9f\x98\x80", "\xc3\xa9 \xf0\x9f\x98\x80");
	assert_written("a\xff" "b\xc3", "a\xef\xbf\xbd" "b\xef\xbf\xbd");
	assert_written("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void a_text_of_any_length_is_written_whole(void **state)
{
	(void)state;
	for (size_t size = 100; size < 300; size++)
		for (int is_special = 0; is_special < 2; is_special++) {
			_cleanup_buffer_ struct gvnp_buffer out = { 0 };
			struct gvnp_json json = { .out = &out };
			char text[301] = { 0 };

			memset(text, 'a', size);
			text[size - 1] = is_special ? '"' : 'b';
			gvnp_json_begin(&json, '{');
			gvnp_json_key(&json, "one");
			gvnp_json_text(&json, text);
			gvnp_json_key(&json, text);
			gvnp_json_text(&json, "other");
			gvnp_json_end(&json, '}');
			json_t *value = json_loadb(out.data, out.size, 0, NULL);
			assert_non_null(value);
			assert_string_equal(json_string_value(json_object_get(value, "one")), text);
			assert_string_equal(json_string_value(json_object_get(value, text)),
					    "other");
			json_decref(value);
		}
}

static void every_byte_gives_json_that_another_reader_takes(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		_cleanup_buffer_ struct gvnp_buffer out = { 0 };
		struct gvnp_json json = { .out = &out };
		char text[] = { 'a', (char)c, 'b', '\0' };

		gvnp_json_text(&json, text);
		json_t *value = json_loadb(out.data, out.size, JSON_DECODE_ANY, NULL);
		assert_non_null(value);
		assert_string_equal(json_string_value(value),
				    c < 0x80 ? text : "a\xef\xbf\xbd" "b");
		json_decref(value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_stand_between_values_only),
		cmocka_unit_test(what_is_not_text_is_spelt_out),
		cmocka_unit_test(a_text_of_any_length_is_written_whole),
		cmocka_unit_test(every_byte_gives_json_that_another_reader_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
