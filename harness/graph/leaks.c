/* SPDX-License-Identifier: MIT */
/*
 * What the drawing libraries keep until the process ends (fonts, plugins) is theirs: the
 * leak sanitizer shall tell of ours. Without it, nobody asks.
 */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libgvc\nleak:libcgraph\nleak:libfontconfig\nleak:libglib\nleak:libpango\n"
	       "leak:libcairo\nleak:libgvplugin\n";
}
