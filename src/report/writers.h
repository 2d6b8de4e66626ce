/* SPDX-License-Identifier: Apache-2.0 */
/* The writers behind gvnp_writers[]. */
#ifndef GVNP_REPORT_WRITERS_H
#define GVNP_REPORT_WRITERS_H

#include "gvnp/report.h"

void gvnp_report_text(const struct gvnp_report *report, struct gvnp_buffer *out);
void gvnp_report_json(const struct gvnp_report *report, struct gvnp_buffer *out);
void gvnp_report_junit(const struct gvnp_report *report, struct gvnp_buffer *out);

#endif
