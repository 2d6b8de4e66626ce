/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/qemu_argument.h"

#include "fake_host.h"

/* A literal of NUL-separated arguments. */
#define ARGUMENTS(text)                                                                            \
	(struct gvnp_slice)                                                                        \
	{                                                                                          \
		(text), sizeof(text)                                                               \
	}

#define PARSED(name, text)                                                                         \
	_cleanup_(gvnp_qemu_command_done) struct gvnp_qemu_command name = { 0 };                   \
	gvnp_qemu_command_parse(ARGUMENTS(text), &name)

/* name=value lines of one option, in order. */
static char *properties(const struct gvnp_qemu_command *command, size_t i)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	const struct gvnp_qemu_option *option = &command->options[i];

	for (size_t k = 0; k < option->n_properties; k++)
		gvnp_buffer_append_format(&text, "%s=%s\n", option->properties[k].name,
					  option->properties[k].value);
	return text.data ? gvnp_buffer_take(&text) : gvnp_duplicate("");
}

#define assert_properties(command, i, expected)                                                    \
	do {                                                                                       \
		_cleanup_free_ char *text_ = properties((command), (i));                           \
		assert_string_equal(text_, (expected));                                            \
	} while (0)

static void options_without_value_leave_the_next_word_alone(void **state)
{
	PARSED(command, "qemu-system-x86_64\0-nodefaults\0-no-user-config\0-S\0--m\0"
			"64\0-M\0q35\0disk.img\0-daemonize");

	(void)state;
	assert_true(gvnp_slice_is(command.program, "qemu-system-x86_64"));
	assert_int_equal(command.n, 7);
	assert_true(gvnp_qemu_command_has(&command, "nodefaults"));
	assert_true(gvnp_qemu_command_has(&command, "no-user-config"));
	assert_true(gvnp_slice_is(*gvnp_qemu_command_value(&command, "m"), "64"));
	assert_string_equal(gvnp_qemu_command_machine(&command), "q35");
	assert_int_equal(command.options[5].name.size, 0);
	assert_true(gvnp_slice_is(command.options[5].value, "disk.img"));
	assert_null(gvnp_qemu_command_value(&command, "device"));
	assert_null(command.problem);
}

static void a_last_option_without_its_value_is_kept(void **state)
{
	PARSED(command, "qemu-kvm\0-device");

	(void)state;
	assert_int_equal(command.n, 1);
	assert_int_equal(command.options[0].value.size, 0);
	assert_int_equal(command.options[0].n_properties, 0);
}

static void lists_have_implied_keys_and_doubled_commas(void **state)
{
	PARSED(command, "q\0-device\0e1000,netdev=n0\0-smbios\0type=1,manufacturer=a,,b,,\0-name\0"
			"guest=vm,,1,debug-threads=on\0-chardev\0socket,id=c,server,nowait\0-cpu\0"
			"host,+ssse3,-svm,kvm=off,pmu\0-smp\0"
			"4,sockets=2");

	(void)state;
	assert_properties(&command, 0, "driver=e1000\nnetdev=n0\n");
	assert_properties(&command, 1, "type=1\nmanufacturer=a,b,\n");
	assert_properties(&command, 2, "guest=vm,1\ndebug-threads=on\n");
	assert_properties(&command, 3, "backend=socket\nid=c\nserver=on\nwait=off\n");
	assert_properties(&command, 4, "model=host\nssse3=on\nsvm=off\nkvm=off\npmu=on\n");
	assert_properties(&command, 5, "cpus=4\nsockets=2\n");
}

static void json_is_flattened(void **state)
{
	PARSED(command, "q\0-device\0{\"driver\":\"virtio-blk-pci\",\"share-rw\":true,\"x\":false,"
			"\"num\":7,\"big\":-1,\"cache\":{\"direct\":true,\"deep\":{\"a\":null}},"
			"\"list\":[\"p\",{\"q\":1.5}]}");

	(void)state;
	assert_properties(&command, 0,
			  "driver=virtio-blk-pci\nshare-rw=on\nx=off\nnum=7\nbig=-1\n"
			  "cache.direct=on\ncache.deep.a=null\nlist.0=p\nlist.1.q=1.5\n");
}

static void broken_json_is_told_and_the_argument_stays(void **state)
{
	PARSED(command, "q\0-device\0{\"driver\":\0-object\0{\"a\":1}");

	(void)state;
	assert_string_equal(command.problem,
			    "argument 0 (-device): neither JSON nor a list of properties");
	assert_true(gvnp_slice_is(command.options[0].value, "{\"driver\":"));
	assert_properties(&command, 1, "a=1\n");
}

static void hostile_json_is_bounded(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	_cleanup_(gvnp_qemu_command_done) struct gvnp_qemu_command command = { 0 };

	(void)state;
	gvnp_buffer_append(&text, "q\0-device\0{\"", 12);
	for (int i = 0; i < 100000; i++)
		gvnp_buffer_append_text(&text, "k");
	gvnp_buffer_append_text(&text, "\":{");
	for (int i = 0; i < 10000; i++)
		gvnp_buffer_append_format(&text, "\"%d\":1,", i);
	gvnp_buffer_append(&text, "\"z\":1}}\0-object\0", 16);
	for (int i = 0; i < 1000; i++)
		gvnp_buffer_append_text(&text, "{\"a\":");
	gvnp_buffer_append_text(&text, "1");
	for (int i = 0; i < 1000; i++)
		gvnp_buffer_append_text(&text, "}");
	gvnp_qemu_command_parse((struct gvnp_slice){ text.data, text.size }, &command);
	assert_int_equal(command.n, 2);
	assert_int_equal(command.options[0].n_properties, 0);
	assert_int_equal(command.options[1].n_properties, 0);
	assert_non_null(command.problem);
}

static void too_many_properties_are_told(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer text = { 0 };
	_cleanup_(gvnp_qemu_command_done) struct gvnp_qemu_command command = { 0 };

	(void)state;
	gvnp_buffer_append(&text, "q\0-device\0d", 11);
	for (int i = 0; i < GVNP_QEMU_PROPERTY_LIMIT + 10; i++)
		gvnp_buffer_append_format(&text, ",k%d=", i);
	gvnp_qemu_command_parse((struct gvnp_slice){ text.data, text.size }, &command);
	assert_int_equal(command.options[0].n_properties, GVNP_QEMU_PROPERTY_LIMIT);
	assert_string_equal(command.problem,
			    "argument 0 (-device): too many or too long properties");
}

static void a_repeated_key_loses_no_value(void **state)
{
	PARSED(command, "q\0-netdev\0user,hostfwd=a,id=n,hostfwd=b,hostfwd=c,id=m\0-netdev\0"
			"user,x.0=1,x=2,x=3");

	(void)state;
	assert_properties(&command, 0,
			  "type=user\nhostfwd.0=a\nid.0=n\nhostfwd.1=b\nhostfwd=c\nid=m\n");
	/* a name that is taken cannot be given again */
	assert_properties(&command, 1, "type=user\nx.0=1\nx=3\n");
	assert_string_equal(command.problem,
			    "argument 1 (-netdev): a key is both repeated and numbered");
}

static void accelerators_come_from_three_options(void **state)
{
	static const struct {
		struct gvnp_slice arguments;
		const char *expected;
	} cases[] = {
		{ ARGUMENTS("q\0-accel\0kvm\0-accel\0tcg,thread=multi"), "kvm:tcg" },
		{ ARGUMENTS("q\0-machine\0pc,accel=kvm:tcg"), "kvm:tcg" },
		{ ARGUMENTS("q\0-M\0pc\0-machine\0accel=tcg"), "tcg" },
		{ ARGUMENTS("q\0-enable-kvm"), "kvm" },
		{ ARGUMENTS("q\0-machine\0q35"), "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		_cleanup_(gvnp_qemu_command_done) struct gvnp_qemu_command command = { 0 };
		_cleanup_free_ char *list = NULL;

		gvnp_qemu_command_parse(cases[i].arguments, &command);
		list = gvnp_qemu_command_accelerators(&command);
		assert_string_equal(list, cases[i].expected);
	}
}

static void emulators_are_known_by_their_whole_name(void **state)
{
	static const char *const yes[] = { "qemu-system-x86_64", "/usr/libexec/qemu-kvm", "kvm",
					   "/nix/x/.qemu-system-aarch64-wrapped",
					   "qemu-system-x86" };
	static const char *const no[] = {
		"",	   "qemu-img",	     "qemu-system-", "qemu-x86_64",
		"kvm-pit", "qemu-kvm-tools", "/qemu-kvm/sh", "xqemu-system-x86_64"
	};

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		assert_true(gvnp_qemu_is_emulator_name(gvnp_slice(yes[i])));
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_false(gvnp_qemu_is_emulator_name(gvnp_slice(no[i])));
}

static void a_renamed_emulator_is_seen_and_its_wrappers_are_not(void **state)
{
	static const struct {
		struct gvnp_slice arguments;
		bool is_emulator;
	} cases[] = {
		{ ARGUMENTS("./x\0-machine\0pc\0-m\0"
			    "64"),
		  true },
		{ ARGUMENTS("./x\0-M\0q35\0-nodefaults\0disk.img"), true },
		{ ARGUMENTS("./x\0-machine\0pc"), false },
		{ ARGUMENTS("sudo\0-u\0joe\0qemu-system-x86_64\0-M\0pc\0-m\0"
			    "64"),
		  false },
		{ ARGUMENTS("timeout\0"
			    "5\0/usr/bin/qemu-system-x86_64\0-M\0pc\0-m\0"
			    "64"),
		  false },
		{ ARGUMENTS("sh\0-c\0qemu-system-x86_64 -M pc -m 64"), false },
		{ ARGUMENTS("sleep\0"
			    "1000"),
		  false },
		{ { "", 0 }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		_cleanup_(gvnp_qemu_command_done) struct gvnp_qemu_command command = { 0 };

		gvnp_qemu_command_split(cases[i].arguments, &command);
		assert_int_equal(gvnp_qemu_command_looks_like_emulator(&command),
				 cases[i].is_emulator);
	}
}

static void a_question_is_not_a_machine(void **state)
{
	PARSED(version, "qemu-system-x86_64\0-version");
	PARSED(devices, "qemu-system-x86_64\0-device\0help");
	PARSED(machine, "qemu-system-x86_64\0-M\0pc\0help");

	(void)state;
	assert_true(gvnp_qemu_command_is_question(&version));
	assert_true(gvnp_qemu_command_is_question(&devices));
	assert_false(gvnp_qemu_command_is_question(&machine)); /* a disk called help */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_without_value_leave_the_next_word_alone),
		cmocka_unit_test(a_last_option_without_its_value_is_kept),
		cmocka_unit_test(lists_have_implied_keys_and_doubled_commas),
		cmocka_unit_test(json_is_flattened),
		cmocka_unit_test(broken_json_is_told_and_the_argument_stays),
		cmocka_unit_test(hostile_json_is_bounded),
		cmocka_unit_test(too_many_properties_are_told),
		cmocka_unit_test(a_repeated_key_loses_no_value),
		cmocka_unit_test(accelerators_come_from_three_options),
		cmocka_unit_test(emulators_are_known_by_their_whole_name),
		cmocka_unit_test(a_renamed_emulator_is_seen_and_its_wrappers_are_not),
		cmocka_unit_test(a_question_is_not_a_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
