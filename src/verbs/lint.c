/* SPDX-License-Identifier: Apache-2.0 */
/* gvnp-audit lint: what is wrong with checks, before anybody runs them. */
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "verbs/output.h"
#include "verbs/verbs.h"

int gvnp_verb_lint(const struct gvnp_options *options)
{
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	size_t n_checks = 0, n_examples = 0;

	if (gvnp_lint(options->arguments, &problems, &n_checks, &n_examples)) {
		gvnp_verb_problems(&text, &problems, NULL);
		if (write(STDERR_FILENO, gvnp_buffer_text(&text), text.size) < 0)
			return GVNP_EXIT_INCOMPLETE;
		return GVNP_EXIT_USAGE;
	}
	gvnp_buffer_append_format(&text, "%zu checks, %zu examples: no problems\n", n_checks,
				  n_examples);
	return gvnp_output_write(NULL, &text) ? GVNP_EXIT_INCOMPLETE : GVNP_EXIT_OK;
}
