/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 by nettle: a few kilobytes of library where libcrypto would be megabytes to load. */
#include "base/sha256.h"

#include <nettle/sha2.h>

void gvnp_sha256(const void *data, size_t size, char ret[GVNP_SHA256_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, size, data);
	sha256_digest(&context, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++) {
		ret[2 * i] = digits[digest[i] >> 4];
		ret[2 * i + 1] = digits[digest[i] & 15];
	}
	ret[2 * sizeof digest] = '\0';
}
