/* SPDX-License-Identifier: Apache-2.0 */
/* Any collector on any host, written down as a document (document.h): all its decoders, in the
 * state that the answers before brought them to. Its tables stay as the schema wants them. */
#include "target.h"

#include "document.h"
#include "gvnp/check.h"

void fuzz_collect(const struct gvnp_collector *collector, const char *bytes, size_t size)
{
	struct gvnp_facts *facts = fuzz_facts();
	struct gvnp_source *source = fuzz_document_source(bytes, size);
	struct gvnp_collection collection = { source, facts, &fuzz_catalogue()->names };

	collector->collect(&collection);
	gvnp_source_free(source);
	FUZZ_EXPECT(sqlite3_errcode(gvnp_facts_database(facts)) != SQLITE_NOMEM);
}
