/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as x86 firmware, UEFI and the TCG write them. The caller has seen that the bytes exist.
 */
#ifndef GVNP_BASE_LITTLE_ENDIAN_H
#define GVNP_BASE_LITTLE_ENDIAN_H

#include <stdint.h>

static inline uint16_t gvnp_little16(const char *bytes)
{
	const unsigned char *byte = (const unsigned char *)bytes;

	return (uint16_t)(byte[0] | byte[1] << 8);
}

static inline uint32_t gvnp_little32(const char *bytes)
{
	return gvnp_little16(bytes) | (uint32_t)gvnp_little16(bytes + 2) << 16;
}

static inline uint64_t gvnp_little64(const char *bytes)
{
	return gvnp_little32(bytes) | (uint64_t)gvnp_little32(bytes + 4) << 32;
}

#endif
