/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The job of the worker, in the order of DESIGN 1: source, collect, facts, evaluate, score, report.
 * It opens nothing itself and knows one clock: the time that the source answers, or --now.
 */
#include "verbs/audit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "gvnp/collector.h"
#include "gvnp/evaluate.h"
#include "gvnp/score.h"
#include "verbs/host.h"
#include "verbs/output.h"
#include "verbs/verbs.h"

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- before the processes start */

static void look_at_terminal(struct gvnp_audit_plan *plan)
{
	const struct gvnp_options *options = plan->options;
	const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
	bool is_to_stdout = !options->output || !strcmp(options->output, "-");
	struct winsize size = { 0 };

	plan->columns = 80;
	if (!is_to_stdout || !isatty(STDOUT_FILENO))
		return;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		plan->columns = size.ws_col;
	if (!options->is_everything)
		plan->rows = size.ws_row ? size.ws_row : 24;
	plan->is_colour = !options->without_colour && !(no_colour && *no_colour) && terminal &&
			  strcmp(terminal, "dumb");
}

static int find_writer(struct gvnp_audit_plan *plan)
{
	const char *name = plan->options->format ? plan->options->format : "text";

	plan->writer = gvnp_writer_find(name);
	if (plan->writer)
		return 0;
	_cleanup_buffer_ struct gvnp_buffer known = { 0 };
	for (const struct gvnp_writer *writer = gvnp_writers; writer->name; writer++)
		gvnp_buffer_append_format(&known, "%s%s", known.size ? ", " : "", writer->name);
	gvnp_output_complain("--format '%s': not one of %s", name, gvnp_buffer_text(&known));
	return GVNP_EXIT_USAGE;
}

int gvnp_audit_plan_init(struct gvnp_audit_plan *plan, const struct gvnp_options *options)
{
	_cleanup_free_ char *problem = NULL;

	*plan = (struct gvnp_audit_plan){ .options = options,
					  .started = time(NULL),
					  .started_ms = monotonic_ms() };
	look_at_terminal(plan);
	int status = find_writer(plan);
	if (status)
		return status;
	if (!options->tailoring && !options->declaration)
		return 0;
	if (!gvnp_overlay_new(options->tailoring, options->declaration, &plan->overlay, &problem))
		return 0;
	gvnp_output_complain("%s", problem);
	gvnp_audit_plan_done(plan);
	return GVNP_EXIT_USAGE;
}

int gvnp_audit_prepare(void *data)
{
	struct gvnp_audit_plan *plan = data;

	return gvnp_verb_load(plan->options, &plan->catalogue);
}

void gvnp_audit_foresee(void *data, struct gvnp_source *source, bool is_prepared)
{
	static const struct gvnp_request own[] = {
		{ GVNP_SYSTEM, "clock" },    /* read_clock() */
		{ GVNP_SYSTEM, "identity" }, /* privileges_of() */
		/* gvnp_catalogue_tailor() */
		{ GVNP_LIST, "/etc/gvnp-audit/checks.d" },
		{ GVNP_LIST, "/etc/gvnp-audit/tailoring.d" },
		{ GVNP_READ, "/etc/gvnp-audit/declaration.yaml" },
	};
	const struct gvnp_audit_plan *plan = data;

	/* Then the host does not stay what it was at first: a daemon starts. */
	if (plan->options->activate)
		return;
	if (is_prepared)
		return gvnp_collect_foresee_names(source, &plan->catalogue->names);
	/* An overlay answers some of them itself. */
	gvnp_source_foresee(source, own, plan->overlay ? 2 : sizeof own / sizeof *own);
	gvnp_collect_foresee(source);
}

void gvnp_audit_plan_done(struct gvnp_audit_plan *plan)
{
	gvnp_catalogue_free(plan->catalogue);
	gvnp_overlay_free(plan->overlay);
	for (size_t i = 0; i < GVNP_N_REDACTED; i++) {
		gvnp_catalogue_free(plan->redacted[i]);
		plan->redacted[i] = NULL;
	}
	plan->catalogue = NULL;
	plan->overlay = NULL;
}

/* ---- in the worker: collecting */

/* The time of the run, asked once: a recorded host answers the time it was recorded at. */
static bool read_clock(struct gvnp_audit *audit)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(audit->source, GVNP_SYSTEM, "clock");
	const struct gvnp_answer *answer = &answers->answers[0];

	if (audit->plan->options->has_now) {
		audit->now = audit->plan->options->now;
		return true;
	}
	return !answer->error && gvnp_slice_integer(gvnp_slice_trim((struct gvnp_slice){
							    answer->data, answer->size }),
						    &audit->now);
}

/* "uid 0, CapEff 000001ffffffffff": who looked decides what could be seen. */
static char *privileges_of(struct gvnp_source *source)
{
	_cleanup_(gvnp_answers_freep) struct gvnp_answers *answers =
		gvnp_source_ask_one(source, GVNP_SYSTEM, "identity");
	const struct gvnp_answer *answer = &answers->answers[0];
	struct gvnp_slice rest = { answer->data, answer->size }, uid, capabilities;

	if (answer->error || !gvnp_slice_next(&rest, '\n', &uid) ||
	    !gvnp_slice_next(&rest, '\n', &capabilities))
		return gvnp_duplicate("");
	return gvnp_format("uid %.*s, CapEff %.*s", (int)uid.size, uid.text, (int)capabilities.size,
			   capabilities.text);
}

/* The collectors saw the host's clock; from here on only the time of the run counts. */
static void set_time(struct gvnp_audit *audit)
{
	_cleanup_free_ char *sql =
		gvnp_format("UPDATE host SET time = %lld", (long long)audit->now);

	sqlite3_exec(gvnp_facts_database(audit->facts), sql, NULL, NULL, NULL);
}

static int tailor(struct gvnp_audit *audit, struct gvnp_outcome *outcome)
{
	_cleanup_(gvnp_problems_done) struct gvnp_problems problems = { 0 };

	if (!gvnp_catalogue_tailor(audit->plan->catalogue, audit->source, audit->facts, audit->now,
				   &problems))
		return 0;
	gvnp_verb_problems(outcome->messages, &problems, audit->plan->overlay);
	return GVNP_EXIT_USAGE;
}

int gvnp_audit_collect(struct gvnp_audit *audit, const struct gvnp_audit_plan *plan,
		       struct gvnp_source *source, const struct gvnp_names *more,
		       struct gvnp_outcome *outcome)
{
	struct gvnp_names *names = &plan->catalogue->names;

	*audit = (struct gvnp_audit){ .plan = plan, .source = source };
	if (plan->overlay)
		audit->source = audit->overlay = gvnp_overlay_source(plan->overlay, source);
	audit->facts = gvnp_facts_new();
	gvnp_source_observe(audit->source, gvnp_trace_observe, &audit->trace);

	if (gvnp_source_note(source))
		gvnp_buffer_append_format(outcome->messages, "gvnp-audit: %s\n",
					  gvnp_source_note(source));
	if (!read_clock(audit)) {
		gvnp_buffer_append_text(outcome->messages,
					"gvnp-audit: the time of the run is not known: the source "
					"did not answer; --now EPOCH replaces it\n");
		return GVNP_EXIT_INCOMPLETE;
	}
	audit->privileges = privileges_of(audit->source);
	int status = tailor(audit, outcome);
	if (status)
		return status;
	/* After tailoring, which may add a site's checks and makes the names anew. */
	if (more)
		gvnp_names_merge(names, more);
	struct gvnp_collection collection = { .source = audit->source,
					      .facts = audit->facts,
					      .names = names };
	gvnp_collect(&collection);
	gvnp_source_finish(source);
	set_time(audit);
	return 0;
}

void gvnp_audit_done(struct gvnp_audit *audit)
{
	if (audit->source)
		gvnp_source_observe(audit->source, NULL, NULL);
	gvnp_source_free(audit->overlay);
	gvnp_trace_done(&audit->trace);
	free(audit->privileges);
	gvnp_facts_free(audit->facts);
}

/* ---- in the worker: judging and reporting */

static bool is_anything_judged(const struct gvnp_scores *scores)
{
	for (size_t i = 0; i < GVNP_N_AREAS; i++)
		if (scores->areas[i].coverage.judged)
			return true;
	return false;
}

static int status_of(const struct gvnp_audit *audit, const struct gvnp_results *results,
		     const struct gvnp_scores *scores)
{
	const struct gvnp_options *options = audit->plan->options;

	if (!is_anything_judged(scores))
		return GVNP_EXIT_INCOMPLETE;
	if (options->has_fail_on &&
	    gvnp_score_is_open(results, options->fail_on, options->gvnp_type))
		return GVNP_EXIT_GATE;
	return GVNP_EXIT_OK;
}

void gvnp_audit_report(struct gvnp_judgement *judgement, const struct gvnp_writer *writer,
		       struct gvnp_buffer *out)
{
	struct gvnp_audit *audit = &judgement->audit;
	const struct gvnp_audit_plan *plan = audit->plan;
	_cleanup_(gvnp_host_words_done) struct gvnp_host_words words;
	_cleanup_free_ char *digest = gvnp_trace_digest(&audit->trace);

	gvnp_host_words_init(&words, audit->facts);
	struct gvnp_report report = {
		.run = { .tool_version = GVNP_VERSION,
			 .mode = plan->options->root ? "replay" : "live",
			 .started = plan->started,
			 .duration_ms = monotonic_ms() - plan->started_ms,
			 .privileges = audit->privileges,
			 .libvirt_uri = words.libvirt_uri },
		.gvnp_type = plan->options->gvnp_type,
		.time = audit->now,
		.boot_id = words.boot_id,
		.machine_id_digest = words.machine_id_digest,
		.product = words.product,
		.kernel = words.kernel,
		.os = words.os,
		.hypervisor = words.hypervisor,
		.is_virtual = gvnp_host_is_virtual(audit->facts) == GVNP_VIRTUAL_YES,
		.accepts_virtual_hardware = plan->catalogue->accepts_virtual_hardware,
		.observation_digest = digest,
		.n_observations = audit->trace.n,
		.catalogue = plan->catalogue,
		.results = judgement->results,
		.scores = judgement->scores,
		.holes = words.holes,
		.n_holes = words.n_holes,
		.columns = plan->columns,
		.rows = plan->rows,
		.is_colour = plan->is_colour,
	};
	writer->write(&report, out);
}

/* A snapshot carries the result it was judged with, so that a replay can be held against it. */
static void finish_recording(struct gvnp_judgement *judgement, struct gvnp_source *source,
			     struct gvnp_outcome *outcome)
{
	_cleanup_buffer_ struct gvnp_buffer json = { 0 };

	gvnp_audit_report(judgement, gvnp_writer_find("json"), &json);
	if (!gvnp_source_record_file(source, "report.json", json.data, json.size) &&
	    !gvnp_source_recording(source, outcome->recording))
		return;
	gvnp_buffer_append_text(outcome->messages, "gvnp-audit: the host could not be recorded\n");
	outcome->status = GVNP_EXIT_INCOMPLETE;
}

int gvnp_audit_judge(struct gvnp_judgement *judgement, const struct gvnp_audit_plan *plan,
		     struct gvnp_source *source, struct gvnp_outcome *outcome)
{
	struct gvnp_audit *audit = &judgement->audit;

	*judgement = (struct gvnp_judgement){ 0 };
	int status = gvnp_audit_collect(audit, plan, source, NULL, outcome);
	if (status)
		return status;
	judgement->results = gvnp_evaluate(audit->facts, plan->catalogue);
	gvnp_results_distrust_virtual(judgement->results, plan->catalogue,
				      gvnp_host_is_virtual(audit->facts));
	judgement->scores = gvnp_score(plan->catalogue, judgement->results,
				       plan->options->gvnp_type,
				       gvnp_host_has_hypervisor(audit->facts));
	judgement->status = status_of(audit, judgement->results, judgement->scores);
	return 0;
}

void gvnp_judgement_done(struct gvnp_judgement *judgement)
{
	gvnp_scores_free(judgement->scores);
	gvnp_results_free(judgement->results);
	gvnp_audit_done(&judgement->audit);
}

void gvnp_audit_work(struct gvnp_source *source, void *data, struct gvnp_outcome *outcome)
{
	const struct gvnp_audit_plan *plan = data;
	_cleanup_(gvnp_judgement_done) struct gvnp_judgement judgement;

	outcome->status = gvnp_audit_judge(&judgement, plan, source, outcome);
	if (outcome->status)
		return;
	outcome->status = judgement.status;
	if (outcome->status == GVNP_EXIT_INCOMPLETE)
		gvnp_buffer_append_text(outcome->messages,
					"gvnp-audit: not one check could be judged\n");
	if (plan->redacted[0]) {
		gvnp_audit_redact(&judgement, source, outcome);
		return;
	}
	gvnp_audit_report(&judgement, plan->writer, outcome->output);
	if (plan->options->output && !plan->is_recorded)
		gvnp_report_line(judgement.scores, outcome->messages);
	if (plan->is_recorded)
		finish_recording(&judgement, source, outcome);
}
