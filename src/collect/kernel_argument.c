/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's own way of cutting its command line: a double quote starts or ends a part in which
 * blanks do not separate; quotes around a whole argument or a whole value are removed, others stay.
 */
#include "collect/kernel_argument.h"

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct gvnp_slice without_last_quote(struct gvnp_slice text)
{
	if (text.size && text.text[text.size - 1] == '"')
		text.size--;
	return text;
}

bool gvnp_kernel_argument_next(struct gvnp_slice *rest, struct gvnp_kernel_argument *ret)
{
	bool is_in_quotes = false, is_quoted = false;
	size_t size = 0, equals = 0;

	while (rest->size && is_space(rest->text[0]))
		rest->text++, rest->size--;
	if (!rest->size)
		return false;
	if (rest->text[0] == '"') {
		rest->text++, rest->size--;
		is_in_quotes = is_quoted = true;
	}
	for (; size < rest->size && (is_in_quotes || !is_space(rest->text[size])); size++) {
		/* a '=' in front belongs to the name: the kernel takes position 0 for "none" */
		if (!equals && rest->text[size] == '=')
			equals = size;
		if (rest->text[size] == '"')
			is_in_quotes = !is_in_quotes;
	}
	struct gvnp_slice whole = { rest->text, size };
	rest->text += size;
	rest->size -= size;
	if (is_quoted)
		whole = without_last_quote(whole);
	*ret = (struct gvnp_kernel_argument){ .name = whole, .value = { whole.text, 0 } };
	if (!equals || equals >= whole.size)
		return true;
	ret->name.size = equals;
	ret->value = (struct gvnp_slice){ whole.text + equals + 1, whole.size - equals - 1 };
	ret->has_value = true;
	if (gvnp_slice_starts(ret->value, "\"")) {
		ret->value.text++, ret->value.size--;
		ret->value = without_last_quote(ret->value);
	}
	return true;
}
