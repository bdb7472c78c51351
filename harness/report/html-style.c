/* SPDX-License-Identifier: MIT */
/*
 * The look of the HTML report: the book's colours, in one column, on a light or a dark ground,
 * and on paper. No script, no font, no picture from elsewhere: a file that can be mailed.
 */
#include "html.h"

static const char style[] =
    ":root{--paper:#fdfdfc;--panel:#f3f5f7;--rule:#d9dee3;--ink:#1f2933;--grey:#5c6773;"
    "--good:#2c6e49;--bad:#c0181f;--care:#7b3294}\n"
    "@media(prefers-color-scheme:dark){:root{--paper:#16191d;--panel:#20252b;--rule:#343b43;"
    "--ink:#dfe4e9;--grey:#9aa5b1;--good:#85c79f;--bad:#ff8a80;--care:#cf9be0}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:2.5rem auto 5rem;padding:0 1.2rem;max-width:66rem;color:var(--ink);"
    "background:var(--paper);font:15px/1.5 system-ui,'Segoe UI',Helvetica,Arial,sans-serif}\n"
    "h1{font-size:1.7rem;margin:0}h2{font-size:1.2rem;margin:2.6rem 0 .6rem}"
    "h3{font-size:1rem;margin:1.8rem 0 .5rem}\n"
    "p{margin:.3rem 0 .8rem}small,.quiet{color:var(--grey)}\n"
    "code,pre{font:13px/1.45 ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}\n"
    "pre{background:var(--panel);padding:.7rem .9rem;overflow-x:auto;border-radius:4px}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th,td{text-align:left;vertical-align:top;padding:.28rem .7rem .28rem 0;"
    "border-bottom:1px solid var(--rule)}\n"
    "th{font-weight:600;color:var(--grey)}td.number,th.number{text-align:right}\n"
    "table.matrix{table-layout:fixed}table.matrix col.row{width:13.5rem}"
    "table.matrix col.method{width:6.2rem}\n"
    "table.matrix tr.task th{padding-top:1rem;color:var(--ink)}\n"
    "a{color:inherit}.good{color:var(--good)}.bad{color:var(--bad)}.care{color:var(--care)}\n"
    "article{border-left:3px solid var(--bad);padding-left:1rem;margin:1.4rem 0}\n"
    "dl{display:grid;grid-template-columns:6rem 1fr;margin:.5rem 0}dt{color:var(--grey)}"
    "dd{margin:0;overflow-wrap:anywhere}\n"
    "details{margin:.4rem 0}summary{cursor:pointer;color:var(--grey)}\n"
    "@media print{body{margin:0;max-width:none}article,tr{break-inside:avoid}}\n";

void
html_style(FILE *out)
{
	fprintf(out, "<style>\n%s</style>\n", style);
}
