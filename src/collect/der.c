/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DER, by the low-level functions of libtasn1, which know lengths and object identifiers and keep
 * no state. GnuTLS would decode whole certificates, at the price of loading and initialising eight
 * libraries in every run.
 */
#include "collect/der.h"

#include <libtasn1.h>
#include <limits.h>

#include "base/buffer.h"
#include "base/cleanup.h"

enum { LONGEST_NAME = 1024, MOST_ATTRIBUTES = 32 };

bool gvnp_der_next(struct gvnp_slice *rest, struct gvnp_der *ret)
{
	const unsigned char *bytes = (const unsigned char *)rest->text;
	unsigned char class;
	int tag_size, length_size;
	unsigned long number;
	long length;

	if (!rest->size || rest->size > INT_MAX ||
	    asn1_get_tag_der(bytes, (int)rest->size, &class, &tag_size, &number) != ASN1_SUCCESS ||
	    tag_size != 1 || (size_t)tag_size >= rest->size)
		return false;
	length = asn1_get_length_der(bytes + tag_size, (int)rest->size - tag_size, &length_size);
	if (length < 0 || length_size < 1)
		return false;

	size_t header = (size_t)tag_size + (size_t)length_size;

	if (header > rest->size || (size_t)length > rest->size - header)
		return false;
	ret->tag = bytes[0];
	ret->whole = (struct gvnp_slice){ rest->text, header + (size_t)length };
	ret->body = (struct gvnp_slice){ rest->text + header, (size_t)length };
	rest->text += ret->whole.size;
	rest->size -= ret->whole.size;
	return true;
}

bool gvnp_der_take(struct gvnp_slice *rest, unsigned tag, struct gvnp_der *ret)
{
	struct gvnp_slice copy = *rest;
	struct gvnp_der element;

	if (!gvnp_der_next(&copy, &element) || element.tag != tag)
		return false;
	*rest = copy;
	*ret = element;
	return true;
}

void gvnp_der_oid(const struct gvnp_der *oid, char ret[GVNP_DER_OID_TEXT])
{
	const unsigned char *length = (const unsigned char *)oid->whole.text + 1;
	int used;

	if (oid->tag != GVNP_DER_OID || oid->whole.size < 2 ||
	    asn1_get_object_id_der(length, (int)oid->whole.size - 1, &used, ret,
				   GVNP_DER_OID_TEXT) != ASN1_SUCCESS)
		memcpy(ret, "?", sizeof "?");
}

/* Days from 1970-01-01 to a date of the Gregorian calendar, counted from March so that the day that
 * leap years add is the last one of the year. */
static int64_t days_to(int64_t year, int64_t month, int64_t day)
{
	int64_t shifted = month > 2 ? year : year - 1;
	int64_t since_march = (month + 9) % 12;

	return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 +
	       (153 * since_march + 2) / 5 + day - 1 - 719468;
}

bool gvnp_der_time(const struct gvnp_der *time, int64_t *ret)
{
	enum { MONTH, DAY, HOUR, MINUTE, SECOND, N };
	static const uint64_t most[N] = { 12, 31, 23, 59, 60 };
	struct gvnp_slice text = time->body;
	size_t digits = time->tag == GVNP_DER_GENERALIZED_TIME ? 4 : 2;
	uint64_t year, part[N];

	if ((time->tag != GVNP_DER_UTC_TIME && time->tag != GVNP_DER_GENERALIZED_TIME) ||
	    text.size != digits + 2 * (size_t)N + 1 || text.text[text.size - 1] != 'Z' ||
	    !gvnp_slice_unsigned((struct gvnp_slice){ text.text, digits }, 10, &year))
		return false;
	if (digits == 2)
		year += year >= 50 ? 1900 : 2000;
	for (size_t i = 0; i < N; i++)
		if (!gvnp_slice_unsigned((struct gvnp_slice){ text.text + digits + 2 * i, 2 }, 10,
					 &part[i]) ||
		    part[i] > most[i])
			return false;
	if (!year || !part[MONTH] || !part[DAY])
		return false;
	*ret = days_to((int64_t)year, (int64_t)part[MONTH], (int64_t)part[DAY]) * 86400 +
	       (int64_t)(part[HOUR] * 3600 + part[MINUTE] * 60 + part[SECOND]);
	return true;
}

int64_t gvnp_der_bits(const struct gvnp_der *integer)
{
	const unsigned char *bytes = (const unsigned char *)integer->body.text;
	size_t size = integer->body.size;
	int64_t bits = 0;

	while (size && !*bytes) {
		bytes++;
		size--;
	}
	if (!size)
		return 0;
	for (unsigned first = *bytes; first; first >>= 1)
		bits++;
	return bits + 8 * (int64_t)(size - 1);
}

/* RFC 4514 section 3, RFC 4519, RFC 5280 4.1.2.4 */
static const char *attribute_name(const char *oid)
{
	static const char *const names[][2] = {
		{ "2.5.4.3", "CN" },
		{ "2.5.4.5", "serialNumber" },
		{ "2.5.4.6", "C" },
		{ "2.5.4.7", "L" },
		{ "2.5.4.8", "ST" },
		{ "2.5.4.9", "STREET" },
		{ "2.5.4.10", "O" },
		{ "2.5.4.11", "OU" },
		{ "1.2.840.113549.1.9.1", "EMAIL" },
		{ "0.9.2342.19200300.100.1.1", "UID" },
		{ "0.9.2342.19200300.100.1.25", "DC" },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i][0], oid))
			return names[i][1];
	return oid;
}

static bool is_text(unsigned tag)
{
	return tag == GVNP_DER_UTF8_STRING || tag == GVNP_DER_PRINTABLE_STRING ||
	       tag == GVNP_DER_IA5_STRING || tag == GVNP_DER_TELETEX_STRING;
}

static void append_value(const struct gvnp_der *value, struct gvnp_buffer *text)
{
	if (!is_text(value->tag)) {
		gvnp_buffer_append_text(text, "#");
		for (size_t i = 0; i < value->whole.size && i < 64; i++)
			gvnp_buffer_append_format(text, "%02x",
						  (unsigned char)value->whole.text[i]);
		return;
	}
	for (size_t i = 0; i < value->body.size && text->size < LONGEST_NAME; i++) {
		char c = value->body.text[i];

		if (c && strchr(",+\"\\<>;=", c))
			gvnp_buffer_append_text(text, "\\");
		gvnp_buffer_append(text, c ? &c : "?", 1);
	}
}

/* SET of SEQUENCE { type OBJECT IDENTIFIER, value } */
static bool append_attributes(struct gvnp_slice set, struct gvnp_buffer *text)
{
	struct gvnp_der pair, type, value;
	char oid[GVNP_DER_OID_TEXT];

	for (bool is_first = true; set.size; is_first = false) {
		if (!gvnp_der_take(&set, GVNP_DER_SEQUENCE, &pair) ||
		    !gvnp_der_take(&pair.body, GVNP_DER_OID, &type) ||
		    !gvnp_der_next(&pair.body, &value))
			return false;
		gvnp_der_oid(&type, oid);
		gvnp_buffer_append_format(text, "%s%s=", is_first ? "" : "+", attribute_name(oid));
		append_value(&value, text);
	}
	return true;
}

bool gvnp_der_name(struct gvnp_slice name, struct gvnp_buffer *text)
{
	struct gvnp_slice sets[MOST_ATTRIBUTES];
	struct gvnp_der set;
	size_t n = 0;

	while (name.size) {
		if (n == MOST_ATTRIBUTES || !gvnp_der_take(&name, GVNP_DER_SET, &set))
			return false;
		sets[n++] = set.body;
	}
	while (n && text->size < LONGEST_NAME) {
		if (text->size)
			gvnp_buffer_append_text(text, ",");
		if (!append_attributes(sets[--n], text))
			return false;
	}
	return true;
}
