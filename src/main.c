/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: finds the verb and hands over. */
int main(void)
{
	return 2;
}
