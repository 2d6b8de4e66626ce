/* SPDX-License-Identifier: Apache-2.0 */
/* The list of what is wrong in files a person wrote: file, line, and what to change. */
#include <stdarg.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "gvnp/check.h"

void gvnp_problems_done(struct gvnp_problems *problems)
{
	if (!problems)
		return;
	for (size_t i = 0; i < problems->n; i++) {
		free((char *)problems->problems[i].file);
		free((char *)problems->problems[i].text);
	}
	free(problems->problems);
	*problems = (struct gvnp_problems){ 0 };
}

void gvnp_problems_add(struct gvnp_problems *problems, const char *file, int line,
		       const char *format, ...)
{
	struct gvnp_buffer text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	gvnp_buffer_append_arguments(&text, format, arguments);
	va_end(arguments);
	problems->problems = gvnp_grow(problems->problems, problems->n);
	problems->problems[problems->n++] = (struct gvnp_problem){
		.file = gvnp_duplicate(file),
		.line = line,
		.text = gvnp_buffer_take(&text),
	};
}
