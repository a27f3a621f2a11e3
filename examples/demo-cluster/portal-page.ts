/** What a visitor sees. */
export interface PortalPage {
  readonly server: string;
  readonly visits: number;
  readonly forwardedFor: string | undefined;
}

const style = `
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif;
    background: #f3f5f8; color: #1d2733; }
  main { background: #fff; padding: 2.5rem 3rem; border-radius: 12px; box-shadow: 0 2px 16px #1d273318; }
  h1 { margin: 0 0 1rem; font-size: 1.6rem; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: .4rem 1.5rem; margin: 0; }
  dt { color: #5b6b7d; }
  dd { margin: 0; font-variant-numeric: tabular-nums; }
  p { margin: 1.5rem 0 0; color: #5b6b7d; max-width: 26rem; }
  @media (prefers-color-scheme: dark) {
    body { background: #12171d; color: #e6ebf1; } main { background: #1b222b; box-shadow: none; }
    dt, p { color: #9fb0c3; }
  }`;

/** A page that shows which server answered, and how often this one did. */
export function renderPortalPage({ server, visits, forwardedFor }: PortalPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(server)} · demo portal</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(server)}</h1>
<dl>
<dt>Your visits to this server</dt><dd>${visits}</dd>
<dt>You come from</dt><dd>${escapeHtml(forwardedFor ?? 'not told')}</dd>
</dl>
<p>The count lives on this server alone. While it grows, persistence brings you back; when it starts again at 1,
another server answered, or this one was restarted.</p>
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
