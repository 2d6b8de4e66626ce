/* SPDX-License-Identifier: Apache-2.0 */
/* The whole result in one line: what a journal shows of a run whose report went to a file. */
#include "base/buffer.h"
#include "gvnp/report.h"

void gvnp_report_line(const struct gvnp_scores *scores, struct gvnp_buffer *out)
{
	size_t failed[GVNP_CRITICAL + 1] = { 0 }, n_unjudged = 0;

	for (size_t i = 0; i < GVNP_N_AREAS; i++) {
		const struct gvnp_area_score *area = &scores->areas[i];

		for (size_t severity = 0; area->is_in_scope && severity <= GVNP_CRITICAL; severity++) {
			failed[severity] += area->counts[GVNP_FAIL][severity];
			n_unjudged += area->counts[GVNP_INCONCLUSIVE][severity] +
				      area->counts[GVNP_ERROR][severity];
		}
	}
	if (scores->is_judged)
		gvnp_buffer_append_format(out, "host level %d of 4", scores->level);
	else
		gvnp_buffer_append_text(out, "host not judged");
	gvnp_buffer_append_format(out,
				  ": failed %zu critical, %zu high, %zu medium, %zu low; %zu unjudged\n",
				  failed[GVNP_CRITICAL], failed[GVNP_HIGH], failed[GVNP_MEDIUM],
				  failed[GVNP_LOW], n_unjudged);
}
