/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_host.h"

#include "collect/xml.h"

static struct gvnp_xml *parsed(const char *text)
{
	struct gvnp_xml *xml = NULL;
	_cleanup_free_ char *problem = NULL;

	if (gvnp_xml_parse(text, strlen(text), &xml, &problem))
		fail_msg("%s", problem);
	return xml;
}

static void assert_refused(const char *text, const char *words)
{
	struct gvnp_xml *xml = NULL;
	_cleanup_free_ char *problem = NULL;

	assert_int_equal(gvnp_xml_parse(text, strlen(text), &xml, &problem), -EINVAL);
	assert_null(xml);
	assert_non_null(strstr(problem, words));
}

static void attributes_and_text_lose_their_escapes(void **state)
{
	_cleanup_xml_ struct gvnp_xml *xml =
		parsed("<a b='x&amp;y&#65;' c=''>p&lt;q<!-- no -->r<![CDATA[&s]]></a>");
	const struct gvnp_xml_node *root = gvnp_xml_root(xml);

	(void)state;
	assert_string_equal(gvnp_xml_get(root, "b"), "x&yA");
	assert_string_equal(gvnp_xml_get(root, "c"), "");
	assert_true(gvnp_xml_has(root, "c"));
	assert_false(gvnp_xml_has(root, "d"));
	assert_string_equal(gvnp_xml_text(root), "p<qr&s");
}

static void text_is_utf_8_whatever_it_says(void **state)
{
	_cleanup_xml_ struct gvnp_xml *xml =
		parsed("<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xc3\xa9'/>");

	(void)state;
	assert_string_equal(gvnp_xml_get(gvnp_xml_root(xml), "b"), "\xc3\xa9");
}

static void what_is_not_there_is_absent_all_the_way(void **state)
{
	_cleanup_xml_ struct gvnp_xml *xml = parsed("<a><b><c n='7'/></b></a>");
	const struct gvnp_xml_node *root = gvnp_xml_root(xml);

	(void)state;
	assert_string_equal(gvnp_xml_name(gvnp_xml_at(root, "b/c")), "c");
	assert_int_equal(gvnp_xml_integer(gvnp_xml_at(root, "b/c"), "n", -1), 7);
	assert_null(gvnp_xml_at(root, "b/d/e"));
	assert_string_equal(gvnp_xml_get(gvnp_xml_at(root, "b/d/e"), "n"), "");
	assert_string_equal(gvnp_xml_text(NULL), "");
	assert_null(gvnp_xml_next(NULL, NULL));
	assert_null(gvnp_xml_root(NULL));
}

static void a_namespace_is_told_by_its_uri(void **state)
{
	_cleanup_xml_ struct gvnp_xml *xml =
		parsed("<d xmlns:z='urn:q'><z:x n='1'/><x n='2'/><x xmlns='urn:q' n='3'/></d>");
	const struct gvnp_xml_node *root = gvnp_xml_root(xml), *node;

	(void)state;
	node = gvnp_xml_child_in(root, "urn:q", "x");
	assert_string_equal(gvnp_xml_get(node, "n"), "1");
	assert_string_equal(gvnp_xml_get(gvnp_xml_next_in(node, "urn:q", "x"), "n"), "3");
	assert_string_equal(gvnp_xml_get(gvnp_xml_child(root, "x"), "n"), "2");
	assert_null(gvnp_xml_next(gvnp_xml_child(root, "x"), "x"));
	assert_false(gvnp_xml_is(node, "x"));
}

static void what_no_namespace_is_for_keeps_its_whole_name(void **state)
{
	_cleanup_xml_ struct gvnp_xml *xml = parsed(
		"<d xmlns:p='urn:p' xmlns:e='' p:a='1' q:a='2' :b='3' c:='4' xml:l='5' e:f='6'>"
		"<q:x/><p:x xmlns:p='urn:r'/><p:x/><y xmlns='urn:p'><z xmlns=''/></y></d>");
	const struct gvnp_xml_node *root = gvnp_xml_root(xml), *node;
	static const char *const there[] = { "q:a", ":b", "c:", "e:f" };
	static const char *const absent[] = { "a", "p:a", "xmlns:p", "xmlns:e", "l", "xml:l" };

	(void)state;
	for (size_t i = 0; i < sizeof there / sizeof *there; i++)
		assert_true(gvnp_xml_has(root, there[i]));
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
		assert_false(gvnp_xml_has(root, absent[i]));
	assert_string_equal(gvnp_xml_name(gvnp_xml_child(root, NULL)), "q:x");
	assert_null(gvnp_xml_next(gvnp_xml_child(root, NULL), NULL));
	assert_non_null(gvnp_xml_child_in(root, "urn:r", "x"));
	node = gvnp_xml_child_in(root, "urn:p", "x");
	assert_non_null(node);
	assert_non_null(gvnp_xml_child(gvnp_xml_next_in(node, "urn:p", "y"), "z"));
}

static void the_first_text_of_an_element_is_its_text(void **state)
{
	_cleanup_xml_ struct gvnp_xml *xml = parsed("<a><b>1<c>2</c>3</b>4\n<?p q?>5<d/>6</a>");
	const struct gvnp_xml_node *root = gvnp_xml_root(xml);

	(void)state;
	assert_string_equal(gvnp_xml_text(root), "4\n5");
	assert_string_equal(gvnp_xml_text(gvnp_xml_at(root, "b")), "1");
	assert_string_equal(gvnp_xml_text(gvnp_xml_at(root, "b/c")), "2");
	assert_string_equal(gvnp_xml_text(gvnp_xml_at(root, "d")), "");
}

static void a_document_type_and_its_entities_are_refused(void **state)
{
	(void)state;
	assert_refused("<!DOCTYPE a><a/>", "document type");
	assert_refused("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
		       "document type");
	assert_refused("<!DOCTYPE a [<!ENTITY b 'xxxxxxxxxx'><!ENTITY c '&b;&b;&b;'>]>"
		       "<a d='&c;&c;&c;'/>",
		       "document type");
	assert_refused("<a>&b;</a>", "not well-formed");
}

static void broken_documents_are_refused_with_their_line(void **state)
{
	(void)state;
	assert_refused("", "0 bytes");
	assert_refused("<a>\n<b>\n</a>", "line 3");
	assert_refused("<a/><b/>", "not well-formed");
	assert_refused("no XML", "not well-formed");
	assert_refused("<a>\xff\xfe</a>", "not well-formed");
	assert_refused("<a\xff/>", "not well-formed");
	assert_refused("<?xml version='2.0'?><a/>", "unknown version");
}

/* A parser may find out by itself what it was not told. */
static void another_encoding_is_refused(void **state)
{
	static const char documents[][11] = { "\xff\xfe<\0a\0/\0>", "\xfe\xff\0<\0a\0/\0",
					      "<\0a\0/\0>\0", "\n<a/>\0<b/>" };

	(void)state;
	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
		struct gvnp_xml *xml = NULL;
		_cleanup_free_ char *problem = NULL;

		assert_int_equal(gvnp_xml_parse(documents[i], 10, &xml, &problem), -EINVAL);
		assert_string_equal(problem, i < 3 ? "not well-formed XML: line 1: a byte is zero"
						   : "not well-formed XML: line 2: a byte is zero");
	}
}

static void deep_and_crowded_documents_are_refused(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer deep = { 0 }, crowded = { 0 }, declared = { 0 };

	(void)state;
	for (int i = 0; i < 5000; i++)
		gvnp_buffer_append_text(&deep, "<a>");
	assert_refused(deep.data, "too deeply");
	gvnp_buffer_append_text(&crowded, "<a>");
	for (int i = 0; i < GVNP_XML_MAXIMUM_ITEMS; i++)
		gvnp_buffer_append_text(&crowded, "<b/>");
	gvnp_buffer_append_text(&crowded, "</a>");
	assert_refused(crowded.data, "too many");
	for (int i = 0; i <= GVNP_XML_MAXIMUM_NAMESPACES; i++)
		gvnp_buffer_append_format(&declared, "<a xmlns:a%d='b'>", i);
	assert_refused(declared.data, "too many namespaces");
}

static void sizes_come_in_every_unit_libvirt_knows(void **state)
{
	_cleanup_xml_ struct gvnp_xml *xml = parsed(
		"<a><b unit='KiB'>65536</b><b>12</b><b unit='GiB'>2</b><b unit='bytes'>2048</b>"
		"<b unit='MB'>1</b><b unit='furlong'>1</b><b>-1</b>"
		"<b unit='TiB'>99999999999</b></a>");
	static const int64_t expected[] = { 65536, 12, 2097152, 2, 976, -1, -1, -1 };
	size_t i = 0;

	(void)state;
	gvnp_xml_each (node, gvnp_xml_root(xml), "b") {
		int64_t value = -1;

		assert_int_equal(gvnp_xml_kibibytes(node, &value), expected[i] >= 0);
		assert_int_equal(value, expected[i++]);
	}
	assert_int_equal(i, 8);
	assert_false(gvnp_xml_kibibytes(NULL, &(int64_t){ 0 }));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_and_text_lose_their_escapes),
		cmocka_unit_test(text_is_utf_8_whatever_it_says),
		cmocka_unit_test(what_is_not_there_is_absent_all_the_way),
		cmocka_unit_test(a_namespace_is_told_by_its_uri),
		cmocka_unit_test(what_no_namespace_is_for_keeps_its_whole_name),
		cmocka_unit_test(the_first_text_of_an_element_is_its_text),
		cmocka_unit_test(a_document_type_and_its_entities_are_refused),
		cmocka_unit_test(broken_documents_are_refused_with_their_line),
		cmocka_unit_test(another_encoding_is_refused),
		cmocka_unit_test(deep_and_crowded_documents_are_refused),
		cmocka_unit_test(sizes_come_in_every_unit_libvirt_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
