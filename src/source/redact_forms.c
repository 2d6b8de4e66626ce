/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identifiers known by their form: UUIDs, hardware and network addresses. What means the same on
 * every host (loopback, wildcard, multicast, documented defaults) stays: verdicts depend on it.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "source/redact_names.h"
#include "source/redact_scan.h"
#include "source/redact_words.h"

enum { UUID = 36, PLAIN_UUID = 32, ADDRESS_LIMIT = 45 };

static bool is_hex(char byte)
{
	return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

/* The byte at `at`, NUL behind the end. */
static char peek(const struct gvnp_redact_text *text, size_t at)
{
	return at < text->size ? text->text[at] : '\0';
}

/* ---- UUIDs */

static size_t uuid_size(const struct gvnp_redact_text *text, size_t at)
{
	bool is_dashed = peek(text, at + 8) == '-';
	size_t size = is_dashed ? UUID : PLAIN_UUID;

	if (at + size > text->size || gvnp_redact_is_word(peek(text, at + size)))
		return 0;
	for (size_t i = 0; i < size; i++) {
		bool is_dash = is_dashed && (i == 8 || i == 13 || i == 18 || i == 23);

		if (is_dash ? text->text[at + i] != '-' : !is_hex(text->text[at + i]))
			return 0;
	}
	return size;
}

static bool is_nil(const char *digits)
{
	for (size_t i = 0; i < PLAIN_UUID; i++)
		if (digits[i] != '0')
			return false;
	return true;
}

/* The same UUID with and without dashes has the same number. */
static size_t replace_uuid(struct gvnp_redact_names *names, const struct gvnp_redact_text *text,
			   size_t at, struct gvnp_buffer *out)
{
	size_t size = uuid_size(text, at), n = 0;
	char digits[PLAIN_UUID] = { 0 };

	if (!size)
		return 0;
	for (size_t i = 0; i < size; i++) {
		char byte = text->text[at + i];

		if (byte != '-')
			digits[n++] = (char)(byte >= 'A' && byte <= 'F' ? byte | 0x20 : byte);
	}
	/* Names of EFI variables carry their vendor's GUID, the same everywhere. */
	if (is_nil(digits) || strstr(text->place, "/efivars")) {
		gvnp_buffer_append(out, text->text + at, size);
		return size;
	}
	unsigned number =
		gvnp_redact_number(names, GVNP_REDACT_UUID, (struct gvnp_slice){ digits, n });
	gvnp_buffer_append_format(
		out, size == UUID ? "00000000-0000-4000-8000-%012x" : "00000000000040008000%012x",
		number);
	return size;
}

/* ---- hardware addresses */

static bool is_same_everywhere(const unsigned char *octets, size_t n)
{
	unsigned char all = octets[0], any = octets[0];

	for (size_t i = 0; i < n; i++) {
		all &= octets[i];
		any |= octets[i];
	}
	return all == 0xff || !any || (octets[0] == 0x33 && octets[1] == 0x33) ||
	       (octets[0] == 1 && !octets[1] && octets[2] == 0x5e);
}

/* MAC (6 groups), EUI-64 and WWN (8), InfiniBand (20). */
static size_t replace_hardware(struct gvnp_redact_names *names, const struct gvnp_redact_text *text,
			       size_t at, struct gvnp_buffer *out)
{
	enum { MOST = 20 };
	unsigned char octets[MOST] = { 0 };
	size_t n = 0, end = at;
	uint64_t octet = 0;

	while (n < MOST && end + 2 <= text->size &&
	       gvnp_slice_unsigned((struct gvnp_slice){ text->text + end, 2 }, 16, &octet)) {
		octets[n++] = (unsigned char)octet;
		end += 2;
		if (peek(text, end) != ':' || !is_hex(peek(text, end + 1)))
			break;
		end++;
	}
	if ((n != 6 && n != 8 && n != MOST) || end - at != 3 * n - 1 ||
	    gvnp_redact_is_word(peek(text, end)))
		return 0;
	if (is_same_everywhere(octets, n)) {
		gvnp_buffer_append(out, text->text + at, end - at);
		return end - at;
	}
	unsigned number = gvnp_redact_number(names, GVNP_REDACT_MAC,
					     (struct gvnp_slice){ (const char *)octets, n });
	gvnp_buffer_append_text(out, "02");
	for (size_t i = 1; i < n; i++)
		gvnp_buffer_append_format(out, ":%02x",
					  i + 3 < n ? 0 : number >> (8 * (n - 1 - i)) & 0xff);
	return end - at;
}

/* ---- network addresses */

static bool is_kept4(uint32_t address)
{
	return address >> 24 == 127 || address >> 24 == 0 ||
	       address >> 28 >= 14 ||				    /* multicast … */
	       ~address == 0 || (~address & (~address + 1)) == 0 || /* masks */
	       address >> 16 == 0xa9fe ||			    /* link-local, 169.254/16 */
	       address >> 8 == 0x0a0002 || /* QEMU's user network, 10.0.2/24 */
	       address >> 8 == 0xc0a87a;   /* libvirt's default network, 192.168.122/24 */
}

/* The three documentation ranges of RFC 5737, then the one for benchmarks of RFC 2544. */
static uint32_t address_of(unsigned number)
{
	static const uint32_t ranges[] = { 0xc0000200, 0xc6336400, 0xcb007100 };
	enum { EACH = 254, REST = 0x1ffff };
	unsigned i = (number - 1) / EACH;

	if (i < sizeof ranges / sizeof *ranges)
		return ranges[i] + 1 + (number - 1) % EACH;
	return 0xc6120000 + (number < REST ? number : REST);
}

static void replace4(struct gvnp_redact_names *names, unsigned char *address)
{
	uint32_t number;

	memcpy(&number, address, 4);
	if (is_kept4(ntohl(number)))
		return;
	uint32_t other = address_of(gvnp_redact_number(
		names, GVNP_REDACT_IPV4, (struct gvnp_slice){ (const char *)address, 4 }));
	for (int i = 0; i < 4; i++)
		address[i] = (unsigned char)(other >> (24 - 8 * i));
}

static void replace6(struct gvnp_redact_names *names, unsigned char *address)
{
	static const unsigned char zeros[12], mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool is_local = address[0] == 0xfe && (address[1] & 0xc0) == 0x80;

	if (!memcmp(address, mapped, 12)) {
		replace4(names, address + 12);
		return;
	}
	/* ::, ::1 and multicast; fe80:: itself */
	if (!memcmp(address, zeros, 12) || address[0] == 0xff ||
	    (is_local && !memcmp(address + 2, zeros, 12) && !address[14] && !address[15]))
		return;
	uint32_t number = htonl(gvnp_redact_number(
		names, GVNP_REDACT_IPV6, (struct gvnp_slice){ (const char *)address, 16 }));
	memset(address, 0, 16);
	/* An address, no text. NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
	memcpy(address, is_local ? "\xfe\x80\0\0" : "\x20\x01\x0d\xb8", 4);
	memcpy(address + 12, &number, 4);
}

void gvnp_redact_address(struct gvnp_redact_names *names, int family, unsigned char *address)
{
	if (family == AF_INET)
		replace4(names, address);
	else
		replace6(names, address);
}

static size_t replace_parsed(struct gvnp_redact_names *names, int family, struct gvnp_slice text,
			     struct gvnp_buffer *out)
{
	unsigned char address[16] = { 0 }, before[16];
	char word[ADDRESS_LIMIT + 1] = "", written[INET6_ADDRSTRLEN];

	if (text.size > ADDRESS_LIMIT)
		return 0;
	memcpy(word, text.text, text.size);
	if (inet_pton(family, word, address) != 1)
		return 0;
	memcpy(before, address, sizeof before);
	gvnp_redact_address(names, family, address);
	if (memcmp(before, address, sizeof before))
		gvnp_buffer_append_text(out, inet_ntop(family, address, written, sizeof written));
	else
		gvnp_buffer_append(out, text.text, text.size);
	return text.size;
}

/* Dotted numbers that are versions stand in these. */
static bool has_versions(const char *place)
{
	return strstr(place, "os-release") || gvnp_text_starts(place, "/sys/class/dmi/") ||
	       !strcmp(place, "uname") || !strcmp(place, "/proc/cpuinfo") ||
	       gvnp_text_ends(place, ".so.0");
}

static size_t replace_address(struct gvnp_redact_names *names, const struct gvnp_redact_text *text,
			      size_t at, struct gvnp_buffer *out)
{
	size_t end = at, dots = 0, colons = 0;
	char before = at ? text->text[at - 1] : ' ';

	if (before == '.')
		return 0;
	while (end < text->size && (is_hex(text->text[end]) || text->text[end] == '.') && dots < 5)
		dots += text->text[end++] == '.';
	if (end > at && text->text[end - 1] == '.' && dots == 4) /* the end of a sentence */
		end--, dots--;
	if (dots == 3 && !gvnp_redact_is_word(peek(text, end)) && !has_versions(text->place))
		return replace_parsed(names, AF_INET,
				      (struct gvnp_slice){ text->text + at, end - at }, out);
	for (end = at; end < text->size && end - at <= ADDRESS_LIMIT; end++) {
		if (!is_hex(text->text[end]) && text->text[end] != ':' && text->text[end] != '.')
			break;
		colons += text->text[end] == ':';
	}
	if (colons < 2 || before == ':' || gvnp_redact_is_word(peek(text, end)))
		return 0;
	return replace_parsed(names, AF_INET6, (struct gvnp_slice){ text->text + at, end - at },
			      out);
}

bool gvnp_redact_is_address(struct gvnp_slice text)
{
	unsigned char address[16];
	char word[ADDRESS_LIMIT + 1] = "";

	if (text.size > ADDRESS_LIMIT)
		return false;
	memcpy(word, text.text, text.size);
	return inet_pton(AF_INET, word, address) == 1 || inet_pton(AF_INET6, word, address) == 1;
}

size_t gvnp_redact_form(struct gvnp_redact_names *names, const struct gvnp_redact_text *text,
			size_t at, struct gvnp_buffer *out)
{
	char first = peek(text, at);
	size_t size = 0;

	if (!is_hex(first) && first != ':')
		return 0;
	if (is_hex(first))
		size = replace_uuid(names, text, at, out);
	if (!size && peek(text, at + 2) == ':' && (!at || text->text[at - 1] != ':'))
		size = replace_hardware(names, text, at, out);
	return size ? size : replace_address(names, text, at, out);
}
