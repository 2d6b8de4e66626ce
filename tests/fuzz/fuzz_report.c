/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outputs: one text through every escape, and a whole host, from its answers over collection and
 * judgement to the three reports. No report carries what a terminal, a JSON or an XML reader could
 * stumble over, and what it says fits together.
 */
#include "target.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "collect/xml.h"
#include "document.h"
#include "harmless.h"
#include "report/escape.h"
#include "report/json_writer.h"
#include "verbs/audit.h"

void fuzz_expect_harmless(const struct gvnp_buffer *text, int is_one_line)
{
	for (size_t i = 0, size; i < text->size; i += size) {
		unsigned char first = (unsigned char)text->data[i];

		size = gvnp_text_utf8(text->data + i, text->size - i);
		FUZZ_EXPECT(size && first != 0x7f);
		FUZZ_EXPECT(first >= ' ' || (first == '\n' && !is_one_line));
		/* C1 controls, and the characters that turn the direction of writing */
		FUZZ_EXPECT(first != 0xc2 || (unsigned char)text->data[i + 1] >= 0xa0);
		FUZZ_EXPECT(size != 3 || (memcmp(text->data + i, "\xe2\x80\xae", 3) &&
					  memcmp(text->data + i, "\xe2\x81\xa7", 3)));
	}
}

void fuzz_expect_json(const struct gvnp_buffer *text)
{
	json_error_t error;
	json_t *json = json_loadb(text->data, text->size, JSON_REJECT_DUPLICATES, &error);

	FUZZ_EXPECT(json);
	json_decref(json);
}

void fuzz_expect_xml(const struct gvnp_buffer *text)
{
	_cleanup_xml_ struct gvnp_xml *xml = NULL;
	_cleanup_free_ char *problem = NULL;

	FUZZ_EXPECT(text->size > GVNP_XML_MAXIMUM_SIZE ||
		    !gvnp_xml_parse(text->data, text->size, &xml, &problem));
}

void fuzz_report_text(const char *bytes, size_t size)
{
	_cleanup_free_ char *text = gvnp_duplicate_sized(bytes, size);
	_cleanup_free_ char *clean = gvnp_escape_utf8(text);
	_cleanup_buffer_ struct gvnp_buffer terminal = { 0 }, xml = { 0 }, out = { 0 };
	struct gvnp_json json = { .out = &out };

	gvnp_escape_terminal(&terminal, text);
	fuzz_expect_harmless(&terminal, true);
	gvnp_buffer_append_text(&xml, "<a b=\"");
	gvnp_escape_xml(&xml, text);
	gvnp_buffer_append_text(&xml, "\">");
	gvnp_escape_xml(&xml, text);
	gvnp_buffer_append_text(&xml, "</a>");
	fuzz_expect_harmless(&xml, true);
	fuzz_expect_xml(&xml);
	gvnp_json_begin(&json, '[');
	gvnp_json_text(&json, text);
	gvnp_json_text(&json, clean);
	gvnp_json_end(&json, ']');
	json_t *array = json_loadb(out.data, out.size, JSON_ALLOW_NUL, NULL);
	FUZZ_EXPECT(array && !strcmp(json_string_value(json_array_get(array, 0)), clean));
	json_decref(array);
}

static void expect_consistent(const struct gvnp_judgement *judgement)
{
	for (size_t i = 0; i < judgement->results->n; i++) {
		const struct gvnp_result *result = &judgement->results->results[i];
		enum gvnp_verdict worst = GVNP_NOT_APPLICABLE;

		for (size_t k = 0; k < result->n_subjects; k++)
			if (result->subjects[k].verdict > worst)
				worst = result->subjects[k].verdict;
		FUZZ_EXPECT(result->verdict >= worst);
		FUZZ_EXPECT(result->verdict != GVNP_INCONCLUSIVE || *gvnp_result_problem(result));
		if (result->verdict == GVNP_ERROR)
			fprintf(stderr, "%s: %s\n", result->check->id, gvnp_result_problem(result));
		FUZZ_EXPECT(result->verdict != GVNP_ERROR);
	}
	for (size_t i = 0; i < GVNP_N_AREAS; i++) {
		const struct gvnp_area_score *area = &judgement->scores->areas[i];

		FUZZ_EXPECT(area->score >= 0 && area->score <= 100);
		FUZZ_EXPECT(area->level >= 0 && area->level <= 4);
		FUZZ_EXPECT(area->coverage.judged <= area->coverage.total);
	}
}

static void report(struct gvnp_judgement *judgement)
{
	for (const struct gvnp_writer *writer = gvnp_writers; writer->name; writer++) {
		_cleanup_buffer_ struct gvnp_buffer out = { 0 };

		gvnp_audit_report(judgement, writer, &out);
		FUZZ_EXPECT(out.size);
		if (!strcmp(writer->name, "json"))
			fuzz_expect_json(&out);
		else
			fuzz_expect_harmless(&out, false);
		if (!strcmp(writer->name, "junit"))
			fuzz_expect_xml(&out);
	}
}

void fuzz_host(const char *bytes, size_t size)
{
	struct gvnp_options options = { .root = "", .gvnp_type = 3, .has_now = true, .now = 1 };
	struct gvnp_audit_plan plan = { .options = &options,
					.catalogue = fuzz_catalogue(),
					.columns = 80 };
	_cleanup_buffer_ struct gvnp_buffer output = { 0 }, messages = { 0 }, recording = { 0 };
	struct gvnp_outcome outcome = { .output = &output,
					.messages = &messages,
					.recording = &recording };
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = fuzz_document_source(bytes, size);
	_cleanup_(gvnp_judgement_done) struct gvnp_judgement judgement;

	if (gvnp_audit_judge(&judgement, &plan, source, &outcome))
		return;
	expect_consistent(&judgement);
	report(&judgement);
}
