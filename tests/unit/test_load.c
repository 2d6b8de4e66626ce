/* SPDX-License-Identifier: Apache-2.0 */
/* Reading checks from disk: what is refused, and that every refusal names file and line. */
#include "check_folder.h"

#include "evaluate/yaml.h"

static const char *load(struct folder *folder)
{
	struct gvnp_catalogue *catalogue = NULL;

	gvnp_catalogue_load(folder->path, &folder->problems, &catalogue);
	gvnp_catalogue_free(catalogue);
	return render(folder);
}

static void a_folder_becomes_a_catalogue(void **state)
{
	struct gvnp_catalogue *catalogue;
	FOLDER(folder);

	(void)state;
	folder_write(&folder, "escape/escape-b.yaml",
		     HEAD "parameters: {most: 3, word: some text, quoted: '3'}\n"
			  "per: domain\n"
			  "query: |\n"
			  "  SELECT sysctl('a.b'),\n"
			  "         kconfig('KVM')\n" TAIL "examples: &anchors {are: not read}\n");
	folder_write(&folder, "escape/escape-a.yaml",
		     HEAD "reference: [CVE-2015-3456]\nquery: SELECT file_mode('/dev/kvm')\n" TAIL);
	assert_int_equal(gvnp_catalogue_load(folder.path, &folder.problems, &catalogue), 0);
	assert_int_equal(catalogue->n_checks, 2);
	const struct gvnp_check *first = &catalogue->checks[0], *second = &catalogue->checks[1];
	assert_string_equal(first->id, "escape-a");
	assert_int_equal(first->area, GVNP_ESCAPE);
	assert_int_equal(first->severity, GVNP_HIGH);
	assert_int_equal(first->claim, GVNP_PRECONDITION);
	assert_string_equal(first->reference[0], "CVE-2015-3456");
	assert_null(first->reference[1]);
	assert_string_equal(first->rationale, "Why.");
	assert_int_equal(first->query_line, 7);
	assert_string_equal(second->id, "escape-b");
	assert_string_equal(second->per, "domain");
	assert_int_equal(second->query_line, 9);
	assert_int_equal(second->n_parameters, 3);
	assert_true(second->parameters[0].is_integer);
	assert_int_equal(second->parameters[0].integer, 3);
	assert_string_equal(second->parameters[1].text, "some text");
	assert_false(second->parameters[2].is_integer);
	assert_string_equal(catalogue->names.sysctl[0], "a.b");
	assert_string_equal(catalogue->names.kernel_config[0], "CONFIG_KVM");
	assert_string_equal(catalogue->names.file[0], "/dev/kvm");
	const struct gvnp_requirement *requirement = gvnp_catalogue_requirement(catalogue, "req-1");
	assert_true(requirement->applies_to_type_2 && requirement->applies_to_type_3);
	assert_string_equal(requirement->alias[0], "TC X");
	assert_string_equal(requirement->owed[0], "try it");
	assert_string_equal(requirement->text, "What is wanted.");
	assert_string_equal(gvnp_catalogue_threat(catalogue, "vm-escape")->title, "Escape");
	assert_null(gvnp_catalogue_threat(catalogue, "vm"));
	assert_ptr_equal(gvnp_catalogue_check(catalogue, "escape-b"), second);
	gvnp_catalogue_free(catalogue);
}

static void a_wrong_check_tells_all_its_mistakes(void **state)
{
	FOLDER(folder);

	(void)state;
	folder_write(&folder, "escape/escape-a.yaml",
		     "title: ''\n"
		     "severity: severe\n"
		     "claim: out-of-scope\n"
		     "requirement: req-1\n"
		     "colour: red\n"
		     "parameters: [1]\n"
		     "query: []\n"
		     "rationale: x\n");
	assert_string_equal(
		load(&folder),
		"escape/escape-a.yaml:5: unknown key colour\n"
		"escape/escape-a.yaml:1: title is empty\n"
		"escape/escape-a.yaml:2: severity is severe, not one of low, medium, high, "
		"critical\n"
		"escape/escape-a.yaml:3: claim is out-of-scope, not one of direct, precondition, "
		"corroborates\n"
		"escape/escape-a.yaml:4: requirement must be a list\n"
		"escape/escape-a.yaml:1: threat is missing\n"
		"escape/escape-a.yaml:6: parameters must be a mapping\n"
		"escape/escape-a.yaml:7: query must be a text of SQL\n"
		"escape/escape-a.yaml:1: remediation is missing\n");
}

static void what_a_check_points_to_must_exist(void **state)
{
	FOLDER(folder);

	(void)state;
	folder_write(&folder, "escape/escape-a.yaml",
		     "title: x\nseverity: low\nclaim: direct\nrequirement: [req-2]\n"
		     "threat: [flood]\nquery: SELECT 1\n" TAIL);
	assert_string_equal(
		load(&folder),
		"escape/escape-a.yaml:0: requirement req-2 is not in requirements.yaml\n"
		"escape/escape-a.yaml:0: threat flood is not in threats.yaml\n");
}

static void names_of_files_are_checked(void **state)
{
	FOLDER(folder);

	(void)state;
	folder_write(&folder, "escape/note.txt", "x");
	folder_write(&folder, "escape/floppy.yaml", HEAD "query: SELECT 1\n" TAIL);
	folder_write(&folder, "escape/escape-B.yaml", HEAD "area: escape\nquery: SELECT 1\n" TAIL);
	assert_string_equal(
		load(&folder),
		"escape/escape-B.yaml:0: the file name must be made of a-z, 0-9 and single dashes\n"
		"escape/escape-B.yaml:6: the area of this check is its folder's name\n"
		"escape/floppy.yaml:0: the file name must begin with escape-\n"
		"escape/note.txt:0: a check's file ends with .yaml\n");
}

static void a_folder_that_is_no_catalogue_is_refused(void **state)
{
	struct gvnp_catalogue *catalogue = NULL;
	struct gvnp_problems problems = { 0 };

	(void)state;
	assert_true(gvnp_catalogue_load("/nonexistent", &problems, &catalogue) < 0);
	assert_null(catalogue);
	assert_string_equal(problems.problems[0].file, "/nonexistent");
	assert_string_equal(problems.problems[0].text, "No such file or directory");
	gvnp_problems_done(&problems);
}

static void set_mode(const struct folder *folder, const char *name, mode_t mode)
{
	_cleanup_free_ char *path = gvnp_format("%s/%s", folder->path, name);

	assert_int_equal(chmod(path, mode), 0);
}

static void checks_that_others_could_have_written_are_refused(void **state)
{
	FOLDER(folder);

	(void)state;
	folder_write(&folder, "escape/escape-a.yaml", HEAD "query: SELECT 1 AS pass\n" TAIL);
	assert_string_equal(load(&folder), "");
	set_mode(&folder, "escape/escape-a.yaml", 0646);
	assert_string_equal(load(&folder),
			    "escape/escape-a.yaml:0: refused: others may write it (chmod o-w)\n");
	set_mode(&folder, "escape/escape-a.yaml", 0644);
	set_mode(&folder, "escape", 0707);
	assert_string_equal(load(&folder), "escape:0: refused: others may write it (chmod o-w)\n");
	set_mode(&folder, "escape", 0700);
	set_mode(&folder, "threats.yaml", 0602);
	assert_string_equal(load(&folder),
			    "threats.yaml:0: refused: others may write it (chmod o-w)\n");
}

static void checks_of_another_owner_are_refused(void **state)
{
	FOLDER(folder);
	_cleanup_free_ char *path = gvnp_format("%s/escape/escape-a.yaml", folder.path);

	(void)state;
	folder_write(&folder, "escape/escape-a.yaml", HEAD "query: SELECT 1 AS pass\n" TAIL);
	if (geteuid() || chown(path, 12345, 12345))
		skip();
	assert_string_equal(load(&folder),
			    "escape/escape-a.yaml:0: refused: its owner must be root, or whoever "
			    "owns or runs the program\n");
	assert_int_equal(chown(path, 0, 12345), 0);
	assert_int_equal(chmod(path, 0664), 0);
	assert_string_equal(load(&folder), "escape/escape-a.yaml:0: refused: a group that is not "
					   "the program's may write it (chmod g-w)\n");
}

static void links_of_checks_are_not_followed(void **state)
{
	FOLDER(folder);
	_cleanup_free_ char *target = gvnp_format("%s/threats.yaml", folder.path);
	_cleanup_free_ char *link = gvnp_format("%s/escape/escape-b.yaml", folder.path);
	_cleanup_free_ char *area = gvnp_format("%s/hardware", folder.path);

	(void)state;
	assert_int_equal(symlink(target, link), 0);
	assert_string_equal(load(&folder),
			    "escape/escape-b.yaml:0: refused: a link; put the file itself here\n");
	assert_int_equal(unlink(link), 0);
	assert_int_equal(rmdir(area), 0);
	assert_int_equal(symlink("/etc", area), 0);
	assert_string_equal(load(&folder), "hardware:0: refused: a link; put the file itself here\n");
	assert_int_equal(unlink(area), 0);
}

/* The problem of one YAML text as "line: words", or "". */
static char *parse(const char *text, size_t size)
{
	struct gvnp_pool pool = { 0 };
	struct gvnp_problems problems = { 0 };
	struct gvnp_yaml_node *top = NULL;
	char *problem = gvnp_duplicate("");

	gvnp_yaml_parse(text, size, "f", "stop", &pool, &problems, &top);
	assert_true(problems.n <= 1);
	assert_int_equal(problems.n, top ? 0 : 1);
	if (problems.n) {
		free(problem);
		problem =
			gvnp_format("%d: %s", problems.problems[0].line, problems.problems[0].text);
	}
	gvnp_problems_done(&problems);
	gvnp_pool_done(&pool);
	return problem;
}

#define assert_parsed(text, expected)                                                              \
	do {                                                                                       \
		_cleanup_free_ char *problem_ = parse((text), strlen(text));                       \
		assert_string_equal(problem_, expected);                                           \
	} while (0)

static void only_plain_yaml_is_read(void **state)
{
	(void)state;
	assert_parsed("a: 1\nb: [x, {y: z}]\n", "");
	assert_parsed("a: 1\na: 2\n", "2: the key a is given twice");
	assert_parsed("a: &x 1\n", "1: anchors are not allowed");
	assert_parsed("a: 1\nb: *x\n", "2: aliases are not allowed");
	assert_parsed("a: !!str 1\n", "1: tags are not allowed");
	assert_parsed("a: !own [1]\n", "1: tags are not allowed");
	assert_parsed("%YAML 1.1\n---\na: 1\n", "1: directives are not allowed");
	assert_parsed("a: 1\n---\nb: 1\n", "2: a file holds one document");
	assert_parsed("- a\n", "1: the file must be a mapping of keys");
	assert_parsed("", "1: the file is empty");
	assert_parsed("? [a]\n: 1\n", "1: a key must be a plain word");
	assert_parsed("a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: 1}}}}}}}}}}}}\n",
		      "1: nested too deep");
	assert_parsed("a: \"\\0\"\n", "1: a text must not hold a NUL");
	assert_parsed("a: 1\nstop: &x {never: read\n", "");
	assert_parsed("b:\n  stop: 1\n", "");
}

static void broken_yaml_names_its_line(void **state)
{
	_cleanup_free_ char *unfinished = parse("a: 1\nb: [x\nc: 2\n", 15);
	_cleanup_free_ char *bytes = parse("a: \xff\xfe\n", 6);
	_cleanup_free_ char *tab = parse("a:\n\t- b\n", 8);

	(void)state;
	assert_true(*unfinished && *bytes && *tab);
	assert_true(gvnp_text_starts(tab, "2: "));
}

static void a_huge_file_is_refused(void **state)
{
	_cleanup_free_ char *text = gvnp_allocate(GVNP_YAML_LARGEST + 1);
	_cleanup_free_ char *problem = NULL;

	(void)state;
	memset(text, 'a', GVNP_YAML_LARGEST + 1);
	problem = parse(text, GVNP_YAML_LARGEST + 1);
	assert_string_equal(problem, "0: the file is larger than 1 MiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_becomes_a_catalogue),
		cmocka_unit_test(a_wrong_check_tells_all_its_mistakes),
		cmocka_unit_test(what_a_check_points_to_must_exist),
		cmocka_unit_test(names_of_files_are_checked),
		cmocka_unit_test(a_folder_that_is_no_catalogue_is_refused),
		cmocka_unit_test(checks_that_others_could_have_written_are_refused),
		cmocka_unit_test(checks_of_another_owner_are_refused),
		cmocka_unit_test(links_of_checks_are_not_followed),
		cmocka_unit_test(only_plain_yaml_is_read),
		cmocka_unit_test(broken_yaml_names_its_line),
		cmocka_unit_test(a_huge_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
