"""The style sheet of the HTML report: light, dark and paper; judgements never by colour alone."""

from typing import Final

STYLE: Final = """
:root { --ink: #1c2321; --soft: #5b6662; --line: #d8dedb; --page: #fff; --tint: #f4f7f5;
  --met: #1a7f4b; --missed: #b3261e; --unknown: #8a6100; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4eae7; --soft: #9aa7a1; --line: #36403c; --page: #141917; --tint: #1d2421;
    --met: #5fd39a; --missed: #ff8a80; --unknown: #e5b95c; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem;
  border-bottom: 1px solid var(--line); }
h3, h4 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
h1, h2, h3, h4, p, dd, td { overflow-wrap: anywhere; }
dl { margin: .5rem 0; }
dl > div { display: grid; grid-template-columns: 15rem 1fr; gap: 0 1rem; padding: .3rem 0;
  border-bottom: 1px solid var(--line); }
dt { color: var(--soft); overflow-wrap: anywhere; }
dd { margin: 0; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; color: var(--soft); font-weight: 600; background: var(--tint); }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
code, pre { font: .85rem/1.5 ui-monospace, monospace; }
pre { background: var(--tint); border: 1px solid var(--line); padding: .75rem; white-space: pre-wrap;
  overflow-wrap: anywhere; margin: .5rem 0 1rem; }
tr.met td:first-child, div.met dd { color: var(--met); }
tr.missed td:first-child, div.missed dd { color: var(--missed); }
tr.unknown td:first-child, div.unknown dd { color: var(--unknown); }
tr.met td:first-child, tr.missed td:first-child, tr.unknown td:first-child {
  white-space: nowrap; font-weight: 600; }
@media (max-width: 40rem) { dl > div { grid-template-columns: 1fr; } }
@media print {
  :root { --ink: #000; --soft: #333; --line: #bbb; --page: #fff; --tint: #fff;
    --met: #000; --missed: #000; --unknown: #000; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; }
  h2, h3, h4 { break-after: avoid; } tr, pre, dl > div { break-inside: avoid; } .wide { overflow: visible; }
}
"""
