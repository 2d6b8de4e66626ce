/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation that exits when memory is gone. */
#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void gvnp_out_of_memory(void)
{
	static const char words[] = "gvnp-audit: out of memory\n";

	if (write(STDERR_FILENO, words, sizeof words - 1) < 0)
		_exit(3);
	_exit(3);
}

void *gvnp_allocate(size_t size)
{
	return gvnp_allocate_array(1, size);
}

void *gvnp_allocate_array(size_t n, size_t size)
{
	void *memory = calloc(n ? n : 1, size ? size : 1);

	if (!memory)
		gvnp_out_of_memory();
	return memory;
}

void *gvnp_reallocate(void *memory, size_t size)
{
	memory = realloc(memory, size ? size : 1);
	if (!memory)
		gvnp_out_of_memory();
	return memory;
}

void *gvnp_reallocate_array(void *memory, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		gvnp_out_of_memory();
	return gvnp_reallocate(memory, n * size);
}

char *gvnp_duplicate(const char *text)
{
	return gvnp_duplicate_sized(text, strlen(text));
}

char *gvnp_duplicate_sized(const char *text, size_t size)
{
	char *copy = gvnp_reallocate(NULL, size + 1);

	memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

char *gvnp_format(const char *format, ...)
{
	va_list arguments;
	char *text = NULL;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		gvnp_out_of_memory();
	va_end(arguments);
	return text;
}
