/* SPDX-License-Identifier: Apache-2.0 */
/* PEM (RFC 7468): base64 between two lines that name what it is. */
#include <nettle/base64.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "collect/certificate.h"

static bool find(struct gvnp_slice text, const char *wanted, size_t *ret)
{
	const char *found = text.size ? memmem(text.text, text.size, wanted, strlen(wanted)) : NULL;

	if (!found)
		return false;
	*ret = (size_t)(found - text.text);
	return true;
}

static struct gvnp_slice after(struct gvnp_slice text, size_t n)
{
	return (struct gvnp_slice){ text.text + n, text.size - n };
}

static bool decode(struct gvnp_slice text, struct gvnp_buffer *der)
{
	_cleanup_free_ uint8_t *bytes = gvnp_allocate(BASE64_DECODE_LENGTH(text.size) + 1);
	struct base64_decode_ctx context;
	size_t n = BASE64_DECODE_LENGTH(text.size) + 1;

	base64_decode_init(&context);
	if (!base64_decode_update(&context, &n, bytes, text.size, text.text) ||
	    !base64_decode_final(&context))
		return false;
	gvnp_buffer_append(der, bytes, n);
	return true;
}

int gvnp_pem_next(struct gvnp_slice *rest, const char *label, struct gvnp_buffer *der)
{
	_cleanup_free_ char *begin = gvnp_format("-----BEGIN %s-----", label);
	_cleanup_free_ char *end = gvnp_format("-----END %s-----", label);
	size_t at, size;

	gvnp_buffer_clear(der);
	if (!find(*rest, begin, &at))
		return 0;
	*rest = after(*rest, at + strlen(begin));
	if (!find(*rest, end, &size) || !decode((struct gvnp_slice){ rest->text, size }, der))
		return -1;
	*rest = after(*rest, size + strlen(end));
	return 1;
}

bool gvnp_pem_has_key(struct gvnp_slice text)
{
	size_t at;

	return find(text, "PRIVATE KEY-----", &at);
}
