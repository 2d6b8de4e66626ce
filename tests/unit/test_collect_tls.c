/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates made with certtool and openssl for these tests; their keys were thrown away.
 */
#include "fake_host.h"

#include "collect/certificate.h"

static const char authority[] = "-----BEGIN CERTIFICATE-----\n"
				"MIIB1DCCAXugAwIBAgIUDFIDWlcJmc74ugXYLrCM/Cxgx18wCgYIKoZIzj0EAwIw\n"
				"ODEZMBcGA1UECgwQRXhhbXBsZSBPcGVyYXRvcjEbMBkGA1UEAwwSTkZWSSBtYW5h\n"
				"Z2VtZW50IENBMB4XDTI2MTEyMTIzMDQ0MloXDTM2MTExODIzMDQ0MlowODEZMBcG\n"
				"A1UECgwQRXhhbXBsZSBPcGVyYXRvcjEbMBkGA1UEAwwSTkZWSSBtYW5hZ2VtZW50\n"
				"IENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEUix1tMARRh78WFpKlWO8+TlC\n"
				"od8Vz3MgG0n69xSR0F82CbS2dHadsu9OFTSAauiCQespISOS+rhQ6e3uMw/U06Nj\n"
				"MGEwHQYDVR0OBBYEFLipes76tHm00mc7YxLO/aGM1HfBMB8GA1UdIwQYMBaAFLip\n"
				"es76tHm00mc7YxLO/aGM1HfBMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQD\n"
				"AgEGMAoGCCqGSM49BAMCA0cAMEQCIAD0GbXJV5Ftb3pUA8cmFgUxRxaaRSW2Ol8A\n"
				"vo9/S5/VAiAWSxj9mhhiraV7tx6eQGWKuWZuMDzbuwtj4m2v585ZLg==\n"
				"-----END CERTIFICATE-----\n";
/* EC P-384, by the authority, from 2026 to 2027, for servers and clients */
static const char server[] = "-----BEGIN CERTIFICATE-----\n"
			     "MIICOzCCAeGgAwIBAgIBBzAKBggqhkjOPQQDAjA4MRkwFwYDVQQKDBBFeGFtcGxl\n"
			     "IE9wZXJhdG9yMRswGQYDVQQDDBJORlZJIG1hbmFnZW1lbnQgQ0EwHhcNMjYwMTAx\n"
			     "MDAwMDAwWhcNMjcwMTAxMDAwMDAwWjA8MRowGAYDVQQKExFFeGFtcGxlLCBPcGVy\n"
			     "YXRvcjEeMBwGA1UEAxMVY29tcHV0ZS03LmV4YW1wbGUubmV0MHYwEAYHKoZIzj0C\n"
			     "AQYFK4EEACIDYgAEiZRO9pNfRlXc+pSq33yypm050PcZ5QbL3D+NdFWl7Lo2JcQf\n"
			     "ea13oTroAYHuGaFbs+f1JftWO32VUkp5EMAApNc0n6X43O2oKonOrvduCkfSEhUC\n"
			     "X5yQkOspeEB4HHnQo4G6MIG3MAwGA1UdEwEB/wQCMAAwHQYDVR0lBBYwFAYIKwYB\n"
			     "BQUHAwIGCCsGAQUFBwMBMDgGA1UdEQQxMC+CFWNvbXB1dGUtNy5leGFtcGxlLm5l\n"
			     "dIcEwAACB4cQIAENuAAAAAAAAAAAAAAABzAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0O\n"
			     "BBYEFOyZEMx6GZ6qq+YhtIfG+7EoMGCaMB8GA1UdIwQYMBaAFLipes76tHm00mc7\n"
			     "YxLO/aGM1HfBMAoGCCqGSM49BAMCA0gAMEUCIQCEN1jqkV9muBRIsYLK9X+x9CzL\n"
			     "Hc4nj/OkgRCIVKSU3QIgAaU+kHg2glGBRs1+aplJFxB/25VTKgzqc5xRBaWV5po=\n"
			     "-----END CERTIFICATE-----\n";
/* RSA of 1024 bits, SHA-1 */
static const char weak[] = "-----BEGIN CERTIFICATE-----\n"
			   "MIIB+jCCAWOgAwIBAgIUYRMkLvVEf/dMOX1gspsWuJVo5yMwDQYJKoZIhvcNAQEF\n"
			   "BQAwDzENMAsGA1UEAwwEd2VhazAeFw0yNjExMjEyMzA0NDJaFw0zNjExMTgyMzA0\n"
			   "NDJaMA8xDTALBgNVBAMMBHdlYWswgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGB\n"
			   "ALisLljE9SnLo1i6qeZZYeOI03ZVciIPAZvjzGIc4BIadRHpeijX5RyIDK16ByU5\n"
			   "d/YuGnGa7NpLj9o9PpkMU8ikW0er7iroGI4jCwyq6MAQzxcoZyyv/y5ixrIdBaYa\n"
			   "uAQD18DFO2HqrtvWDHo8qvf0qXq2TYjghocvqQrUoqvpAgMBAAGjUzBRMB0GA1Ud\n"
			   "DgQWBBTWNj8EiPSFabWdXND0Gc+99L+GNjAfBgNVHSMEGDAWgBTWNj8EiPSFabWd\n"
			   "XND0Gc+99L+GNjAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBBQUAA4GBAIMq\n"
			   "iOH6kPYvIC3b5lZx885VQKtbIPJnRD545oL5AbFO9jsgHv+87ZUQmNC8TBRYwmxs\n"
			   "UDRDXZm/TqYOohFlHcsyBy4CdRAfJUw0xt3lmqcW3pY1CIuMPTaD+ZBzFIJb4jCJ\n"
			   "dr6REb3DcLeFgfcBFVjUoJ8qLwJHPMFHQOx2JXrL\n"
			   "-----END CERTIFICATE-----\n";
/* Ed25519 */
static const char edwards[] = "-----BEGIN CERTIFICATE-----\n"
			      "MIIBLjCB4aADAgECAhRje0FRaERQ0U8pslwOe/fLsHyR2TAFBgMrZXAwDTELMAkG\n"
			      "A1UEAwwCZWQwHhcNMjYxMTIxMjMwNDQyWhcNMjYxMTIyMjMwNDQyWjANMQswCQYD\n"
			      "VQQDDAJlZDAqMAUGAytlcAMhAMrhMeZwb+axOtcwvd9wZgLDGEXSl5b1yXJalTMI\n"
			      "t8A1o1MwUTAdBgNVHQ4EFgQURx6XevF7FytGgL2dA1e27x5W4nQwHwYDVR0jBBgw\n"
			      "FoAURx6XevF7FytGgL2dA1e27x5W4nQwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXAD\n"
			      "QQA2rOfDC8C5RH4qzM0kv9Sm6KRAn0Sg8Smhckmzf343qSNGkddrAvSksEx6FdS4\n"
			      "fppAf09o9G+C3ddyJTz+MagD\n"
			      "-----END CERTIFICATE-----\n";
/* of the authority, to be renewed by 2026-02-01, one certificate */
static const char revocations[] =
	"-----BEGIN X509 CRL-----\n"
	"MIIBBzCBrgIBATAKBggqhkjOPQQDAjA4MRkwFwYDVQQKDBBFeGFtcGxlIE9wZXJh\n"
	"dG9yMRswGQYDVQQDDBJORlZJIG1hbmFnZW1lbnQgQ0EXDTI2MDEwMTAwMDAwMFoX\n"
	"DTI2MDIwMTAwMDAwMFowFDASAgEHFw0yNjExMjEyMzA0NDNaoC8wLTAfBgNVHSME\n"
	"GDAWgBS4qXrO+rR5tNJnO2MSzv2hjNR3wTAKBgNVHRQEAwIBBTAKBggqhkjOPQQD\n"
	"AgNIADBFAiA9gXrrnnI+7oAgS8EIv63AFMhyo4z4r5WQfmHkwWjcPwIhAIdC+BlN\n"
	"UrMOS/FVWPFIYk7VDJIu6APzDvYr2p3HaCrm\n"
	"-----END X509 CRL-----\n";

#define DEFAULT_DIRECTORY "/etc/pki/qemu"

static void a_certificate_says_who_for_what_and_until_when(void **state)
{
	static const struct fake_file files[] = {
		{ .operation = GVNP_STAT, .path = "/etc/pki/libvirt/servercert.pem", .mode = 0644 },
		{ .operation = GVNP_STAT, .path = "/etc/pki/libvirt", .mode = 0755, .uid = 3 },
		READ("/etc/pki/libvirt/servercert.pem", server),
		{ .operation = GVNP_STAT, .path = "/etc/pki/CA/cacert.pem", .mode = 0644 },
		{ .operation = GVNP_STAT, .path = "/etc/pki/CA", .mode = 0755 },
		READ("/etc/pki/CA/cacert.pem", authority),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_tls);
	assert_rows(&host,
		    "SELECT subject, issuer, is_self_issued, not_before, not_after, is_authority,"
		    " key_usage, purposes, key_algorithm, key_bits, digest FROM tls_certificate"
		    " WHERE file LIKE '%servercert.pem'",
		    "CN=compute-7.example.net,O=Example\\, Operator"
		    "|CN=NFVI management CA,O=Example Operator|0|1767225600|1798761600|0"
		    "|digitalSignature|clientAuth,serverAuth|ec|384|sha256\n");
	assert_rows(&host,
		    "SELECT subject, is_self_issued, is_authority, key_usage, purposes, key_bits"
		    " FROM tls_certificate WHERE file LIKE '%cacert.pem'",
		    "CN=NFVI management CA,O=Example Operator|1|1|keyCertSign,cRLSign||256\n");
	assert_rows(&host, "SELECT position, number, kind, name FROM tls_certificate_name",
		    "0|0|dns|compute-7.example.net\n0|1|ip|192.0.2.7\n"
		    "0|2|ip|2001:db8:0:0:0:0:0:7\n");
	assert_rows(&host,
		    "SELECT path, mode, directory_mode, directory_uid, holds_key FROM tls_file"
		    " ORDER BY path",
		    "/etc/pki/CA/cacert.pem|420|493|0|0\n"
		    "/etc/pki/libvirt/servercert.pem|420|493|3|0\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

static void keys_are_looked_at_from_outside_only(void **state)
{
	/* a READ of the key would be answered: nobody asks */
	static const struct fake_file files[] = {
		{ .operation = GVNP_STAT,
		  .path = DEFAULT_DIRECTORY "/server-key.pem",
		  .mode = 0640,
		  .gid = 107 },
		{ .operation = GVNP_STAT, .path = DEFAULT_DIRECTORY, .mode = 0755 },
		{ .operation = GVNP_STAT, .path = "/etc/pki/libvirt-vnc", .mode = 0755 },
		REFUSED(GVNP_STAT, "/etc/pki/libvirt/private/serverkey.pem", EACCES),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_tls);
	assert_rows(&host, "SELECT path, mode, gid, holds_key FROM tls_file",
		    "/etc/pki/qemu/server-key.pem|416|107|1\n");
	assert_rows(&host,
		    "SELECT purpose, file FROM tls_use WHERE role = 'server-key' ORDER BY purpose",
		    "backup|/etc/pki/qemu/server-key.pem\nchardev|/etc/pki/qemu/server-key.pem\n"
		    "default|/etc/pki/qemu/server-key.pem\n"
		    "libvirtd|/etc/pki/libvirt/private/serverkey.pem\n"
		    "migrate|/etc/pki/qemu/server-key.pem\nnbd|/etc/pki/qemu/server-key.pem\n"
		    "spice|/etc/pki/qemu/server-key.pem\n"
		    "virtproxyd|/etc/pki/libvirt/private/serverkey.pem\n"
		    "vnc|/etc/pki/libvirt-vnc/server-key.pem\n");
	assert_rows(&host, "SELECT table_name, column_name, object, problem FROM hole",
		    "tls_file||/etc/pki/libvirt/private/serverkey.pem|"
		    "/etc/pki/libvirt/private/serverkey.pem: Permission denied\n");
	assert_false(gvnp_collect_declares(GVNP_READ, "/etc/pki/qemu/server-key.pem"));
	assert_false(gvnp_collect_declares(GVNP_READ, "/etc/pki/libvirt/private/serverkey.pem"));
	assert_false(gvnp_collect_declares(GVNP_READ, "/etc/pki/CA/private/cakey.pem"));
}

static void configured_places_are_followed_as_far_as_files_may_be_opened(void **state)
{
	static const struct fake_file files[] = {
		{ .operation = GVNP_STAT, .path = "/etc/pki/site/server-cert.pem", .mode = 0644 },
		{ .operation = GVNP_STAT, .path = "/etc/pki/site", .mode = 0755 },
		READ("/etc/pki/site/server-cert.pem", edwards),
		{ .operation = GVNP_STAT, .path = "/srv/tls/node.pem", .mode = 0644 },
		{ .operation = GVNP_STAT, .path = "/srv/tls", .mode = 0755 },
		READ("/srv/tls/node.pem", server),
	};
	FAKE_HOST(host, files);

	(void)state;
	host.facts = gvnp_facts_new();
	gvnp_insert(host.facts, "libvirt_setting", gvnp_text("file", "qemu"),
		    gvnp_text("key", "migrate_tls_x509_cert_dir"), gvnp_text("kind", "text"),
		    gvnp_text("value", "/etc/pki/site/"), gvnp_text("origin", "file"),
		    gvnp_integer("line", 3));
	gvnp_insert(host.facts, "libvirt_setting", gvnp_text("file", "libvirtd"),
		    gvnp_text("key", "cert_file"), gvnp_text("kind", "text"),
		    gvnp_text("value", "/srv/tls/node.pem"), gvnp_text("origin", "file"),
		    gvnp_integer("line", 3));
	gvnp_facts_hole(host.facts, "libvirt_setting", "", "virtproxyd", "nobody looked");
	fake_collect(&host, &gvnp_collector_tls);
	assert_rows(&host, "SELECT file, key_algorithm, key_bits, digest FROM tls_certificate",
		    "/etc/pki/site/server-cert.pem|ed25519|256|none\n");
	assert_rows(&host, "SELECT path, holds_key FROM tls_file ORDER BY path",
		    "/etc/pki/site/server-cert.pem|0\n/srv/tls/node.pem|NULL\n");
	assert_rows(&host,
		    "SELECT table_name, column_name, object, problem FROM hole"
		    " WHERE table_name LIKE 'tls%' ORDER BY 1, 2 DESC",
		    "tls_certificate||/srv/tls/node.pem|/srv/tls/node.pem: only its owner and mode"
		    " are looked at in that place\n"
		    "tls_certificate_name||/srv/tls/node.pem|/srv/tls/node.pem: only its owner and"
		    " mode are looked at in that place\n"
		    "tls_file|holds_key|/srv/tls/node.pem|/srv/tls/node.pem: only its owner and"
		    " mode are looked at in that place\n"
		    "tls_file|||nobody looked\ntls_use|||nobody looked\n");
	assert_rows(&host, "SELECT count(*) FROM tls_use WHERE purpose = 'virtproxyd'", "0\n");
}

static void a_file_may_hold_several_certificates_and_a_key(void **state)
{
	_cleanup_free_ char *bundle = gvnp_format(
		"bag attributes\n%s\n-----BEGIN EC PRIVATE KEY-----\nAAAA\n%s", weak, authority);
	const struct fake_file files[] = {
		{ .operation = GVNP_STAT, .path = "/etc/pki/CA/cacert.pem", .mode = 0666 },
		{ .operation = GVNP_STAT, .path = "/etc/pki/CA", .mode = 0755 },
		READ("/etc/pki/CA/cacert.pem", bundle),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_tls);
	assert_rows(
		&host,
		"SELECT position, subject, key_algorithm, key_bits, digest FROM tls_certificate",
		"0|CN=weak|rsa|1024|sha1\n"
		"1|CN=NFVI management CA,O=Example Operator|ec|256|sha256\n");
	assert_rows(&host, "SELECT holds_key FROM tls_file", "1\n");
}

static void a_revocation_list_says_when_it_is_stale(void **state)
{
	static const struct fake_file files[] = {
		{ .operation = GVNP_STAT, .path = "/etc/pki/CA/cacrl.pem", .mode = 0644 },
		{ .operation = GVNP_STAT, .path = "/etc/pki/CA", .mode = 0755 },
		READ("/etc/pki/CA/cacrl.pem", revocations),
	};
	FAKE_HOST(host, files);

	(void)state;
	fake_collect(&host, &gvnp_collector_tls);
	assert_rows(&host, "SELECT * FROM tls_revocations",
		    "/etc/pki/CA/cacrl.pem|CN=NFVI management CA,O=Example Operator"
		    "|1767225600|1769904000|1\n");
	assert_rows(&host, "SELECT * FROM hole", "");
}

/* What the table says of a server certificate with that content. */
static char *judged(const char *content)
{
	const struct fake_file files[] = {
		{ .operation = GVNP_STAT, .path = DEFAULT_DIRECTORY "/server-cert.pem" },
		{ .operation = GVNP_STAT, .path = DEFAULT_DIRECTORY },
		READ(DEFAULT_DIRECTORY "/server-cert.pem", content),
	};
	FAKE_HOST(host, files);

	fake_collect(&host, &gvnp_collector_tls);
	return fake_rows(&host, "SELECT (SELECT count(*) FROM tls_certificate), problem FROM hole"
				" WHERE table_name = 'tls_certificate' ORDER BY 2");
}

#define assert_judged(content, expected)                                                           \
	do {                                                                                       \
		_cleanup_free_ char *rows_ = judged(content);                                      \
		assert_string_equal(rows_, "0|/etc/pki/qemu/server-cert.pem: " expected "\n");     \
	} while (0)

static void what_is_no_certificate_is_said_and_never_taken_for_one(void **state)
{
	_cleanup_buffer_ struct gvnp_buffer huge = { 0 };

	(void)state;
	assert_judged("", "no certificate in it");
	assert_judged("garbage\n", "no certificate in it");
	assert_judged("-----BEGIN CERTIFICATE-----\nMIIB", "a certificate in it is torn");
	assert_judged("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
		      "a certificate in it is torn");
	assert_judged("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
		      "not a certificate");
	assert_judged("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n",
		      "not a certificate");
	/* lengths beyond the end, indefinite and of eight octets */
	assert_judged("-----BEGIN CERTIFICATE-----\nMIIBAA==\n-----END CERTIFICATE-----\n",
		      "not a certificate");
	assert_judged("-----BEGIN CERTIFICATE-----\nMIAAAA==\n-----END CERTIFICATE-----\n",
		      "not a certificate");
	assert_judged("-----BEGIN CERTIFICATE-----\nMIj//////////w==\n-----END CERTIFICATE-----\n",
		      "not a certificate");
	gvnp_buffer_append_text(&huge, "-----BEGIN CERTIFICATE-----\n");
	for (size_t i = 0; i < 65536; i++)
		gvnp_buffer_append_text(&huge,
					"MIMP//8wMIMP//8wMIMP//8wMIMP//8wMIMP//8wMIMP//8w\n");
	gvnp_buffer_append_text(&huge, "-----END CERTIFICATE-----\n");
	assert_judged(gvnp_buffer_text(&huge), "not a certificate");
}

/* Every prefix, and every byte changed: refused or decoded, and never read out of bounds. */
static void damage_is_survived(void **state)
{
	struct gvnp_slice rest = gvnp_slice(server);
	_cleanup_buffer_ struct gvnp_buffer der = { 0 };
	size_t refused = 0;

	(void)state;
	assert_int_equal(gvnp_pem_next(&rest, "CERTIFICATE", &der), 1);
	for (size_t i = 0; i < der.size; i++) {
		_cleanup_(gvnp_certificate_done) struct gvnp_certificate cut = { 0 }, bent = { 0 };
		_cleanup_free_ char *copy = gvnp_duplicate_sized(der.data, i);

		assert_non_null(gvnp_certificate_decode((struct gvnp_slice){ copy, i }, &cut));
		der.data[i] ^= (char)0xff;
		if (gvnp_certificate_decode((struct gvnp_slice){ der.data, der.size }, &bent))
			refused++;
		der.data[i] ^= (char)0xff;
	}
	assert_true(refused > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_says_who_for_what_and_until_when),
		cmocka_unit_test(keys_are_looked_at_from_outside_only),
		cmocka_unit_test(configured_places_are_followed_as_far_as_files_may_be_opened),
		cmocka_unit_test(a_file_may_hold_several_certificates_and_a_key),
		cmocka_unit_test(a_revocation_list_says_when_it_is_stale),
		cmocka_unit_test(what_is_no_certificate_is_said_and_never_taken_for_one),
		cmocka_unit_test(damage_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
